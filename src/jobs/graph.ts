/**
 * Runs what a target needs, in order, leaving out what finished before with the same definition and inputs. Jobs find
 * each other's results in the run folders.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "../2-check/program.ts";
import { insideSandbox } from "../data/sandbox.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { listCheckpoints } from "../formats/checkpoint.ts";
import { changesThatForbidResuming, definitionOf, keyOf, neededJobs } from "./definition.ts";
import { InterruptedError, UsageError } from "./failures.ts";
import { resolvedProgram } from "./resolved-program.ts";
import { createRun, finishedRun, type Run, runsFolder, unfinishedRun, writeRecord } from "./run-folder.ts";
import { createResults, type Results, runJob } from "./run-job.ts";
import type { Workspace } from "./workspace.ts";

/** `target` is a job's name; null: every job of the file. Throws what jobs throw, and `UsageError`. */
export async function runTarget(workspace: Workspace, target: string | null): Promise<void> {
  const throwaway = workspace.options.steps === null ? null : mkdtempSync(join(tmpdir(), "llmc-steps-"));
  const results = createResults(workspace);
  try {
    for (const job of jobsFor(workspace, target)) {
      await runIfNeeded(workspace, job, job.name === target, results, throwaway);
      if (workspace.interrupt.requested) throw new InterruptedError("interrupted");
    }
  } finally {
    if (throwaway !== null) rmSync(throwaway, { recursive: true, force: true });
  }
}

function jobsFor({ program }: Workspace, target: string | null): readonly Job[] {
  if (target === null) {
    const own = [...program.jobs.values()].filter((job) => job.module === program.root);
    return [...new Set(own.flatMap((job) => [...neededJobs(job, program), job]))];
  }
  const job = program.jobs.get(target);
  if (job !== undefined) return [...neededJobs(job, program), job];
  const near = suggest(target, program.jobs.keys());
  const known = [...program.jobs.keys()].join(", ");
  const help = near === null ? (known === "" ? undefined : `its jobs: ${known}`) : `did you mean \`${near}\`?`;
  throw new UsageError(`${program.root.file} has no job \`${target}\``, help);
}

/** Generation always runs when it is the target; other jobs when nothing finished has their key. */
async function runIfNeeded(
  workspace: Workspace,
  job: Job,
  isTarget: boolean,
  results: Results,
  throwaway: string | null,
): Promise<void> {
  const definition = definitionOf(job, workspace.program, workspace.sandbox);
  const trains = job.kind === "train" || job.kind === "generate";
  const folder = trains && throwaway !== null ? join(throwaway, job.name) : runsFolder(job, workspace.out);
  if (throwaway === null) insideSandbox(workspace.sandbox, folder, job.decl.name.span);
  const finished = finishedRun(folder, keyOf(definition));
  const alwaysRuns = job.kind === "generate" && (isTarget || workspace.options.prompt !== null);
  if (finished !== null && !alwaysRuns) {
    results.folders.set(job.name, finished.folder);
    workspace.emit({ kind: "upToDate", job: job.name, folder: finished.folder });
    return;
  }
  const resumed = job.kind === "train" ? runToResume(workspace, job, folder) : null;
  const run = resumed ?? createRun(folder, definition, runFiles(workspace, job));
  const record = { key: keyOf(definition), definition };
  writeRecord(run.folder, { ...record, status: "running" });
  results.folders.set(job.name, run.folder);
  workspace.emit({ kind: "started", job: job.name, jobKind: job.kind, folder: run.folder });
  try {
    const outcome = await runJob(workspace, job, run.folder, resumed !== null, results);
    writeRecord(run.folder, { ...record, status: "finished" });
    workspace.emit({ kind: "finished", job: job.name, folder: run.folder, outcome });
  } catch (error) {
    if (isWorthKeeping(run.folder)) {
      writeRecord(run.folder, { ...record, status: error instanceof InterruptedError ? "interrupted" : "failed" });
    } else rmSync(run.folder, { recursive: true, force: true });
    throw error;
  }
}

/** A run that failed before it had measured or saved anything leaves nothing behind. */
function isWorthKeeping(folder: string): boolean {
  const metrics = join(folder, "metrics.jsonl");
  return listCheckpoints(folder).length > 0 || (existsSync(metrics) && statSync(metrics).size > 0);
}

/** With `--resume`: the newest unfinished run, whose definition must be the present one but for fields that may change. */
function runToResume(workspace: Workspace, job: Job, folder: string): Run | null {
  const unfinished = unfinishedRun(folder);
  const note = (message: string) => workspace.emit({ kind: "note", job: job.name, message });
  if (!workspace.options.resume) {
    if (unfinished !== null)
      note(`run ${unfinished.number} is unfinished (--resume goes on with it); a new run starts`);
    return null;
  }
  if (unfinished === null) {
    note("there is no unfinished run to resume; a new run starts");
    return null;
  }
  const definition = definitionOf(job, workspace.program, workspace.sandbox);
  const changes = changesThatForbidResuming(job, unfinished.record.definition, definition);
  if (changes.length === 0) return unfinished;
  const table = changes.map(({ name, before, now }) => `  ${name}: ${before} → ${now}`).join("\n");
  throw new UsageError(
    `run ${unfinished.number} of \`${job.name}\` cannot go on, its definition has changed:\n${table}`,
    "undo the changes, or start a new run without --resume; `until`, `evaluate`, `save` and `log` may change",
  );
}

/** What a run folder holds from the start. */
function runFiles(workspace: Workspace, job: Job): Readonly<Record<string, string>> {
  const { program, sources, environment } = workspace;
  return {
    "source.llm": sources.get(program.root.file) ?? "",
    "resolved.llm": resolvedProgram(job, program, sources),
    "env.json": `${JSON.stringify(environment, null, 2)}\n`,
  };
}
