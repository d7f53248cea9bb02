/** Expressions over dimensions, as they stand in types and facts. */
import type { Expr } from "../../1-parse/ast.ts";
import { add, constant, type Dim, multiply, named, negate, quotient, remainder, subtract } from "../../ir/dim.ts";

/** Gives the dimension a name stands for; null where it is not bound. */
export type Resolve = (name: Expr & { readonly kind: "name" }) => Dim | null;

/** Null where a name is not bound or the expression is none of dimensions. */
export function dimOf(expr: Expr, resolve: Resolve): Dim | null {
  switch (expr.kind) {
    case "number":
      return expr.integer ? constant(expr.value) : null;
    case "name":
      return resolve(expr);
    case "unary": {
      const operand = expr.op === "-" ? dimOf(expr.operand, resolve) : null;
      return operand === null ? null : negate(operand);
    }
    case "binary": {
      const [left, right] = [dimOf(expr.left, resolve), dimOf(expr.right, resolve)];
      return left === null || right === null ? null : combine(expr.op, left, right);
    }
    default:
      return null;
  }
}

function combine(op: string, left: Dim, right: Dim): Dim | null {
  switch (op) {
    case "+":
      return add(left, right);
    case "-":
      return subtract(left, right);
    case "*":
      return multiply(left, right);
    case "//":
    case "/":
      return quotient(left, right);
    case "%":
      return remainder(left, right);
    default:
      return null;
  }
}

/** Names in an expression, with their places. */
export function namesInDim(expr: Expr): readonly (Expr & { readonly kind: "name" })[] {
  if (expr.kind === "name") return [expr];
  if (expr.kind === "binary") return [...namesInDim(expr.left), ...namesInDim(expr.right)];
  return expr.kind === "unary" ? namesInDim(expr.operand) : [];
}

export function isUpperCase(name: string): boolean {
  return /^[A-Z]/.test(name);
}

/** A size nobody named: `_`, numbered so that two are not one. */
export function fresh(number: number): Dim {
  return named(`_${number}`);
}
