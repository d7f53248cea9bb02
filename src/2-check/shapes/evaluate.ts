/** The value of an expression while shapes are checked. Says what is wrong once, then gives `unknown`. */
import type { Expr, Member } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { constant, constantOf, named, subtract } from "../../ir/dim.ts";
import { assumeUnbounded } from "../../ir/dim-facts.ts";
import { resolveName } from "../names.ts";
import type { Entity, Module } from "../program.ts";
import { pipedCall } from "../static/evaluate-static.ts";
import { broadcast, sameShape } from "./broadcast.ts";
import { evaluateCall } from "./calls.ts";
import { combine, commonType, operandOf } from "./elementwise.ts";
import { assume, type Env, fail, innerEnv } from "./env.ts";
import { evaluateIndex } from "./indexing.ts";
import { memberOfInstance } from "./instances.ts";
import { binary, unary } from "./operators.ts";
import { describe, formatShape, intOf, none, optional, someFloat, tensor, unknown, type Value } from "./value.ts";

export function evaluateShape(expr: Expr, env: Env): Value {
  switch (expr.kind) {
    case "number":
      return expr.integer ? intOf(constant(expr.value), true) : { kind: "float", value: expr.value };
    case "quantity":
      return { kind: "duration" };
    case "percent":
      return { kind: "float", value: expr.value, percent: true };
    case "string":
      return { kind: "string", value: expr.value, span: expr.span };
    case "bool":
      return { kind: "boolean", value: expr.value };
    case "none":
      return none;
    case "name":
      return evaluateName(expr.text, expr.span, env);
    case "if":
      return evaluateIf(expr, env);
    case "lambda":
      return unknown;
    case "binary": {
      if (expr.op === "|>") return evaluateCall(pipedCall(expr), env);
      const left = evaluateShape(expr.left, env);
      const right = evaluateShape(expr.right, env);
      return binary(expr.op, left, right, expr, env);
    }
    case "unary":
      return unary(expr.op, evaluateShape(expr.operand, env), expr.span, env);
    case "member":
      return evaluateMember(expr, env);
    case "call":
      return evaluateCall(expr, env);
    case "index":
      return evaluateIndex(expr, env);
    case "tuple":
    case "list":
      return { kind: expr.kind, elements: expr.elements.map((element) => evaluateShape(element, env)) };
    case "comprehension":
      return evaluateComprehension(expr, env);
    case "record":
      return evaluateRecord(expr.members, env);
  }
}

function evaluateName(text: string, span: Span, env: Env): Value {
  const local = env.locals.get(text);
  if (local !== undefined) return local;
  if (env.quiet && !env.module.scope.has(text)) return unknown;
  const entity = resolveName({ text, span, module: env.module, locals: env.locals.keys() }, env.shapes.context);
  return entity === null ? unknown : entityShape(entity, text, span, env);
}

export function entityShape(entity: Entity, text: string, span: Span, env: Env): Value {
  switch (entity.kind) {
    case "fn":
      return { kind: "function", of: "fn", fn: entity.fn, module: entity.module, self: new Map() };
    case "decl":
      return { kind: "function", of: "decl", decl: entity.decl, module: entity.module };
    case "primitive":
      return primitiveValue(entity.name);
    case "module":
      return unknown;
    case "binding":
      return fail(env, "E0102", span, [], () => ({
        message: `\`${text}\` is a value of the file, and those are for jobs`,
        label: "not visible inside a declaration",
        related: [{ span: entity.binding.span, text: "declared here" }],
        help: `make it a parameter: (${text}: …)`,
      }));
  }
}

function primitiveValue(name: string): Value {
  if (name === "pi" || name === "inf") return someFloat;
  if (name === "training") return { kind: "boolean", value: null };
  if (name === "zeros" || name === "ones") return { kind: "fill" };
  return { kind: "function", of: "primitive", name };
}

/** A module's member as a callable or value; null where the expression is no `module.member`. */
export function moduleMember(
  expr: Expr & { kind: "member" },
  env: Env,
): { module: Module; entity: Entity | null } | null {
  if (expr.object.kind !== "name" || env.locals.has(expr.object.text)) return null;
  const entity = env.module.scope.get(expr.object.text);
  if (entity?.kind !== "module") return null;
  return { module: entity.module, entity: entity.module.scope.get(expr.name.text) ?? null };
}

function evaluateMember(expr: Expr & { kind: "member" }, env: Env): Value {
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

/** On a static condition one branch is taken and both are checked; on a tensor it is an elementwise select. */
function evaluateIf(expr: Expr & { kind: "if" }, env: Env): Value {
  const condition = evaluateShape(expr.condition, env);
  const [present, absent] = narrowed(expr.condition, env);
  const then = evaluateShape(expr.then, present);
  const otherwise = evaluateShape(expr.else, absent);
  if (condition.kind === "unknown" || then.kind === "unknown" || otherwise.kind === "unknown") {
    return condition.kind === "tensor" ? unknown : then.kind === "unknown" ? otherwise : then;
  }
  if (condition.kind === "boolean") return chosen(condition.value, then, otherwise, expr, env);
  if (condition.kind !== "tensor" || condition.type !== "bool") {
    return fail(env, "E0211", expr.condition.span, [], () => ({
      message: `\`if\` expects a condition, got ${describe(condition)}`,
      label: "neither true nor false",
    }));
  }
  const [a, b] = [operandOf(then, expr.then.span, env), operandOf(otherwise, expr.else.span, env)];
  if (a === null || b === null) return unknown;
  const type = commonType("choose between", [a, b], expr.span, env);
  const where = { tensor: tensor(type ?? "float", condition.shape), weak: false, span: expr.condition.span };
  if (type === null) return unknown;
  const sides = [a, b].map((side) => ({ ...side, tensor: tensor(type, side.tensor.shape) }));
  return combine("choose between", [where, ...sides], expr.span, env) ?? unknown;
}

/** `if bias == none then … else …`: what may be none is not, where it was asked. */
function narrowed(condition: Expr, env: Env): readonly [Env, Env] {
  if (condition.kind !== "binary" || condition.right.kind !== "none" || condition.left.kind !== "name")
    return [env, env];
  const value = env.locals.get(condition.left.text);
  if (value?.kind !== "optional" || (condition.op !== "==" && condition.op !== "!=")) return [env, env];
  const there = innerEnv(env);
  there.locals.set(condition.left.text, value.of);
  return condition.op === "!=" ? [there, env] : [env, there];
}

function chosen(
  condition: boolean | null,
  then: Value,
  otherwise: Value,
  expr: Expr & { kind: "if" },
  env: Env,
): Value {
  if (condition !== null) return condition ? then : otherwise;
  if (then.kind === "none") return optional(otherwise);
  if (otherwise.kind === "none") return optional(then);
  if (then.kind === otherwise.kind && then.kind !== "tensor" && then.kind !== "int") return then;
  if (then.kind === "int" && otherwise.kind === "int") {
    if (constantOf(subtract(then.dim, otherwise.dim)) === 0) return then;
    return fail(env, "E0204", expr.span, [], () => ({
      message: `the two sides are ${describe(then)} and ${describe(otherwise)}`,
      label: "one dimension is needed, whatever the condition",
    }));
  }
  const [a, b] = [operandOf(then, expr.then.span, env), operandOf(otherwise, expr.else.span, env)];
  if (a === null || b === null) return then.kind === "instance" ? then : unknown;
  const type = commonType("choose between", [a, b], expr.span, env);
  if (type === null) return unknown;
  if (a.weak && b.weak) return someFloat;
  // A number on one side stands for a tensor of the other's shape.
  if (a.weak) return tensor(type, b.tensor.shape);
  if (b.weak || sameShape(a.tensor.shape, b.tensor.shape, env.known.facts)) return tensor(type, a.tensor.shape);
  const joined = broadcast(a.tensor.shape, b.tensor.shape, env.known.facts);
  return fail(env, "E0202", expr.span, [], () => ({
    message: `the two sides are ${formatShape(a.tensor.shape)} and ${formatShape(b.tensor.shape)}`,
    label: "a static `if` takes one side: both must have one shape",
    ...("shape" in joined ? { help: `add zeros of shape ${formatShape(joined.shape)} to the smaller` } : {}),
  }));
}

function evaluateComprehension(expr: Expr & { kind: "comprehension" }, env: Env): Value {
  const over = evaluateShape(expr.over, env);
  const inner = innerEnv(env);
  if (over.kind === "list") {
    return {
      kind: "list",
      elements: over.elements.map((element) => {
        inner.locals.set(expr.name.text, element);
        return evaluateShape(expr.value, inner);
      }),
    };
  }
  if (over.kind === "sequence") {
    inner.locals.set(expr.name.text, elementOf(over, expr.name.text, env));
    return { kind: "sequence", element: evaluateShape(expr.value, inner), length: over.length };
  }
  if (over.kind === "unknown") return unknown;
  return fail(env, "E0108", expr.over.span, [], () => ({
    message: `\`for\` runs over a list or \`a..b\`, got ${describe(over)}`,
    label: "not a list",
  }));
}

/** One element, whichever it is. In a range it is a whole number of its own. */
export function elementOf(over: Value & { kind: "sequence" }, name: string, env: Env): Value {
  if (over.element.kind !== "int") return over.element;
  assume(env, (facts) => assumeUnbounded(facts, name));
  return intOf(named(name));
}

function evaluateRecord(members: readonly Member[], env: Env): Value {
  const fields = new Map<string, Value>();
  for (const member of members) {
    if (member.kind === "binding" && member.names[0] !== undefined)
      fields.set(member.names[0].text, evaluateShape(member.value, env));
    else if (member.kind === "entry") fields.set(member.key, evaluateShape(member.value, env));
    else if (member.kind === "spread") {
      const base = evaluateShape(member.value, env);
      if (base.kind === "record") for (const [name, value] of base.fields) fields.set(name, value);
    }
  }
  return { kind: "record", fields };
}
