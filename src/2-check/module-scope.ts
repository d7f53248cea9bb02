/** Fills the scope of a module from its own names and its imports. */
import type { Name } from "../1-parse/ast.ts";
import type { Reporter } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { constructorNames } from "./jobs/constructors.ts";
import type { Draft, UseTarget } from "./module-draft.ts";
import { primitiveNames } from "./primitives.ts";
import type { Entity, Module } from "./program.ts";

/** Fills `scope`, the weakest names first, so that stronger ones overwrite them. */
export function resolveScope(draft: Draft, prelude: Draft | null, reporter: Reporter): void {
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
