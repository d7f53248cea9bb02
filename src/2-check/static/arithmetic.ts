/** Operators and numeric functions over values that are known at check. What is known later makes a closed expression. */
import type { BinaryOp, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { PrimitiveName } from "../primitives.ts";
import type { Static } from "../program.ts";

type Operator = Exclude<BinaryOp, "|>" | ".." | "@" | "and" | "or">;

/** Null: these two do not go together. `"inexact"`: `a // b` leaves a remainder. */
export function applyOperator(
  op: Operator,
  left: Static,
  right: Static,
  opSpan: Span,
  span: Span,
): Static | "inexact" | null {
  const [l, r] = [numeric(left), numeric(right)];
  if (left.kind === "quantity" || right.kind === "quantity") return quantityOperator(op, left, right);
  if (l !== null && r !== null) return numbers(op, l, r);
  const [le, re] = [closedExpr(left, span), closedExpr(right, span)];
  if ((isLater(left) || isLater(right)) && le !== null && re !== null) {
    return { kind: "pending", expr: { kind: "binary", op, opSpan, left: le, right: re, span }, span };
  }
  if (op === "==" || op === "!=") {
    const same = equalScalars(left, right);
    return same === null ? null : { kind: "bool", value: same === (op === "==") };
  }
  return null;
}

type NumberValue = { readonly value: number; readonly integer: boolean };

function numeric(value: Static): NumberValue | null {
  if (value.kind === "number") return value;
  return value.kind === "percent" ? { value: value.value, integer: false } : null;
}

function isLater(value: Static): boolean {
  return value.kind === "later" || value.kind === "pending";
}

function numbers(op: Operator, l: NumberValue, r: NumberValue): Static | "inexact" | null {
  const [a, b] = [l.value, r.value];
  const integer = l.integer && r.integer;
  switch (op) {
    case "+":
      return number(a + b, integer);
    case "-":
      return number(a - b, integer);
    case "*":
      return number(a * b, integer);
    case "/":
      return number(a / b, false);
    case "//":
      if (!integer || b === 0) return null;
      return a % b === 0 ? number(a / b, true) : "inexact";
    case "%":
      return integer && b !== 0 ? number(((a % b) + b) % b, true) : null;
    case "**":
      return number(a ** b, integer && b >= 0);
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case "<=":
      return truth(a <= b);
    case ">":
      return truth(a > b);
    case ">=":
      return truth(a >= b);
  }
}

/** `2 * 500 steps`, `1000 steps + 200 steps`. */
function quantityOperator(op: Operator, left: Static, right: Static): Static | null {
  const [l, r] = [numeric(left), numeric(right)];
  if (left.kind === "quantity" && right.kind === "quantity") {
    if (left.unit !== right.unit || (op !== "+" && op !== "-")) return null;
    return { kind: "quantity", value: left.value + (op === "+" ? right.value : -right.value), unit: left.unit };
  }
  if (left.kind === "quantity" && r !== null && (op === "*" || op === "/")) {
    return { kind: "quantity", value: op === "*" ? left.value * r.value : left.value / r.value, unit: left.unit };
  }
  if (right.kind === "quantity" && l !== null && op === "*") {
    return { kind: "quantity", value: l.value * right.value, unit: right.unit };
  }
  return null;
}

/** A value as an expression of numbers, operators and `job.member` only. */
function closedExpr(value: Static, span: Span): Expr | null {
  switch (value.kind) {
    case "number":
      return { kind: "number", value: value.value, integer: value.integer, text: String(value.value), span };
    case "percent":
      return { kind: "number", value: value.value, integer: false, text: String(value.value), span };
    case "later":
      return value.path.reduce<Expr>((object, name) => ({ kind: "member", object, name: { text: name, span }, span }), {
        kind: "name",
        text: value.job,
        span,
      });
    case "pending":
      return value.expr;
    default:
      return null;
  }
}

function equalScalars(left: Static, right: Static): boolean | null {
  if (left.kind === "none" || right.kind === "none") return left.kind === right.kind;
  if (left.kind === "string" && right.kind === "string") return left.value === right.value;
  if (left.kind === "bool" && right.kind === "bool") return left.value === right.value;
  return null;
}

const number = (value: number, integer: boolean): Static => ({ kind: "number", value, integer });
const truth = (value: boolean): Static => ({ kind: "bool", value });

/** Scalar functions of the language that mean something for known numbers. Null: the others work on tensors only. */
export function applyFunction(name: PrimitiveName, args: readonly Static[]): Static | null {
  const values = args.map(numeric);
  const [a, b, c] = values;
  if (a === undefined || a === null || values.some((value) => value === null)) return null;
  const float = floatFunctions[name];
  if (float !== undefined && args.length === 1) return number(float(a.value), false);
  const integer = values.every((value) => value?.integer);
  if (name === "abs" && args.length === 1) return number(Math.abs(a.value), a.integer);
  if ((name === "floor" || name === "ceil" || name === "round") && args.length === 1)
    return number(Math[name](a.value), true);
  if ((name === "min" || name === "max") && b !== undefined && b !== null)
    return number(Math[name](a.value, b.value), integer);
  if (name === "clamp" && b && c) return number(Math.min(Math.max(a.value, b.value), c.value), integer);
  if (name === "f32") return number(a.value, false);
  if (name === "i32") return number(Math.trunc(a.value), true);
  return null;
}

const floatFunctions: { readonly [K in PrimitiveName]?: (x: number) => number } = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
};
