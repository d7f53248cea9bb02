/** What preparation finds out, without a device and without writing: the sizes that `plan` and `build` need. */
import type { CheckedProgram, Facts, TokenizerJob } from "../2-check/program.ts";
import type { Sandbox } from "../data/sandbox.ts";
import { findTexts, readText } from "../data/sources.ts";
import { fitCharLevel } from "../data/tokenizers/char-level.ts";
import { baseFolder, fieldSpan, neededJobs } from "./definition.ts";

/** Facts of the jobs that `job` needs. Reads their texts. */
export function prepareFacts(program: CheckedProgram, job: string, sandbox: Sandbox): Facts {
  const facts = new Map<string, number>();
  const target = program.jobs.get(job);
  for (const needed of target === undefined ? [] : neededJobs(target, program)) {
    if (needed.kind === "tokenizer") facts.set(`${needed.name}.vocab`, vocabOf(needed, sandbox));
    if (needed.kind === "data") facts.set(`${needed.name}.window`, needed.window);
  }
  return facts;
}

function vocabOf(job: TokenizerJob, sandbox: Sandbox): number {
  const span = fieldSpan(job, "fit");
  const files = findTexts(job.fit, baseFolder(job), sandbox, span);
  return fitCharLevel(files.map((file) => readText(file, span))).length;
}
