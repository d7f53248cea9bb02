/**
 * The standard library and the pages of `llmc explain`, as text. From the source tree they are read from disk; the
 * bundle holds them: esbuild.config.mjs puts this module's exports in as literals.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** `layers.llm`, `models/gpt2.llm` → text. */
export const stdlibTexts: Readonly<Record<string, string>> = readFolder("stdlib", ".llm");

/** `E0201.md` → text. */
export const errorPages: Readonly<Record<string, string>> = readFolder("grammar/errors", ".md");

export const version: string = JSON.parse(readFileSync(join(root(), "package.json"), "utf8")).version;

function readFolder(name: string, ending: string): Record<string, string> {
  const folder = join(root(), name);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(ending));
  return Object.fromEntries(
    files.sort().map((file) => [relative(".", file).split(sep).join("/"), readFileSync(join(folder, file), "utf8")]),
  );
}

function root(): string {
  return join(import.meta.dirname, "../..");
}
