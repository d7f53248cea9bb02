/**
 * `npm:name/path`: a file of an installed package. Found by walking node_modules upwards, never by require: nothing of
 * the package is run. The path stays inside the package after links are resolved.
 */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { DiagnosticError, type Span } from "../diagnostics/report.ts";

export type NpmPath = { readonly name: string; readonly folder: string; readonly rest: string };

/** Splits `npm:@scope/name/data/*.txt` and finds the package's real folder, starting at `from`. */
export function findNpmPackage(source: string, from: string, span: Span): NpmPath {
  const match = pattern.exec(source);
  const [, name, rest] = match ?? [];
  if (name === undefined || rest === undefined || name.length > 214) {
    throw failure(span, `"${source}" is not of the form npm:package/path`, "not a package's name and a path in it");
  }
  const folder = walkUp(from, name);
  if (folder === null) {
    throw failure(
      span,
      `the package ${name} is not installed`,
      `no node_modules above ${from} holds it`,
      `npm install ${name}`,
    );
  }
  return { name, folder, rest };
}

/** The registry's rule for new names: lower case, URL-safe, no leading dot or underscore. */
const pattern = /^npm:((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)\/(.+)$/;

function walkUp(from: string, name: string): string | null {
  const folder = join(from, "node_modules", name);
  if (existsSync(folder)) return realpathSync(folder);
  const parent = dirname(from);
  return parent === from ? null : walkUp(parent, name);
}

function failure(span: Span, message: string, text: string, help?: string): DiagnosticError {
  return new DiagnosticError([
    { code: "E0601", severity: "error", message, labels: [{ span, text }], ...(help === undefined ? {} : { help }) },
  ]);
}
