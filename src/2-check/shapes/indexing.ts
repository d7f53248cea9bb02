/** `x[i]` drops an axis, `x[a:b]` has length b − a and lies provably inside, `none` inserts an axis, an i32 tensor gathers. */
import type { Expr, Index } from "../../1-parse/ast.ts";
import { add, constant, constantOf, type Dim, negate, subtract, zero } from "../../ir/dim.ts";
import { normalise, provablyAtLeastZero, provablyAtMost } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { type Axis, describe, dimAxis, formatShape, type Shape, tensor, unknown, type Value } from "./value.ts";

export function evaluateIndex(expr: Expr & { kind: "index" }, env: Env): Value {
  const object = evaluateShape(expr.object, env);
  const values = expr.indices.map((index) => (index.kind === "at" ? evaluateShape(index.value, env) : null));
  if (object.kind === "unknown" || values.some((value) => value?.kind === "unknown")) return unknown;
  if (object.kind === "list" || object.kind === "sequence" || object.kind === "tuple")
    return element(object, expr, values, env);
  const operand = operandOf(object, expr.object.span, env);
  if (operand === null) return unknown;
  const shape = indexed(operand.tensor.shape, expr, values, env);
  return shape === null ? unknown : tensor(operand.tensor.type, shape);
}

type Indexed = Expr & { readonly kind: "index" };

function element(
  list: Value & { kind: "list" | "sequence" | "tuple" },
  expr: Indexed,
  values: readonly (Value | null)[],
  env: Env,
): Value {
  const [value] = values;
  if (values.length !== 1 || value?.kind !== "int") {
    return fail(env, "E0206", expr.span, [], () => ({
      message: "a list takes one whole number",
      label: "not an element",
    }));
  }
  if (list.kind === "sequence") return list.element;
  const position = constantOf(normalise(value.dim, env.known.facts));
  if (position === null) return list.elements[0] ?? unknown;
  return (
    list.elements.at(position) ??
    fail(env, "E0206", expr.span, [], () => ({
      message: `element ${position} of a list of ${list.elements.length}`,
      label: "outside",
    }))
  );
}

/** Null after a report. */
function indexed(shape: Shape, expr: Indexed, values: readonly (Value | null)[], env: Env): Shape | null {
  const consuming = expr.indices.filter((index, i) => index.kind !== "rest" && values[i]?.kind !== "none").length;
  const rests = expr.indices.filter((index) => index.kind === "rest").length;
  const starAt = shape.findIndex((axis) => axis.kind === "star");
  const known = starAt === -1 ? shape.length : shape.length - 1;
  if (consuming > known || rests > 1) {
    fail(env, "E0206", expr.span, [], () => ({
      message:
        rests > 1
          ? "`...` stands once in an index"
          : `${consuming} indices for ${formatShape(shape)}, which has ${known === shape.length ? "" : "at least "}${known}`,
      label: rests > 1 ? "twice" : "too many",
    }));
    return null;
  }
  const result: Axis[] = [];
  let at = 0;
  const takeRest = (count: number) => {
    result.push(...shape.slice(at, at + count));
    at += count;
  };
  for (const [i, index] of expr.indices.entries()) {
    const value = values[i] ?? null;
    if (index.kind === "rest") {
      takeRest(shape.length - at - countAfter(expr.indices, values, i));
      continue;
    }
    if (value?.kind === "none") {
      result.push(dimAxis(constant(1)));
      continue;
    }
    const axis = shape[at];
    if (axis?.kind !== "dim") {
      fail(env, "E0206", index.span, [], () => ({
        message: `which axis of ${formatShape(shape)} this index is for is not known`,
        label: "before it there may be any number of axes",
        help: "start with `...` to count from the right",
      }));
      return null;
    }
    at++;
    const kept = index.kind === "slice" ? sliced(axis.dim, index, env) : picked(axis.dim, value, index, env);
    if (kept === null) return null;
    result.push(...kept);
  }
  takeRest(shape.length - at);
  return result;
}

function countAfter(indices: readonly Index[], values: readonly (Value | null)[], at: number): number {
  return indices.slice(at + 1).filter((index, i) => index.kind !== "rest" && values[at + 1 + i]?.kind !== "none")
    .length;
}

/** One position drops the axis; a tensor of positions takes its place. */
function picked(size: Dim, value: Value | null, index: Index, env: Env): readonly Axis[] | null {
  if (value?.kind === "tensor" && value.type === "i32") return value.shape;
  if (value?.kind === "int") {
    const position = fromEnd(value.dim, size, env);
    const { facts } = env.known;
    if (provablyAtLeastZero(position, facts) && provablyAtMost(add(position, constant(1)), size, facts)) return [];
    outside(`position ${formatDim(value.dim)}`, size, index, env);
    return null;
  }
  const isTensor = value?.kind === "tensor";
  fail(env, isTensor ? "E0211" : "E0206", index.span, [size], () => ({
    message: `an index is a whole number, a slice, \`none\` or i32 positions, got ${value === null ? "nothing" : describe(value)}`,
    label: "not an index",
    ...(isTensor ? { help: "`i32(x)` converts" } : {}),
  }));
  return null;
}

function sliced(size: Dim, index: Index & { kind: "slice" }, env: Env): readonly Axis[] | null {
  const end = (expr: Expr | null, otherwise: Dim): Dim | null => {
    if (expr === null) return otherwise;
    const value = evaluateShape(expr, env);
    if (value.kind === "int") return fromEnd(value.dim, size, env);
    if (value.kind !== "unknown") {
      fail(env, "E0206", expr.span, [], () => ({
        message: `a slice ends at a dimension, got ${describe(value)}`,
        label: "not a whole number",
      }));
    }
    return null;
  };
  const [from, to] = [end(index.from, zero), end(index.to, size)];
  if (from === null || to === null) return null;
  const { facts } = env.known;
  const unproven = !provablyAtLeastZero(from, facts)
    ? [zero, from]
    : !provablyAtMost(from, to, facts)
      ? [from, to]
      : !provablyAtMost(to, size, facts)
        ? [to, size]
        : null;
  if (unproven === null) return [dimAxis(subtract(to, from))];
  const fact = unproven.map(formatDim).join(" <= ");
  outside(`the slice ${formatDim(from)}:${formatDim(to)}`, size, index, env, `a fact would show it: where ${fact}`);
  return null;
}

/** Negative ends count from n. */
function fromEnd(dim: Dim, size: Dim, env: Env): Dim {
  const negative = provablyAtLeastZero(subtract(negate(dim), constant(1)), env.known.facts);
  return negative ? add(size, dim) : dim;
}

function outside(what: string, size: Dim, index: Index, env: Env, help?: string): void {
  fail(env, "E0206", index.span, [size], () => ({
    message: `${what} is not provably inside an axis of ${formatDim(size)}`,
    label: `axis of ${formatDim(size)}`,
    ...(help === undefined ? {} : { help }),
  }));
}
