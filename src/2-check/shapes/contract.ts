/** `@`: the last axis of the left with the last but one of the right (E0201). */
import type { Expr } from "../../1-parse/ast.ts";
import { constant, constantOf, type Dim, evaluate } from "../../ir/dim.ts";
import { normalise, provablyEqual, tellApart } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { wrongType } from "./arithmetic.ts";
import { broadcast, dimsIn } from "./broadcast.ts";
import { combine, isFloat, type Operand, operandOf } from "./elementwise.ts";
import { type Env, fail, whereSet } from "./env.ts";
import type { BinaryExpr } from "./operators.ts";
import { describe, dimAxis, formatShape, type Shape, tensor, unknown, type Value } from "./value.ts";

/** `@`: the last axis of the left with the last but one of the right (the only one, if it has one). */
export function contract(left: Value, right: Value, expr: BinaryExpr, env: Env): Value {
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
