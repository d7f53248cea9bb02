/**
 * `runs/<file stem>/<job>/<n>/`: everything that a run of a job leaves behind. job.json holds its identity (the
 * definition's rows and their key) and how it ended.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Job } from "../2-check/program.ts";
import { writeFileAtomic } from "../formats/atomic-write.ts";
import { errorCode, FileError, fileError } from "../formats/file-error.ts";
import { baseFolder, type Definition, keyOf } from "./definition.ts";

export type RunStatus = "running" | "interrupted" | "failed" | "finished";

export type RunRecord = {
  readonly key: string;
  readonly definition: Definition;
  readonly status: RunStatus;
};

export type Run = { readonly folder: string; readonly number: number; readonly record: RunRecord };

/** Where the runs of a job lie: beside the file that declares it, or below `out`. */
export function runsFolder(job: Job, out: string | null): string {
  const stem = basename(job.module.file).replace(/\.llm$/, "");
  return join(out ?? join(baseFolder(job), "runs"), stem, job.decl.name.text);
}

/** Runs by ascending number. Folders without a readable job.json are not runs. */
function listRuns(folder: string): readonly Run[] {
  if (!existsSync(folder)) return [];
  const numbers = readdirSync(folder).flatMap((name) => (/^[1-9]\d*$/.test(name) ? [Number(name)] : []));
  return numbers
    .sort((a, b) => a - b)
    .flatMap((number) => {
      const record = readRecord(join(folder, String(number)));
      return record === null ? [] : [{ folder: join(folder, String(number)), number, record }];
    });
}

/** The newest finished run whose key is this one. */
export function finishedRun(folder: string, key: string): Run | null {
  return listRuns(folder).findLast(({ record }) => record.status === "finished" && record.key === key) ?? null;
}

/** The newest run, where it has not finished. */
export function unfinishedRun(folder: string): Run | null {
  const newest = listRuns(folder).at(-1);
  return newest !== undefined && newest.record.status !== "finished" ? newest : null;
}

/** Makes the next numbered folder and writes what is known before the run starts. Throws `FileError`. */
export function createRun(folder: string, definition: Definition, files: Readonly<Record<string, string>>): Run {
  const created = nextFolder(folder);
  const record: RunRecord = { key: keyOf(definition), definition, status: "running" };
  for (const [name, text] of Object.entries(files)) writeFileAtomic(join(created.folder, name), text);
  writeRecord(created.folder, record);
  return { ...created, record };
}

export function writeRecord(folder: string, record: RunRecord): void {
  writeFileAtomic(join(folder, "job.json"), `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`);
}

/** env.json: on what a run ran. Written again when the device is known, and by the process that resumes. */
export function writeEnvironment(folder: string, environment: Readonly<Record<string, string>>): void {
  writeFileAtomic(join(folder, "env.json"), `${JSON.stringify(environment, null, 2)}\n`);
}

/** Another process may take the same number at the same time: `mkdir` decides. */
function nextFolder(folder: string): { readonly folder: string; readonly number: number } {
  try {
    mkdirSync(folder, { recursive: true });
    const taken = readdirSync(folder).map((name) => (/^\d+$/.test(name) ? Number(name) : 0));
    const number = Math.max(0, ...taken) + 1;
    mkdirSync(join(folder, String(number)));
    return { folder: join(folder, String(number)), number };
  } catch (error) {
    if (errorCode(error) === "EEXIST") return nextFolder(folder);
    throw fileError(error, "create", folder);
  }
}

function readRecord(folder: string): RunRecord | null {
  const path = join(folder, "job.json");
  if (!existsSync(path)) return null;
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (errorCode(error) !== null) throw fileError(error, "read", path);
  }
  if (!isRecord(record))
    throw new FileError(path, `${path} is damaged: it is not the record of a run`, "delete its folder");
  return record;
}

function isRecord(value: unknown): value is RunRecord {
  const record = value as Partial<RunRecord> | null | undefined;
  return typeof record?.key === "string" && typeof record.definition === "object" && typeof record.status === "string";
}
