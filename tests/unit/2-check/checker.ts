/** The checker with the standard library of this repository, for tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseExpression } from "../../../src/1-parse/parse.ts";
import { type CheckOptions, type CheckResult, checkProgram } from "../../../src/2-check/check.ts";
import { type Read, withStdlib } from "../../../src/2-check/modules.ts";
import { type Setting, settingSources } from "../../../src/2-check/sets.ts";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";

export const repository = join(import.meta.dirname, "../../..");
const folder = join(repository, "stdlib");

export const stdlib: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".llm"))
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

/** A reader of the standard library and of `files`, by name. */
export function reader(files: Readonly<Record<string, string>> = {}): Read {
  return withStdlib(stdlib, (path) => {
    const text = files[path];
    return text === undefined ? null : { file: path, text };
  });
}

export function check(
  text: string,
  options: CheckOptions = {},
  files: Readonly<Record<string, string>> = {},
): CheckResult {
  return checkProgram({ file: "program.llm", text }, reader(files), { parse, parseExpression }, options);
}

/** Every message about a program as a person reads it. */
export function messages(
  text: string,
  options: CheckOptions = {},
  files: Readonly<Record<string, string>> = {},
): string {
  const { diagnostics } = check(text, options, files);
  const sources = new Map([
    ["program.llm", text],
    ...Object.entries(files),
    ...Object.entries(stdlib).map(([name, source]) => [`std/${name}`, source] as const),
    ...settingSources(options.sets ?? []).map(({ file, text: value }) => [file, value] as const),
  ]);
  return renderDiagnostics(diagnostics, sources, { format: "text", color: false });
}

export function codes(text: string, options: CheckOptions = {}): readonly string[] {
  return check(text, options).diagnostics.map((diagnostic) => diagnostic.code);
}

/** `L=4` as `--set` takes it. */
export function setting(text: string): Setting {
  const at = text.indexOf("=");
  return { name: text.slice(0, at), text: text.slice(at + 1) };
}
