/** A module while its scope is being filled: its own names (E0105), and what its `use` lines point to. */
import type { Binding, Decl, File, FnDecl, Name, Use } from "../1-parse/ast.ts";
import type { Reporter, Span } from "../diagnostics/report.ts";
import type { Entity, Module } from "./program.ts";

/** A module while its scope is being filled. */
export type Draft = {
  readonly module: Module & { readonly scope: Map<string, Entity>; readonly ambiguous: Map<string, readonly string[]> };
  readonly own: Map<string, Entity>;
  readonly places: Map<string, Span>;
  readonly uses: { readonly use: Use; readonly target: UseTarget | null }[];
};

/** What the path of a `use` stands for: one or several files, or one name of them. */
export type UseTarget = { readonly files: readonly Draft[]; readonly member: Name | null; readonly shown: string };

export function draft(ast: File): Draft {
  return {
    module: { file: ast.file, ast, scope: new Map(), ambiguous: new Map() },
    own: new Map(),
    places: new Map(),
    uses: [],
  };
}

export function declareOwnNames(draft: Draft, reporter: Reporter): void {
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
