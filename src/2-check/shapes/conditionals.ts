/** `if`: one branch for a static condition, an elementwise select for a tensor. */
import type { Expr } from "../../1-parse/ast.ts";
import { constantOf, subtract } from "../../ir/dim.ts";
import { broadcast, sameShape } from "./broadcast.ts";
import { combine, commonType, operandOf } from "./elementwise.ts";
import { type Env, fail, innerEnv } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { describe, formatShape, optional, someFloat, tensor, unknown, type Value } from "./value.ts";

/** On a static condition one branch is taken and both are checked; on a tensor it is an elementwise select. */
export function evaluateIf(expr: Expr & { kind: "if" }, env: Env): Value {
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
