/** Expressions over dimensions, as they stand in types and facts. */
import type { Expr } from "../../1-parse/ast.ts";
import { add, constant, type Dim, multiply, named, negate, quotient, remainder, subtract } from "../../ir/dim.ts";

/** Gives the dimension a name stands for; null where it is not bound. */
export type Resolve = (name: Expr & { readonly kind: "name" }) => Dim | null;

/** What `//` does: an exact quotient. */
type Divide = (of: Dim, by: Dim) => Dim;

/** Null where a name is not bound or the expression is none of dimensions. */
export function dimOf(expr: Expr, resolve: Resolve, divide: Divide = quotient): Dim | null {
  switch (expr.kind) {
    case "number":
      return expr.integer ? constant(expr.value) : null;
    case "name":
      return resolve(expr);
    case "unary": {
      const operand = expr.op === "-" ? dimOf(expr.operand, resolve, divide) : null;
      return operand === null ? null : negate(operand);
    }
    case "binary": {
      const [left, right] = [dimOf(expr.left, resolve, divide), dimOf(expr.right, resolve, divide)];
      return left === null || right === null ? null : combine(expr.op, left, right, divide);
    }
    default:
      return null;
  }
}

function combine(op: string, left: Dim, right: Dim, divide: Divide): Dim | null {
  switch (op) {
    case "+":
      return add(left, right);
    case "-":
      return subtract(left, right);
    case "*":
      return multiply(left, right);
    case "//":
    case "/":
      return divide(left, right);
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
