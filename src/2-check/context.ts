/** What every part of the checker shares while one program is checked. */
import type { Decl } from "../1-parse/ast.ts";
import type { Reporter } from "../diagnostics/report.ts";
import type { Loaded } from "./modules.ts";
import type { Module, Static } from "./program.ts";

export type Context = {
  readonly reporter: Reporter;
  readonly loaded: Loaded;
  /** File-level values by `file:name`, found on first use; null where that failed and was reported. */
  readonly values: Map<string, Static | null>;
  /** Those being found now: one that is met again waits for itself. */
  readonly evaluating: Set<string>;
  /** Instances whose members were evaluated with their numbers, by declaration and arguments: each is done once. */
  readonly expanded: Set<string>;
};

export function createContext(loaded: Loaded, reporter: Reporter): Context {
  return { reporter, loaded, values: new Map(), evaluating: new Set(), expanded: new Set() };
}

/** The name of a job in messages and records: its own in the root file, `file:name` elsewhere. */
export function jobName(decl: Decl, module: Module, context: Context): string {
  return module.file === context.loaded.root.file ? decl.name.text : `${module.file}:${decl.name.text}`;
}
