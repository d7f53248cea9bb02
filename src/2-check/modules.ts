/**
 * Loads every file a program uses and gives each its scope: what a name means at file level.
 *
 * Own names beat imported ones, those beat `*`, then come the prelude and the primitives. A name that two `*` bring is
 * in no scope: it is an error where it is used, so it is kept in `Module.ambiguous`.
 */
import type { Expr, File } from "../1-parse/ast.ts";
import type { Diagnostic, Reporter, Source } from "../diagnostics/report.ts";
import { type Draft, declareOwnNames, draft } from "./module-draft.ts";
import { resolveScope } from "./module-scope.ts";
import type { Module } from "./program.ts";
import { findTarget } from "./use-target.ts";

/**
 * Gives the text of a file, or null. Paths of the standard library are `std/layers.llm`, `std/models/gpt2.llm`; the
 * path `std/` gives a listing: the names of its files, one a line. Other paths are those of files, as the root is named: what `use "./b.llm"` in `a/main.llm` means is `a/b.llm`.
 */
export type Read = (path: string) => Source | null;

/** Phase 1, handed in by the pipeline. */
export type Parser = {
  readonly parse: (source: Source) => { readonly file: File; readonly diagnostics: readonly Diagnostic[] };
  readonly parseExpression: (source: Source) => {
    readonly expr: Expr | null;
    readonly diagnostics: readonly Diagnostic[];
  };
};

export type Loaded = {
  readonly root: Module;
  readonly modules: ReadonlyMap<string, Module>;
  /** The names `use std.…` could bring: read when a message wants them. */
  readonly stdNames: () => readonly string[];
};

/** A `Read` for the standard library held as texts by file name (`layers.llm`), with `files` for all other paths. */
export function withStdlib(std: Readonly<Record<string, string>>, files: Read): Read {
  return (path) => {
    if (!path.startsWith("std/")) return files(path);
    const name = path.slice("std/".length);
    if (name === "") return { file: path, text: Object.keys(std).join("\n") };
    const text = std[name];
    return text === undefined ? null : { file: path, text };
  };
}

/** The modules reachable from `rootFile`, whose syntax tree has the command line's `--set` values in it already. */
export function loadModules(rootFile: File, read: Read, parse: Parser["parse"], reporter: Reporter): Loaded {
  const drafts = new Map<string, Draft>();
  const root = draft(rootFile);
  drafts.set(rootFile.file, root);
  const load = (path: string): Draft | null => {
    const known = drafts.get(path);
    if (known !== undefined) return known;
    const source = read(path);
    if (source === null) return null;
    const { file, diagnostics } = parse(source);
    for (const diagnostic of diagnostics) reporter.report(diagnostic);
    const loaded = draft(file);
    drafts.set(path, loaded);
    return loaded;
  };
  const stdFiles = listStd(read);
  const prelude = stdFiles.includes("prelude.llm") ? load("std/prelude.llm") : null;

  // A Map visits what is added while it is walked: files found through `use` are resolved in their turn.
  for (const draft of drafts.values()) {
    declareOwnNames(draft, reporter);
    for (const item of draft.module.ast.items) {
      if (item.kind === "use")
        draft.uses.push({ use: item, target: findTarget(item, draft, load, stdFiles, reporter) });
    }
  }
  for (const draft of drafts.values()) resolveScope(draft, prelude, reporter);
  return {
    root: root.module,
    modules: new Map([...drafts].map(([path, { module }]) => [path, module])),
    stdNames: once(() =>
      stdFiles.filter((name) => !name.includes("/")).flatMap((name) => namesIn(`std/${name}`, read, parse)),
    ),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function namesIn(path: string, read: Read, parse: Parser["parse"]): readonly string[] {
  const source = read(path);
  if (source === null) return [];
  return parse(source).file.items.flatMap((item) =>
    item.kind === "decl" || item.kind === "fn" ? [item.name.text] : [],
  );
}

function listStd(read: Read): readonly string[] {
  const listing = read("std/");
  return listing === null ? [] : listing.text.split("\n").filter((name) => name.endsWith(".llm"));
}
