/** Every declaration, function and binding that a job's meaning depends on, found by walking names in syntax trees. */
import { isJobKind } from "../2-check/kinds.ts";
import type { Entity, Job, Module, Static } from "../2-check/program.ts";
import { partsOf } from "./static-parts.ts";

export type Definition = Extract<Entity, { readonly kind: "decl" | "fn" | "binding" }>;

/** In the order in which they are first met; jobs are not among them. */
export function reachable(job: Job): readonly Definition[] {
  const found = new Map<object, Definition>();
  const visit = (entity: Entity): void => {
    if (entity.kind === "module" || entity.kind === "primitive") return;
    const node = nodeOf(entity);
    if (found.has(node)) return;
    found.set(node, entity);
    for (const name of namesIn(node, entity.module)) visit(name);
  };
  for (const value of staticsOf(job)) {
    const parts = partsOf(value);
    for (const part of parts) if (part.kind === "instance" || part.kind === "function") visit(part.entity);
    for (const part of parts)
      if (part.kind === "pending") for (const entity of namesIn(part.expr, job.module)) visit(entity);
  }
  return [...found.values()].filter((entity) => entity.kind !== "decl" || !isJobKind(entity.decl.declKind.text));
}

/** The syntax without places, comments and spellings: what it means. */
export function canonicalSyntax(entity: Definition): string {
  return JSON.stringify(nodeOf(entity), (key, value: unknown) => {
    if (dropped.has(key)) return undefined;
    return isNode(value) && numerals.has(String(value.kind)) ? { ...value, text: undefined } : value;
  });
}

/** `layer Attention`, `fn gelu`, `T`. */
export function definitionName(entity: Definition): string {
  switch (entity.kind) {
    case "decl":
      return `${entity.decl.declKind.text} ${entity.decl.name.text}`;
    case "fn":
      return `fn ${entity.fn.name.text}`;
    case "binding":
      return entity.name;
  }
}

export function nodeOf(entity: Definition) {
  switch (entity.kind) {
    case "decl":
      return entity.decl;
    case "fn":
      return entity.fn;
    case "binding":
      return entity.binding;
  }
}

const dropped: ReadonlySet<string> = new Set(["span", "opSpan", "keySpan", "doc"]);
const numerals: ReadonlySet<string> = new Set(["number", "quantity", "percent"]);

function staticsOf(job: Job): readonly Static[] {
  return job.kind === "train" ? [job.model, job.objective, job.optimizer] : [];
}

/** What the names in a syntax tree mean at file level. A local of the same name only adds more than is needed. */
function namesIn(tree: unknown, module: Module): readonly Entity[] {
  if (Array.isArray(tree)) return tree.flatMap((part) => namesIn(part, module));
  if (!isNode(tree)) return [];
  const own = tree.kind === "name" ? lookUp(module, tree.text) : tree.kind === "member" ? memberOf(tree, module) : [];
  return [...own, ...Object.values(tree).flatMap((part) => namesIn(part, module))];
}

function lookUp(module: Module, name: unknown): readonly Entity[] {
  const entity = typeof name === "string" ? module.scope.get(name) : undefined;
  return entity === undefined ? [] : [entity];
}

/** `gpt2.small`, where `gpt2` is a module. */
function memberOf(tree: Node, module: Module): readonly Entity[] {
  const { object, name } = tree;
  if (!isNode(object) || object.kind !== "name" || !isNode(name)) return [];
  return lookUp(module, object.text).flatMap((entity) =>
    entity.kind === "module" ? lookUp(entity.module, name.text) : [],
  );
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
