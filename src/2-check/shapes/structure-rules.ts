/** Primitive functions that make, join or weigh tensors; durations and initialisers. */
import type { Span } from "../../diagnostics/report.ts";
import { add, constant, type Dim, zero } from "../../ir/dim.ts";
import { sameAxis } from "./broadcast.ts";
import { commonShape, commonType, floatOperand, type Operand, operandOf } from "./elementwise.ts";
import { isStatic } from "./elementwise-rules.ts";
import { type Env, fail } from "./env.ts";
import type { PrimitiveCall, Rule } from "./primitive-calls.ts";
import { axisOf, reduce } from "./reductions.ts";
import { describe, dimAxis, formatShape, intOf, type Shape, tensor, unknown, type Value } from "./value.ts";

/** With an axis a reduction; without, a loss mean of the values, weighted. */
export const mean: Rule = (call, env) => {
  const [x, weight] = [call.args.get("x"), call.args.get("weight")];
  if (x === undefined) return unknown;
  if (call.args.has("axis") || call.args.has("keep")) return reduce(call, env);
  if (x.value.kind === "unknown") return unknown;
  const values = floatOperand("mean", x.value, x.expr.span, env);
  if (values === null) return unknown;
  const given = weight?.value.kind === "optional" ? weight.value.of : weight?.value;
  if (weight === undefined || given === undefined || given.kind === "none" || given.kind === "unknown")
    return { kind: "mean" };
  const operand = operandOf(given, weight.expr.span, env);
  if (operand === null) return unknown;
  const both = [
    { tensor: tensor("float", values.shape), weak: false, span: x.expr.span },
    { ...operand, tensor: tensor("float", operand.tensor.shape) },
  ];
  return commonShape("weigh", both, call.span, env) === null ? unknown : { kind: "mean" };
};

export const argmax: Rule = (call, env) => {
  const reduced = reduce(call, env);
  return reduced.kind === "tensor" ? tensor("i32", reduced.shape) : unknown;
};

/** The k largest along the last axis: values and positions. */
export const topk: Rule = (call, env) => {
  const [x, k] = [call.args.get("x"), call.args.get("k")];
  if (x === undefined || k === undefined || x.value.kind === "unknown") return unknown;
  const operand = operandOf(x.value, x.expr.span, env);
  if (operand === null) return unknown;
  if (k.value.kind !== "int") return wrongKind(call, "a whole number `k`", k.value, k.expr.span, env);
  const last = operand.tensor.shape.at(-1);
  if (last?.kind === "dim" && !env.quiet) {
    const text = "`topk` cannot take more than there are";
    env.summary.obligations.push({ kind: "atMost", small: k.value.dim, large: last.dim, text, span: k.expr.span });
  }
  const shape: Shape = [...operand.tensor.shape.slice(0, -1), dimAxis(k.value.dim)];
  return { kind: "tuple", elements: [tensor(operand.tensor.type, shape), tensor("i32", shape)] };
};

function wrongKind(call: PrimitiveCall, expected: string, value: Value, span: Span, env: Env): Value {
  if (value.kind === "unknown") return unknown;
  return fail(env, "E0108", span, [], () => ({
    message: `\`${call.name}\` expects ${expected}, got ${describe(value)}`,
    label: `expected ${expected}`,
  }));
}

export const iota: Rule = (call, env) => {
  const n = call.args.get("n");
  if (n === undefined) return unknown;
  if (n.value.kind === "int") return tensor("i32", [dimAxis(n.value.dim)]);
  return wrongKind(call, "a dimension", n.value, n.expr.span, env);
};

/** Joined along one axis; all others are equal. */
export const concat: Rule = (call, env) => {
  const parts = call.args.get("parts");
  if (parts === undefined || parts.value.kind === "unknown") return unknown;
  if (parts.value.kind !== "list" || parts.value.elements.length === 0)
    return wrongKind(call, "a list of tensors: concat([a, b], axis = -1)", parts.value, parts.expr.span, env);
  const exprs = parts.expr.kind === "list" ? parts.expr.elements : [];
  const operands: Operand[] = [];
  for (const [i, element] of parts.value.elements.entries()) {
    const operand = operandOf(element, exprs[i]?.span ?? parts.expr.span, env);
    if (operand === null) return unknown;
    operands.push(operand);
  }
  const type = commonType("join", operands, call.span, env);
  const [first] = operands;
  if (type === null || first === undefined) return unknown;
  const axis = axisOf(call, first.tensor.shape, env);
  if (axis === null || axis === "unknown") return unknown;
  let size: Dim = zero;
  for (const { tensor: part, span } of operands) {
    const at = part.shape[axis];
    const fits =
      part.shape.length === first.tensor.shape.length &&
      part.shape.every((each, i) => i === axis || sameAxis(each, first.tensor.shape[i] ?? each, env.known.facts));
    if (!fits || at?.kind !== "dim") {
      return fail(env, "E0202", span, [], () => ({
        message: `cannot join ${formatShape(first.tensor.shape)} and ${formatShape(part.shape)} along axis ${axis}`,
        label: "all other axes must be equal",
      }));
    }
    size = add(size, at.dim);
  }
  return tensor(
    type,
    first.tensor.shape.map((each, i) => (i === axis ? dimAxis(size) : each)),
  );
};

export const len: Rule = (call, env) => {
  const list = call.args.get("list");
  if (list === undefined) return unknown;
  if (list.value.kind === "list") return intOf(constant(list.value.elements.length));
  return list.value.kind === "sequence"
    ? intOf(list.value.length)
    : wrongKind(call, "a list", list.value, list.expr.span, env);
};

export const inSteps: Rule = (call, env) => {
  const [duration, total] = [call.args.get("duration"), call.args.get("total")];
  if (duration === undefined || total === undefined) return unknown;
  const fits = duration.value.kind === "duration" || (duration.value.kind === "float" && duration.value.percent);
  if (!fits) return wrongKind(call, "a duration (100 steps, 3%)", duration.value, duration.expr.span, env);
  return total.value.kind === "unknown" || floatOperand("in_steps", total.value, total.expr.span, env) === null
    ? unknown
    : tensor("f32", []);
};

export const initialiser: Rule = (call, env) => {
  for (const [name, { value, expr }] of call.args)
    if (!isStatic(value)) return wrongKind(call, `a number \`${name}\``, value, expr.span, env);
  return { kind: "fill" };
};

export const word: Rule = (call, env) =>
  fail(env, "E0108", call.span, [], () => ({ message: `\`${call.name}\` takes no arguments`, label: "a constant" }));
