/**
 * What a program may read and write: below the folder of the file named on the command line (links resolved), below its
 * runs folder, and below the paths given with --allow. A program from a stranger cannot read the rest of the disk.
 */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { DiagnosticError, type Span } from "../diagnostics/report.ts";

export type Sandbox = { readonly folders: readonly string[] };

export function openSandbox(rootFile: string, others: readonly string[]): Sandbox {
  return { folders: [dirname(realPath(rootFile)), ...others.map(realPath)] };
}

/** The real path of a file that may be used; it need not exist. Throws a diagnostic at `span` where it lies outside. */
export function insideSandbox(sandbox: Sandbox, path: string, span: Span): string {
  const real = realPath(path);
  if (sandbox.folders.some((folder) => isWithin(folder, real))) return real;
  throw new DiagnosticError([
    {
      code: "E0605",
      severity: "error",
      message: `${path} is outside the folders that this program may use`,
      labels: [{ span, text: `leads to ${real}` }],
      help: `if you trust the program: --allow ${dirname(real)}`,
    },
  ]);
}

/** Is `path` the folder or below it? Both are real paths. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Resolves the links of the part of a path that exists. */
function realPath(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
}
