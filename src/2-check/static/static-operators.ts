/** Binary operators over static values; what works for numbers is in arithmetic.ts. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Context } from "../context.ts";
import type { Static } from "../program.ts";
import { applyOperator } from "./arithmetic.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { evaluateStatic, type StaticScope } from "./evaluate-static.ts";
import { fail, wrongKind } from "./failures.ts";
import { describeStatic, formatStatic } from "./format-static.ts";

export function evaluateBinary(expr: Expr & { kind: "binary" }, scope: StaticScope, context: Context): Static | null {
  const { op } = expr;
  if (op === "|>") {
    const call = pipedCall(expr);
    return evaluateCall(call, scope, context);
  }
  const left = evaluateStatic(expr.left, scope, context);
  if (op === "and" || op === "or") {
    if (left === null) return null;
    if (op === "or" && left.kind === "none") return evaluateStatic(expr.right, scope, context);
    if (left.kind === "bool") {
      return left.value === (op === "or") ? left : evaluateStatic(expr.right, scope, context);
    }
    if (op === "or" && !isJobValue(left)) return left;
    return wrongKind(
      context,
      expr.left.span,
      `\`${op}\` expects true or false, got ${describeStatic(left)}`,
      "not a condition",
    );
  }
  const right = evaluateStatic(expr.right, scope, context);
  if (left === null || right === null) return null;
  if (op === "..") return range(left, right, expr.span, context);
  const result = op === "@" ? null : applyOperator(op, left, right, expr.opSpan, expr.span);
  if (result === "inexact") {
    return fail(context, {
      code: "E0210",
      severity: "error",
      message: `${formatStatic(left)} // ${formatStatic(right)} is not exact`,
      labels: [
        { span: expr.span, text: "leaves a remainder" },
        ...(scope.origin === null ? [] : [{ span: scope.origin, text: "with these numbers" }]),
      ],
    });
  }
  if (result !== null) return result;
  if (left.kind === "instance" || right.kind === "instance") {
    return fail(context, {
      code: "E0900",
      severity: "error",
      message: "a sum of objectives is not supported by this version of llmc",
      labels: [{ span: expr.span, text: "not supported yet" }],
    });
  }
  return wrongKind(
    context,
    expr.span,
    `\`${op}\` does not go with ${describeStatic(left)} and ${describeStatic(right)}`,
    "cannot be computed",
  );
}

function isJobValue(value: Static): boolean {
  return value.kind === "quantity" || value.kind === "choice" || value.kind === "later" || value.kind === "pending";
}

/** `x |> f(a)` is `f(x, a)`. */
export function pipedCall(expr: Expr & { kind: "binary" }): Expr & { kind: "call" } {
  const first = { name: null, value: expr.left, span: expr.left.span };
  return expr.right.kind === "call"
    ? { ...expr.right, args: [first, ...expr.right.args], span: expr.span }
    : { kind: "call", callee: expr.right, args: [first], span: expr.span };
}

const mostElements = 65_536;

function range(left: Static, right: Static, span: Span, context: Context): Static | null {
  if (left.kind !== "number" || right.kind !== "number" || !left.integer || !right.integer) {
    return wrongKind(
      context,
      span,
      `\`..\` expects whole numbers, got ${describeStatic(left)} and ${describeStatic(right)}`,
      "not a range",
    );
  }
  const length = Math.max(0, right.value - left.value);
  if (length > mostElements) {
    return fail(context, {
      code: "E0109",
      severity: "error",
      message: `a range of ${length} elements is longer than ${mostElements}`,
      labels: [{ span, text: "too long" }],
    });
  }
  return {
    kind: "list",
    elements: Array.from({ length }, (_, i) => ({ kind: "number", value: left.value + i, integer: true })),
  };
}
