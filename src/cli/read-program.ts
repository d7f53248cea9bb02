/** Reads and checks the file named on the command line, and the files it uses. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckedProgram } from "../2-check/program.ts";
import { insideSandbox, openSandbox, type Sandbox } from "../data/sandbox.ts";
import { DiagnosticError, type Source } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { FileError, fileError } from "../formats/file-error.ts";
import { check, type Setting, withStdlib } from "../index.ts";
import { UsageError } from "../jobs/failures.ts";
import type { CommandContext } from "./command.ts";
import { stdlibTexts } from "./embedded.ts";
import { showDiagnostics } from "./failure.ts";

/** `file.llm:job` */
export type Target = { readonly file: string; readonly job: string | null };

export function parseTarget(text: string): Target {
  const match = /^(.+\.llm):([A-Za-z_]\w*)$/.exec(text);
  return { file: match?.[1] ?? text, job: match?.[2] ?? null };
}

export type ReadProgram = { readonly program: CheckedProgram; readonly sandbox: Sandbox };

/** Throws `DiagnosticError` where the program has errors; warnings are shown. */
export function readProgram(
  file: string,
  options: { readonly set: readonly string[]; readonly allow?: readonly string[]; readonly out?: string | undefined },
  context: CommandContext,
): ReadProgram {
  const root = readRoot(file, context);
  const others = [...(options.allow ?? []), ...(options.out === undefined ? [] : [options.out])];
  const sandbox = openSandbox(file, others);
  const settings = options.set.map(parseSetting);
  for (const [i, { text }] of settings.entries()) remember(context, { file: `<--set ${i + 1}>`, text });
  const read = withStdlib(stdlibTexts, (used) => readUsed(used, file, sandbox, context));
  const remembering = (path: string) => remember(context, read(path));
  const { program, diagnostics } = check(root, remembering, { sets: settings });
  if (program === null) throw new DiagnosticError(diagnostics);
  showDiagnostics(diagnostics, context.sources, context.format);
  return { program, sandbox };
}

function readRoot(file: string, context: CommandContext): Source {
  if (!existsSync(file)) throw missingRoot(file);
  if (statSync(file).isDirectory()) throw new UsageError(`${file} is a folder; name a .llm file in it`);
  return remember(context, { file, text: readSource(file) });
}

/** A file named by `use "./other.llm"`, as the file that uses it leads there. Null where there is none. */
function readUsed(file: string, rootFile: string, sandbox: Sandbox, context: CommandContext): Source | null {
  if (!existsSync(file)) return null;
  const root = context.sources.get(rootFile);
  insideSandbox(sandbox, file, { file: rootFile, start: 0, end: root?.length ?? 0 });
  return { file, text: readSource(file) };
}

function readSource(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw fileError(error, "read", file);
  }
  if (bytes.length > maxSourceBytes)
    throw new FileError(file, `${file} has ${bytes.length} bytes; a source may have 4 MB`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FileError(file, `${file} is not UTF-8 text`);
  }
}

const maxSourceBytes = 4_000_000;

function missingRoot(file: string): UsageError {
  const folder = dirname(resolve(file));
  const near = existsSync(folder) ? suggest(basename(file), readdirSync(folder)) : null;
  return new UsageError(
    `there is no file ${file}`,
    near === null ? undefined : `did you mean ${join(dirname(file), near)}?`,
  );
}

/** `pretrain.batch=32` */
function parseSetting(text: string): Setting {
  const at = text.indexOf("=");
  if (at <= 0) throw new UsageError(`--set takes name=value, got ${JSON.stringify(text)}`);
  return { name: text.slice(0, at).trim(), text: text.slice(at + 1) };
}

function remember<T extends Source | null>(context: CommandContext, source: T): T {
  if (source !== null) context.sources.set(source.file, source.text);
  return source;
}
