/** The tokenizer job: fits the tokenizer on its texts and keeps it as tokenizer.json. */
import { join } from "node:path";
import type { TokenizerJob } from "../2-check/program.ts";
import type { Sandbox } from "../data/sandbox.ts";
import { findTexts, readText } from "../data/sources.ts";
import { charLevel, fitCharLevel, parseCharLevel, printCharLevel } from "../data/tokenizers/char-level.ts";
import type { Tokenizer } from "../data/tokenizers/tokenizer.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import { writeFileAtomic } from "../formats/atomic-write.ts";
import { readUtf8 } from "../formats/read-file.ts";
import { baseFolder, fieldSpan } from "./definition.ts";

/** Returns the outcome in words. Throws a diagnostic where the texts are empty. */
export function fitTokenizer(job: TokenizerJob, sandbox: Sandbox, folder: string): string {
  const span = fieldSpan(job, "fit");
  const files = findTexts(job.fit, baseFolder(job), sandbox, span);
  const characters = fitCharLevel(files.map((file) => readText(file, span)));
  if (characters.length === 0) {
    const message = `there is no text to fit \`${job.name}\` on: ${files.map(({ name }) => name).join(", ")} is empty`;
    throw new DiagnosticError([{ code: "E0604", severity: "error", message, labels: [{ span, text: "empty" }] }]);
  }
  writeFileAtomic(join(folder, "tokenizer.json"), printCharLevel(characters));
  return `${characters.length} characters`;
}

export function loadTokenizer(folder: string): Tokenizer {
  const path = join(folder, "tokenizer.json");
  return charLevel(parseCharLevel(path, readUtf8(path)));
}
