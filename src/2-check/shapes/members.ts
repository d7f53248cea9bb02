/** `x.T`, `layer.weight`, `record.field`, `module.name`. */
import type { Expr } from "../../1-parse/ast.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Entity, Module } from "../program.ts";
import { type Env, fail } from "./env.ts";
import { entityShape, evaluateShape } from "./evaluate.ts";
import { memberOfInstance } from "./instances.ts";
import { describe, formatShape, tensor, unknown, type Value } from "./value.ts";

/** A module's member as a callable or value; null where the expression is no `module.member`. */
function moduleMember(expr: Expr & { kind: "member" }, env: Env): { module: Module; entity: Entity | null } | null {
  if (expr.object.kind !== "name" || env.locals.has(expr.object.text)) return null;
  const entity = env.module.scope.get(expr.object.text);
  if (entity?.kind !== "module") return null;
  return { module: entity.module, entity: entity.module.scope.get(expr.name.text) ?? null };
}

export function evaluateMember(expr: Expr & { kind: "member" }, env: Env): Value {
  const qualified = moduleMember(expr, env);
  if (qualified !== null) {
    if (qualified.entity !== null) return entityShape(qualified.entity, expr.name.text, expr.span, env);
    const { module } = qualified;
    return fail(env, "E0102", expr.name.span, [], () => ({
      message: `${module.file} has nothing called \`${expr.name.text}\``,
      label: "not found",
    }));
  }
  const object = evaluateShape(expr.object, env);
  const name = expr.name.text;
  if (object.kind === "unknown") return unknown;
  if (object.kind === "tensor") return tensorMember(object, expr, env);
  if (object.kind === "record") {
    return object.fields.get(name) ?? noMember(describe(object), expr, [...object.fields.keys()], env);
  }
  if (object.kind === "instance") {
    const member = memberOfInstance(object, name, env);
    if (member !== null) return member;
    return noMember(describe(object), expr, [...object.members.keys()], env);
  }
  if (object.kind === "list" || object.kind === "sequence") {
    return noMember("a list", expr, [], env, "write `for` to go through it, or `[i]` for one element");
  }
  return noMember(describe(object), expr, [], env);
}

function tensorMember(value: Value & { kind: "tensor" }, expr: Expr & { kind: "member" }, env: Env): Value {
  if (expr.name.text !== "T") return noMember(`${describe(value)}`, expr, ["T"], env, "`.T` swaps the last two axes");
  const [rows, columns] = value.shape.slice(-2);
  if (rows?.kind === "dim" && columns?.kind === "dim")
    return tensor(value.type, [...value.shape.slice(0, -2), columns, rows]);
  return fail(env, "E0206", expr.name.span, [], () => ({
    message: `\`.T\` swaps the last two axes; ${formatShape(value.shape)} has not two`,
    label: formatShape(value.shape),
  }));
}

function noMember(
  what: string,
  expr: Expr & { kind: "member" },
  known: readonly string[],
  env: Env,
  help?: string,
): Value {
  const near = suggest(expr.name.text, known);
  return fail(env, "E0102", expr.name.span, [], () => ({
    message: `${what} has no \`${expr.name.text}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    label: "not found",
    ...(help === undefined ? {} : { help }),
  }));
}
