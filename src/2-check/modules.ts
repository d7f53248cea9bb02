/**
 * Loads every file a program uses and gives each its scope: what a name means at file level.
 *
 * Own names beat imported ones, those beat `*`, then come the prelude and the primitives. A name that two `*` bring is
 * in no scope: it is an error where it is used, so it is kept in `Module.ambiguous`.
 */
import type { Binding, Decl, Expr, File, FnDecl, Name, Use } from "../1-parse/ast.ts";
import {
  type Diagnostic,
  type Reporter,
  type Source,
  type Span,
  unsupportedDiagnostic,
} from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { constructorNames } from "./jobs/constructors.ts";
import { primitiveNames } from "./primitives.ts";
import type { Entity, Module } from "./program.ts";

/**
 * Gives the text of a file, or null. Paths of the standard library are `std/layers.llm`, `std/models/gpt2.llm`; the
 * path `std/` gives a listing: the names of its files, one a line. Other paths are relative to the root file's folder.
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

/** A module while its scope is being filled. */
type Draft = {
  readonly module: Module & { readonly scope: Map<string, Entity>; readonly ambiguous: Map<string, readonly string[]> };
  readonly own: Map<string, Entity>;
  readonly places: Map<string, Span>;
  readonly uses: { readonly use: Use; readonly target: UseTarget | null }[];
};

/** What the path of a `use` stands for: one or several files, or one name of them. */
type UseTarget = { readonly files: readonly Draft[]; readonly member: Name | null; readonly shown: string };

function draft(ast: File): Draft {
  return {
    module: { file: ast.file, ast, scope: new Map(), ambiguous: new Map() },
    own: new Map(),
    places: new Map(),
    uses: [],
  };
}

function listStd(read: Read): readonly string[] {
  const listing = read("std/");
  return listing === null ? [] : listing.text.split("\n").filter((name) => name.endsWith(".llm"));
}

function declareOwnNames(draft: Draft, reporter: Reporter): void {
  const declare = (name: Name, entity: Entity) => {
    const before = draft.places.get(name.text);
    if (before !== undefined) {
      reporter.report({
        code: "E0105",
        severity: "error",
        message: `\`${name.text}\` is already declared in this file`,
        labels: [
          { span: name.span, text: "declared again" },
          { span: before, text: "declared first" },
        ],
      });
      return;
    }
    draft.places.set(name.text, name.span);
    draft.own.set(name.text, entity);
  };
  const { module } = draft;
  for (const item of module.ast.items) {
    if (item.kind === "decl") declare(item.name, declEntity(item, module));
    else if (item.kind === "fn") declare(item.name, fnEntity(item, module));
    else if (item.kind === "binding") for (const name of item.names) declare(name, bindingEntity(item, name, module));
  }
}

const declEntity = (decl: Decl, module: Module): Entity => ({ kind: "decl", decl, module });
const fnEntity = (fn: FnDecl, module: Module): Entity => ({ kind: "fn", fn, module });
const bindingEntity = (binding: Binding, name: Name, module: Module): Entity => ({
  kind: "binding",
  binding,
  name: name.text,
  module,
});

function findTarget(
  use: Use,
  from: Draft,
  load: (path: string) => Draft | null,
  stdFiles: readonly string[],
  reporter: Reporter,
): UseTarget | null {
  if (use.from.kind === "file") {
    const path = resolvePath(from.module.file, use.from.path);
    const file = load(path);
    if (file !== null) return { files: [file], member: null, shown: stem(path) };
    reporter.report({
      code: "E0601",
      severity: "error",
      message: `there is no file ${path}`,
      labels: [{ span: use.from.span, text: "used here" }],
    });
    return null;
  }
  const [first, ...rest] = use.from.path;
  if (first === undefined || first.text !== "std") {
    reporter.report({
      code: "E0102",
      severity: "error",
      message: `there is no module \`${first?.text ?? ""}\``,
      labels: [{ span: use.from.span, text: "used here" }],
      help: `modules by name are the standard library, \`std\`; a file is used by its path: use "./${first?.text ?? "other"}.llm"`,
    });
    return null;
  }
  const shown = use.from.path.map((name) => name.text).join(".");
  const topLevel = () =>
    stdFiles
      .filter((name) => !name.includes("/"))
      .map((name) => load(`std/${name}`))
      .filter((file) => file !== null);
  if (rest.length === 0) return { files: topLevel(), member: null, shown };
  const names = rest.map((name) => name.text);
  const whole = stdFiles.includes(`${names.join("/")}.llm`) ? load(`std/${names.join("/")}.llm`) : null;
  if (whole !== null) return { files: [whole], member: null, shown };
  const member = rest.at(-1) ?? null;
  const folder = names.slice(0, -1);
  const file =
    folder.length > 0 && stdFiles.includes(`${folder.join("/")}.llm`) ? load(`std/${folder.join("/")}.llm`) : null;
  if (folder.length === 0) return { files: topLevel(), member, shown };
  if (file !== null) return { files: [file], member, shown };
  if (laterModules.includes(shown)) {
    reporter.report(unsupportedDiagnostic(use.from.span, `\`${shown}\``));
    return null;
  }
  const modules = stdFiles.map((name) => `std.${name.slice(0, -".llm".length).replaceAll("/", ".")}`);
  const near = suggest(shown, modules);
  reporter.report({
    code: "E0102",
    severity: "error",
    message: `there is no module \`${shown}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span: use.from.span, text: "used here" }],
  });
  return null;
}

/** Modules that the language has and a later version brings. */
const laterModules = ["std.models.gpt2", "std.models.bert", "std.models.t5", "std.models.llama"];

/** Fills `scope`, the weakest names first, so that stronger ones overwrite them. */
function resolveScope(draft: Draft, prelude: Draft | null, reporter: Reporter): void {
  const { scope, ambiguous } = draft.module;
  for (const name of [...primitiveNames, ...constructorNames]) scope.set(name, { kind: "primitive", name });
  for (const [name, entity] of prelude?.own ?? []) scope.set(name, entity);
  const wild = new Map<string, { readonly entity: Entity; readonly from: string }[]>();
  const named = new Map<string, Entity>();
  for (const { use, target } of draft.uses) {
    if (target === null) continue;
    if (use.names === "all") {
      for (const file of target.files) {
        for (const [name, entity] of file.own) {
          const found = wild.get(name) ?? [];
          const from = target.files.length > 1 ? file.module.file : `${target.shown}.*`;
          if (!found.some((other) => sameEntity(other.entity, entity))) found.push({ entity, from });
          wild.set(name, found);
        }
      }
    } else if (use.names === "self") {
      const entity = selfEntity(target, reporter);
      const name = use.alias?.text ?? target.member?.text ?? target.shown.split(".").at(-1);
      if (entity !== null && name !== undefined) named.set(name, entity);
    } else {
      for (const name of use.names) {
        const entity = memberOf(target, name, reporter);
        if (entity !== null) named.set(name.text, entity);
      }
    }
  }
  for (const [name, found] of wild) {
    const [first] = found;
    if (found.length === 1 && first !== undefined) scope.set(name, first.entity);
    else if (!named.has(name) && !draft.own.has(name)) {
      scope.delete(name);
      ambiguous.set(
        name,
        found.map(({ from }) => from),
      );
    }
  }
  for (const [name, entity] of named) scope.set(name, entity);
  for (const [name, entity] of draft.own) scope.set(name, entity);
}

function selfEntity(target: UseTarget, reporter: Reporter): Entity | null {
  if (target.member !== null) return memberOf(target, target.member, reporter);
  const [file] = target.files;
  if (file !== undefined && target.files.length === 1) return { kind: "module", module: file.module };
  return { kind: "module", module: joined(target.files) };
}

/** `use std`: one module with the names of all its files. */
function joined(files: readonly Draft[]): Module {
  const scope = new Map<string, Entity>();
  for (const file of files) for (const [name, entity] of file.own) scope.set(name, entity);
  const span = { file: "std", start: 0, end: 0 };
  return { file: "std", ast: { file: "std", items: [], comments: [], span }, scope, ambiguous: new Map() };
}

function memberOf(target: UseTarget, name: Name, reporter: Reporter): Entity | null {
  for (const file of target.files) {
    const entity = file.own.get(name.text);
    if (entity !== undefined) return entity;
  }
  const near = suggest(
    name.text,
    target.files.flatMap((file) => [...file.own.keys()]),
  );
  const module = target.member === null ? target.shown : target.shown.split(".").slice(0, -1).join(".");
  reporter.report({
    code: "E0102",
    severity: "error",
    message: `\`${module}\` has nothing called \`${name.text}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span: name.span, text: "not found" }],
  });
  return null;
}

function sameEntity(a: Entity, b: Entity): boolean {
  if (a.kind === "decl") return b.kind === "decl" && a.decl === b.decl;
  if (a.kind === "fn") return b.kind === "fn" && a.fn === b.fn;
  if (a.kind === "binding") return b.kind === "binding" && a.binding === b.binding && a.name === b.name;
  return false;
}

/** `./02_gpt2.llm` as seen from `design/08_plan.llm` → `design/02_gpt2.llm`. */
function resolvePath(from: string, path: string): string {
  const segments = path.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else segments.push(segment);
  }
  return (path.startsWith("/") || from.startsWith("/") ? "/" : "") + segments.filter((s) => s !== "").join("/");
}

function stem(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.llm$/, "");
}
