/** Arithmetic and comparisons: static whole numbers as polynomials, tensors element by element, means. */
import type { Span } from "../../diagnostics/report.ts";
import { add, constantOf, type Dim, multiply, power, remainder, subtract } from "../../ir/dim.ts";
import { normalise } from "../../ir/dim-facts.ts";
import { divideExact } from "./divide-exact.ts";
import { combine, isFloat, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import type { BinaryExpr, Op } from "./operators.ts";
import { describe, formatShape, intOf, type Shape, someFloat, tensor, unknown, type Value } from "./value.ts";

const verbs: Readonly<Record<Exclude<Op, "@" | ".." | "or" | "and">, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "//": "divide",
  "%": "divide",
  "**": "raise",
  "==": "compare",
  "!=": "compare",
  "<": "compare",
  "<=": "compare",
  ">": "compare",
  ">=": "compare",
};

export function arithmetic(op: keyof typeof verbs, left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  const comparison = op === "==" || op === "!=" || op === "<" || op === "<=" || op === ">" || op === ">=";
  if ((op === "==" || op === "!=") && (left.kind === "none" || right.kind === "none")) {
    return { kind: "boolean", value: null };
  }
  if (comparison && left.kind === "string" && right.kind === "string") return { kind: "boolean", value: null };
  if (left.kind === "int" && right.kind === "int")
    return wholeNumbers(op, left.dim, right.dim, left.literal && right.literal, expr, env);
  if (isStaticNumber(left) && isStaticNumber(right)) {
    return comparison ? { kind: "boolean", value: null } : someFloat;
  }
  if (left.kind === "boolean" && right.kind === "boolean" && comparison) return { kind: "boolean", value: null };
  if (left.kind === "mean" || right.kind === "mean") return meanArithmetic(op, left, right, expr, env);
  const [l, r] = [operandOf(left, expr.left.span, env), operandOf(right, expr.right.span, env)];
  if (l === null || r === null) return unknown;
  const combined = combine(verbs[op], [l, r], expr.span, env);
  if (combined === null) return unknown;
  if (comparison) return tensor("bool", combined.shape);
  if (combined.type === "bool") return wrongType(`cannot ${verbs[op]} truth values`, expr.span, env);
  if (op === "/" && !isFloat(combined.type)) return divideIntegers(combined.shape, expr, env);
  return combined;
}

function isStaticNumber(value: Value): boolean {
  return value.kind === "int" || value.kind === "float";
}

export function wrongType(message: string, span: Span, env: Env): Value {
  return fail(env, "E0211", span, [], () => ({ message, label: "wrong element type", help: "`f32(x)` converts" }));
}

/** Integer scalars divide as floats; a tensor of integers says what it wants. */
function divideIntegers(shape: Shape, expr: BinaryExpr, env: Env): Value {
  if (shape.length === 0) return tensor("float", []);
  return fail(env, "E0211", expr.span, [], () => ({
    message: `\`/\` divides floats, got i32${formatShape(shape)}`,
    label: "whole numbers",
    help: "`//` for whole numbers, or `f32(x)`",
  }));
}

function wholeNumbers(op: keyof typeof verbs, a: Dim, b: Dim, literal: boolean, expr: BinaryExpr, env: Env): Value {
  const { facts } = env.known;
  switch (op) {
    case "+":
      return intOf(add(a, b), literal);
    case "-":
      return intOf(subtract(a, b), literal);
    case "*":
      return a.terms.length * b.terms.length > mostTerms ? unknown : intOf(multiply(a, b), literal);
    case "//":
      return intOf(divideExact(a, b, expr.span, env));
    case "%":
      return intOf(remainder(normalise(a, facts), normalise(b, facts)));
    case "/":
      return someFloat;
    case "**": {
      const exponent = constantOf(b);
      return exponent !== null && exponent >= 0 && exponent <= 8 && a.terms.length <= 4
        ? intOf(power(a, exponent), literal)
        : someFloat;
    }
    default:
      return { kind: "boolean", value: compareKnown(op, subtract(normalise(a, facts), normalise(b, facts))) };
  }
}

/** Polynomials longer than this are not followed. */
const mostTerms = 1024;

function compareKnown(op: string, difference: Dim): boolean | null {
  const value = constantOf(difference);
  if (value === null) return null;
  switch (op) {
    case "==":
      return value === 0;
    case "!=":
      return value !== 0;
    case "<":
      return value < 0;
    case "<=":
      return value <= 0;
    case ">":
      return value > 0;
    default:
      return value >= 0;
  }
}

function meanArithmetic(op: keyof typeof verbs, left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  const scalar = (value: Value) =>
    isStaticNumber(value) || (value.kind === "tensor" && value.shape.length === 0 && value.type !== "bool");
  if ((op === "+" || op === "-") && left.kind === "mean" && right.kind === "mean") return { kind: "mean" };
  if (op === "*" && (scalar(left) || scalar(right))) return { kind: "mean" };
  if (op === "/" && left.kind === "mean" && scalar(right)) return { kind: "mean" };
  const [l, r] = [operandOf(left, expr.left.span, env), operandOf(right, expr.right.span, env)];
  if (l === null || r === null) return unknown;
  if (l.tensor.shape.length > 0 || r.tensor.shape.length > 0)
    return combine(verbs[op], [l, r], expr.span, env) ?? unknown;
  return fail(env, "E0108", expr.span, [], () => ({
    message: `a mean takes no \`${op}\` with ${describe(left.kind === "mean" ? right : left)}`,
    label: "a loss is a sum of means, each times a number",
  }));
}
