/** Binary and unary operators. */
import type { BinaryOp, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { negate, subtract } from "../../ir/dim.ts";
import { arithmetic, wrongType } from "./arithmetic.ts";
import { contract } from "./contract.ts";
import { commonShape, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import { describe, intOf, optional, tensor, unknown, type Value } from "./value.ts";

export type Op = Exclude<BinaryOp, "|>">;

export type BinaryExpr = Expr & { readonly kind: "binary" };

export function binary(op: Op, left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  if (left.kind === "unknown" || right.kind === "unknown") return unknown;
  switch (op) {
    case "..":
      return range(left, right, expr, env);
    case "@":
      return contract(left, right, expr, env);
    case "or":
    case "and":
      return logical(op, left, right, expr, env);
    default:
      return arithmetic(op, left, right, expr, env);
  }
}

function logical(op: "and" | "or", left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  if (op === "or" && left.kind === "none") return right;
  if (op === "or" && left.kind === "optional") return alternative(left.of, right);
  if (left.kind === "boolean" && right.kind === "boolean") {
    const decided =
      op === "or" ? left.value === true || right.value === true : left.value === false || right.value === false;
    if (decided) return { kind: "boolean", value: op === "or" };
    return { kind: "boolean", value: left.value === null || right.value === null ? null : op === "and" };
  }
  const [l, r] = [operandOf(left, expr.left.span, env), operandOf(right, expr.right.span, env)];
  if (l === null || r === null) return unknown;
  if (l.tensor.type !== "bool" || r.tensor.type !== "bool") {
    return fail(env, "E0211", expr.span, [], () => ({
      message: `\`${op}\` joins conditions, got ${describe(left)} and ${describe(right)}`,
      label: "not conditions",
    }));
  }
  const shape = commonShape("join", [l, r], expr.span, env);
  return shape === null ? unknown : tensor("bool", shape);
}

/** `bias or 0`: the tensor, or a number that broadcasts as it does. */
function alternative(value: Value, otherwise: Value): Value {
  if (otherwise.kind === "none") return optional(value);
  if (otherwise.kind === "optional") return optional(value);
  return value;
}

function range(left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  if (left.kind === "int" && right.kind === "int") {
    return { kind: "sequence", element: intOf(left.dim), length: subtract(right.dim, left.dim) };
  }
  return fail(env, "E0108", expr.span, [], () => ({
    message: `\`..\` expects whole numbers, got ${describe(left)} and ${describe(right)}`,
    label: "not a range",
  }));
}

export function unary(op: "-" | "not", value: Value, span: Span, env: Env): Value {
  if (value.kind === "unknown") return unknown;
  if (op === "not") {
    if (value.kind === "boolean") return { kind: "boolean", value: value.value === null ? null : !value.value };
    if (value.kind === "tensor" && value.type === "bool") return value;
    return fail(env, "E0211", span, [], () => ({
      message: `\`not\` turns a condition round, got ${describe(value)}`,
      label: "not a condition",
    }));
  }
  if (value.kind === "int") return intOf(negate(value.dim), value.literal);
  if (value.kind === "float") return { kind: "float", value: value.value === null ? null : -value.value };
  if (value.kind === "mean") return value;
  const operand = operandOf(value, span, env);
  if (operand === null) return unknown;
  return operand.tensor.type === "bool" ? wrongType("a condition has no sign", span, env) : operand.tensor;
}
