/** What every part of the checker shares while one program is checked. */
import type { Decl, FnDecl } from "../1-parse/ast.ts";
import type { Reporter, Span } from "../diagnostics/report.ts";
import type { Valuation } from "../ir/dim.ts";
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
  /** The numbers that the first instance of a declaration was built with, for messages about its members. */
  readonly instances: Map<FnDecl | Decl, Numbers>;
  /** What static evaluation may still take: a program is read, not run, so it must end soon. */
  readonly budget: { steps: number; depth: number };
  /** Models that train jobs build, even where the job has other errors. */
  readonly trained: Trained[];
};

export type Numbers = { readonly valuation: Valuation; readonly from: Span };

type Trained = {
  readonly model: Static & { readonly kind: "instance" };
  readonly data: string | null;
  readonly span: Span;
};

/** Calls and declarations within each other, while static values are found. */
export const mostDepth = 100;

export function createContext(loaded: Loaded, reporter: Reporter): Context {
  return {
    reporter,
    loaded,
    values: new Map(),
    evaluating: new Set(),
    expanded: new Set(),
    instances: new Map(),
    budget: { steps: 1_000_000, depth: 0 },
    trained: [],
  };
}

/** The name of a job in messages and records: its own in the root file, `file:name` elsewhere, the file as the root file's folder leads there. */
export function jobName(decl: Decl, module: Module, context: Context): string {
  const root = context.loaded.root.file;
  return module.file === root ? decl.name.text : `${pathBeside(root, module.file)}:${decl.name.text}`;
}

/** `a/main.llm`, `a/sub/other.llm`: `sub/other.llm`. Names of runs do not depend on where the command was given. */
function pathBeside(root: string, file: string): string {
  const [from, to] = [root.split("/").slice(0, -1), file.split("/")];
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}
