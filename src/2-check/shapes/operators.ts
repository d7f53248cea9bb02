/** Binary and unary operators. */
import type { BinaryOp, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import {
  add,
  constant,
  constantOf,
  type Dim,
  evaluate,
  formatDim,
  multiply,
  negate,
  power,
  remainder,
  subtract,
} from "../../ir/dim.ts";
import { normalise, provablyEqual, tellApart } from "../../ir/dim-facts.ts";
import { broadcast, dimsIn } from "./broadcast.ts";
import { divideExact } from "./divide-exact.ts";
import { combine, commonShape, isFloat, type Operand, operandOf } from "./elementwise.ts";
import { type Env, fail, whereSet } from "./env.ts";
import {
  describe,
  dimAxis,
  formatShape,
  intOf,
  none,
  optional,
  type Shape,
  someFloat,
  tensor,
  unknown,
  type Value,
} from "./value.ts";

type Op = Exclude<BinaryOp, "|>">;
type BinaryExpr = Expr & { readonly kind: "binary" };

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

function arithmetic(op: keyof typeof verbs, left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  const comparison = op === "==" || op === "!=" || op === "<" || op === "<=" || op === ">" || op === ">=";
  if (comparison && (left.kind === "none" || right.kind === "none")) return { kind: "boolean", value: null };
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

function wrongType(message: string, span: Span, env: Env): Value {
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

/** `@`: the last axis of the left with the last but one of the right (the only one, if it has one). */
function contract(left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
  const [l, r] = [operandOf(left, expr.left.span, env), operandOf(right, expr.right.span, env)];
  if (l === null || r === null) return unknown;
  const [a, b] = [l.tensor.shape, r.tensor.shape];
  if (a.length === 0 || b.length === 0) {
    return fail(env, "E0201", expr.span, [], () => ({
      message: `\`@\` wants two tensors with axes, got ${describe(left)} and ${describe(right)}`,
      label: "a scalar has no axis to contract",
      help: "`*` multiplies by a scalar",
    }));
  }
  const [last, inner] = [a.at(-1), b.length === 1 ? b.at(-1) : b.at(-2)];
  if (last?.kind !== "dim" || inner?.kind !== "dim") {
    return fail(env, "E0201", expr.span, [], () => ({
      message: `\`@\` wants known axes, got ${formatShape(a)} and ${formatShape(b)}`,
      label: "which axis is contracted?",
    }));
  }
  if (!provablyEqual(last.dim, inner.dim, env.known.facts))
    return reportContraction(a, b, last.dim, inner.dim, expr, env);
  return product(l, r, expr, env);
}

function product(l: Operand, r: Operand, expr: BinaryExpr, env: Env): Value {
  const [a, b] = [l.tensor.shape, r.tensor.shape];
  const joined = combine(
    "contract",
    [
      { ...l, tensor: tensor(l.tensor.type, []) },
      { ...r, tensor: tensor(r.tensor.type, []) },
    ],
    expr.span,
    env,
  );
  if (joined === null) return unknown;
  if (!isFloat(joined.type))
    return wrongType(`\`@\` contracts floats, got ${describe(l.tensor)} and ${describe(r.tensor)}`, expr.span, env);
  if (b.length <= 2) return tensor(joined.type, [...a.slice(0, -1), ...b.slice(1)]);
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2), env.known.facts);
  const rows = a.length > 1 ? a.slice(-2, -1) : [];
  const columns = b.slice(-1);
  if ("shape" in batch) return tensor(joined.type, [...batch.shape, ...rows, ...columns]);
  return fail(env, "E0202", expr.span, dimsIn(a, b), () => ({
    message: `the leading axes of ${formatShape(a)} and ${formatShape(b)} do not broadcast`,
    label: `${formatShape(a.slice(0, -2))} against ${formatShape(b.slice(0, -2))}`,
  }));
}

function reportContraction(a: Shape, b: Shape, left: Dim, right: Dim, expr: BinaryExpr, env: Env): Value {
  return fail(env, "E0201", expr.span, [...dimsIn(a), ...dimsIn(b)], (show) => {
    const [x, y] = [show.of(left), show.of(right)];
    const names = `${formatDim(left)} with ${formatDim(right)}`;
    const apart =
      x !== null && y !== null && x !== y
        ? `, but ${valueText(left, x)} and ${valueText(right, y)}`
        : apartText(left, right, env);
    const help = transposed(a, b, left, expr, env);
    return {
      message: `\`@\` contracts ${names}${apart}`,
      label: `left ${formatShape(a)}, right ${formatShape(b)}`,
      related: whereSet(env, [
        { expr: expr.left, shows: formatShape(a) },
        { expr: expr.right, shows: formatShape(b) },
      ]),
      ...(help === null ? {} : { help }),
    };
  });
}

function valueText(dim: Dim, value: number): string {
  return constantOf(dim) === null ? `${formatDim(dim)} = ${value}` : String(value);
}

/** The smallest sizes that tell them apart. */
function apartText(left: Dim, right: Dim, env: Env): string {
  const { facts } = env.known;
  const apart = tellApart(left, right, facts);
  if (apart === null) return "";
  const [x, y] = [evaluate(normalise(left, facts), apart), evaluate(normalise(right, facts), apart)];
  return x === null || y === null ? "" : `, which need not be equal (${valueText(left, x)}, ${valueText(right, y)})`;
}

/** Where contracting with the transposed right side would fit. */
function transposed(a: Shape, b: Shape, left: Dim, expr: BinaryExpr, env: Env): string | null {
  const last = b.at(-1);
  if (b.length < 2 || last?.kind !== "dim" || !provablyEqual(left, last.dim, env.known.facts)) return null;
  const name = (e: Expr) =>
    e.kind === "name"
      ? e.text
      : e.kind === "member" && e.object.kind === "name"
        ? `${e.object.text}.${e.name.text}`
        : "…";
  const result = [...a.slice(0, -1), b.at(-2) ?? dimAxis(constant(1))];
  return `\`${name(expr.left)} @ ${name(expr.right)}.T\` gives ${formatShape(result)}`;
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

export const nothing = none;
