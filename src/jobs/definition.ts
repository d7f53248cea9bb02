/**
 * What a job is, as a table of rows: its fields, those of the jobs it needs, the declarations they use and the contents
 * of their files. Two runs with equal rows are the same run; the rows that differ are what a message shows.
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { CheckedProgram, Job } from "../2-check/program.ts";
import type { Sandbox } from "../data/sandbox.ts";
import { findTexts } from "../data/sources.ts";
import { readBytes } from "../formats/read-file.ts";
import { invariant } from "../support/invariant.ts";
import { jobsNamedIn } from "./named-jobs.ts";
import { jobFields } from "./print-job.ts";
import { canonicalSyntax, definitionName, type Definition as Reachable, reachable } from "./reachable.ts";

export type Definition = Readonly<Record<string, string>>;

/** Reads and hashes the files of the job and of all it needs. Throws diagnostics where one is missing. */
export function definitionOf(job: Job, program: CheckedProgram, sandbox: Sandbox): Definition {
  const rows: Record<string, string> = {};
  for (const needed of [...neededJobs(job, program), job]) {
    for (const [field, value] of jobFields(needed)) rows[`${needed.name}.${field}`] = value;
    for (const entity of reachable(needed)) rows[rowName(entity, program)] = hash(canonicalSyntax(entity));
    for (const { name, path } of inputFiles(needed, sandbox)) rows[`contents of ${name}`] = hash(readBytes(path));
  }
  return rows;
}

/** `layer Block`, or `layer Block of std/layers.llm` where another file declares it. */
function rowName(entity: Reachable, { root }: CheckedProgram): string {
  const { file } = entity.module;
  if (entity.module === root) return definitionName(entity);
  return `${definitionName(entity)} of ${file.startsWith("std/") ? file : relative(dirname(root.file), file)}`;
}

/** The identity of a run: equal definitions, equal keys. */
export function keyOf(definition: Definition): string {
  return hash(JSON.stringify(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export type Change = { readonly name: string; readonly before: string; readonly now: string };

/** Rows that differ, without fields of `job` that may change when a run goes on. */
export function changesThatForbidResuming(job: Job, before: Definition, now: Definition): readonly Change[] {
  const free = new Set(["until", "evaluate", "save", "log"].map((field) => `${job.name}.${field}`));
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => !free.has(name));
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => ({ name, before: before[name] ?? "absent", now: now[name] ?? "absent" }));
}

/** All jobs that come before this one, in order. */
export function neededJobs(job: Job, program: CheckedProgram): readonly Job[] {
  const names = new Set<string>();
  const visit = (current: Job): void => {
    for (const name of directNeeds(current, program)) {
      const needed = program.jobs.get(name);
      invariant(needed !== undefined, `${current.name} needs the job ${name}, which does not exist`);
      visit(needed);
      names.add(name);
    }
  };
  visit(job);
  return [...names].map((name) => program.jobs.get(name)!);
}

/** The folder that a job's paths are relative to: that of the file that declares it, links resolved. */
export function baseFolder(job: Job): string {
  const file = resolve(job.module.file);
  return dirname(existsSync(file) ? realpathSync(file) : file);
}

function directNeeds(job: Job, program: CheckedProgram): readonly string[] {
  switch (job.kind) {
    case "tokenizer":
      return [];
    case "data":
      return [job.tokenizer];
    case "train":
      return [job.data, ...[job.model, job.objective, job.optimizer].flatMap((value) => jobsNamedIn(value, program))];
    case "generate":
      return [job.model.job];
  }
}

function inputFiles(job: Job, sandbox: Sandbox) {
  const base = baseFolder(job);
  switch (job.kind) {
    case "tokenizer":
      return findTexts(job.fit, base, sandbox, fieldSpan(job, "fit"));
    case "data":
      return findTexts(job.source.paths, base, sandbox, fieldSpan(job, "source"));
    case "train":
      return job.init.kind === "load" ? findTexts([job.init.path], base, sandbox, fieldSpan(job, "init")) : [];
    case "generate":
      return [];
  }
}

/** Where a field stands, or the job's name where it was left to its default. */
export function fieldSpan(job: Job, field: string) {
  return job.fields.get(field) ?? job.decl.name.span;
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}
