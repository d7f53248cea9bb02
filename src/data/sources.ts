/** Text files by path, glob or `npm:package/path`: which they are, and their contents. */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { globSync, isDynamicPattern } from "tinyglobby";
import { DiagnosticError, type Span, unsupported } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { readBytes } from "../formats/read-file.ts";
import { findNpmPackage } from "./npm-package.ts";
import { insideSandbox, isWithin, type Sandbox } from "./sandbox.ts";

/** A file that may be read. `name` is how messages call it. */
export type TextFile = { readonly name: string; readonly path: string };

/**
 * The files of all patterns, in the patterns' order and sorted by name within a glob. `base` is the folder of the file
 * that declares the job. Throws a diagnostic at `span` where a pattern matches nothing or leads outside.
 */
export function findTexts(
  patterns: readonly string[],
  base: string,
  sandbox: Sandbox,
  span: Span,
): readonly TextFile[] {
  return patterns.flatMap((pattern) => {
    if (!pattern.startsWith("npm:")) {
      return expand(pattern, base, span, (path) => ({
        name: nameOf(path, base),
        path: insideSandbox(sandbox, path, span),
      }));
    }
    const { name, folder, rest } = findNpmPackage(pattern, base, span);
    const inside = (path: string): TextFile => {
      const real = existsSync(path) ? realpathSync(path) : resolve(path);
      if (!isWithin(folder, real)) throw outsidePackage(pattern, real, name, span);
      return { name: `npm:${name}/${nameOf(path, folder)}`, path: real };
    };
    return expand(rest, folder, span, inside);
  });
}

/** A file's text. Throws `FileError` where it cannot be read and a diagnostic where it is not UTF-8. */
export function readText(file: TextFile, span: Span): string {
  const bytes = readBytes(file.path);
  if (bytes.length > maxTextBytes)
    unsupported(span, `a text of ${bytes.length} bytes in one file (${file.name})`, "split it");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DiagnosticError([
      {
        code: "E0604",
        severity: "error",
        message: `${file.name} is not UTF-8 text`,
        labels: [{ span, text: "read as UTF-8" }],
        help: "convert it first, for example with iconv",
      },
    ]);
  }
}

/** The longest string V8 can hold has 2²⁹ − 24 characters. */
const maxTextBytes = 2 ** 29 - 24;

function expand(pattern: string, base: string, span: Span, inside: (path: string) => TextFile): readonly TextFile[] {
  const literal = resolve(base, pattern);
  if (!isDynamicPattern(pattern) || existsSync(literal)) return [oneFile(inside(literal), span)];
  const { folder, rest } = splitGlob(pattern);
  const from = resolve(base, folder);
  inside(from);
  const found = globSync(rest, { cwd: from, absolute: true, onlyFiles: true, expandDirectories: false });
  if (found.length === 0) throw missing(span, `no file matches "${pattern}"`, from, rest);
  return found.sort((a, b) => (a < b ? -1 : 1)).map(inside);
}

function oneFile(file: TextFile, span: Span): TextFile {
  if (!existsSync(file.path))
    throw missing(span, `there is no file "${file.name}"`, dirname(file.path), basename(file.path));
  if (!statSync(file.path).isDirectory()) return file;
  throw new DiagnosticError([
    {
      code: "E0601",
      severity: "error",
      message: `"${file.name}" is a folder`,
      labels: [{ span, text: "a text is a file" }],
      help: `"${file.name.replace(/\/$/, "")}/*.txt" reads every text in it`,
    },
  ]);
}

/** The folders before the first segment that is a pattern, so that nothing outside them is listed. */
function splitGlob(pattern: string): { readonly folder: string; readonly rest: string } {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => isDynamicPattern(segment));
  const at = first < 0 ? segments.length - 1 : first;
  const folder = segments.slice(0, at).join("/");
  return { folder: folder === "" && pattern.startsWith("/") ? "/" : folder, rest: segments.slice(at).join("/") };
}

/** Looks for what was meant: in the folder, or for the folder itself where that does not exist. */
function missing(span: Span, message: string, folder: string, name: string): DiagnosticError {
  const near = nearMiss(folder, name);
  return new DiagnosticError([
    {
      code: "E0601",
      severity: "error",
      message,
      labels: [{ span, text: `looked in ${folder}` }],
      ...(near === null ? {} : { help: `did you mean "${near}"?` }),
    },
  ]);
}

function nearMiss(folder: string, name: string): string | null {
  if (!existsSync(folder)) return folder === dirname(folder) ? null : nearMiss(dirname(folder), basename(folder));
  try {
    return suggest(name, readdirSync(folder));
  } catch {
    return null;
  }
}

function outsidePackage(pattern: string, real: string, name: string, span: Span): DiagnosticError {
  return new DiagnosticError([
    {
      code: "E0605",
      severity: "error",
      message: `"${pattern}" leads outside the package ${name}`,
      labels: [{ span, text: `leads to ${real}` }],
    },
  ]);
}

function nameOf(path: string, base: string): string {
  return relative(base, path).split(sep).join("/") || join(path);
}
