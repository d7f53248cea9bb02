/** metrics.jsonl: what training measured, one JSON object a line, in the order of events. */
import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { writeAll, writeFileAtomic } from "./atomic-write.ts";
import { FileError, fileError } from "./file-error.ts";
import { readUtf8 } from "./read-file.ts";

export type MetricsRecord = {
  /** Updates done. */
  readonly step: number;
  /** Tokens seen by training so far. */
  readonly tokens: number;
  /** Passes over the training split, with fraction. */
  readonly epoch: number;
  readonly split: string;
  readonly loss: number;
  readonly perplexity: number;
  /** Of this step; absent for evaluations and for optimizers without a learning rate. */
  readonly lr?: number;
  /** Before clipping. */
  readonly grad_norm?: number;
  readonly tokens_per_sec?: number;
  /** Seconds since this process began the run. */
  readonly time: number;
};

export type MetricsWriter = {
  readonly write: (record: MetricsRecord) => void;
  /** What was written is on the disk afterwards. */
  readonly flush: () => void;
  readonly close: () => void;
};

/** Appends. A line is written whole, by one call. Throws `FileError`. */
export function openMetrics(path: string): MetricsWriter {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw fileError(error, "write", path);
    }
  };
  const file = guard(() => openSync(path, "a"));
  return {
    write: (record) => guard(() => writeAll(file, new TextEncoder().encode(`${JSON.stringify(record)}\n`))),
    flush: () => guard(() => fsyncSync(file)),
    close: () => closeSync(file),
  };
}

/** The records of a file; a last line that a kill cut off is left out. */
export function readMetrics(path: string): readonly MetricsRecord[] {
  return wholeLines(path).map(({ record }) => record);
}

/** Forgets what came after `step`: a resumed run writes it again. A step of -1 forgets everything. */
export function truncateMetrics(path: string, step: number): void {
  if (!existsSync(path)) return;
  const kept = wholeLines(path).filter(({ record }) => record.step <= step);
  writeFileAtomic(path, kept.map(({ line }) => `${line}\n`).join(""));
}

function wholeLines(path: string): readonly { readonly line: string; readonly record: MetricsRecord }[] {
  const text = readUtf8(path);
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line, index) => ({ line, record: parseRecord(path, line, index + 1) }));
}

function parseRecord(path: string, line: string, number: number): MetricsRecord {
  try {
    return JSON.parse(line);
  } catch {
    throw new FileError(path, `${path}:${number} is not a line of metrics`);
  }
}
