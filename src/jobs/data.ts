/** The data job: texts as tokens, cut into splits and windows. */
import { join } from "node:path";
import type { DataJob } from "../2-check/program.ts";
import { type Corpus, readCorpus } from "../data/corpus.ts";
import type { Sandbox } from "../data/sandbox.ts";
import { findTexts } from "../data/sources.ts";
import type { Tokenizer } from "../data/tokenizers/tokenizer.ts";
import { cutWindows, splitTokens, type Windows } from "../data/windows.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import { writeFileAtomic } from "../formats/atomic-write.ts";
import { baseFolder, fieldSpan } from "./definition.ts";

export type PreparedData = {
  readonly job: DataJob;
  readonly tokenizer: Tokenizer;
  readonly corpus: Corpus;
  /** Windows by split; `train` always exists and has at least one. */
  readonly splits: ReadonlyMap<string, Windows>;
};

/**
 * Reads, encodes and cuts. Throws diagnostics: text that is missing, that the tokenizer does not know, or a split that
 * is shorter than one window.
 */
export function loadData(job: DataJob, tokenizer: Tokenizer, sandbox: Sandbox): PreparedData {
  const span = fieldSpan(job, "source");
  const files = findTexts(job.source.paths, baseFolder(job), sandbox, span);
  const corpus = readCorpus(files, tokenizer, job.tokenizer, span);
  const parts = splitTokens(corpus.tokens, job.split ?? new Map([["train", 1]]));
  const splits = new Map([...parts].map(([name, tokens]) => [name, cutWindows(tokens, job.window, job.overlap)]));
  for (const [name, { count }] of splits) if (count === 0) throw tooShort(job, name, parts.get(name)!.length, corpus);
  return { job, tokenizer, corpus, splits };
}

/** Keeps what was found in data.json; the tokens themselves are made again, which is as fast as reading them. */
export function describeData(data: PreparedData, folder: string): string {
  const { corpus, splits } = data;
  const windows = Object.fromEntries([...splits].map(([name, { count }]) => [name, count]));
  const description = { files: corpus.files.map(({ file }) => file.name), tokens: corpus.tokens.length, windows };
  writeFileAtomic(join(folder, "data.json"), `${JSON.stringify(description, null, 2)}\n`);
  const files = corpus.files.length === 1 ? "1 file" : `${corpus.files.length} files`;
  const counts = [...splits].map(([name, { count }]) => `${name} ${count.toLocaleString("en")}`).join(", ");
  return `${files}, ${corpus.tokens.length.toLocaleString("en")} tokens; windows of ${data.job.window}: ${counts}`;
}

function tooShort(job: DataJob, split: string, tokens: number, corpus: Corpus): DiagnosticError {
  const names = corpus.files.map(({ file }) => file.name);
  const shown = names.length > 3 ? `${names.length} files` : names.join(", ");
  if (corpus.tokens.length === 0) {
    const span = fieldSpan(job, "source");
    const message = `there is no text in ${shown}`;
    return new DiagnosticError([{ code: "E0604", severity: "error", message, labels: [{ span, text: "empty" }] }]);
  }
  const needed = job.window + job.overlap;
  return new DiagnosticError([
    {
      code: "E0604",
      severity: "error",
      message: `the split \`${split}\` of ${shown} has ${tokens} tokens, fewer than the ${needed} of one window`,
      labels: [{ span: fieldSpan(job, "window"), text: `a window is ${job.window} tokens` }],
      help: "use a longer text or a shorter window",
    },
  ]);
}
