/** Reductions along an axis, and which axis that is: a name that occurs once (E0208), or an integer. */
import { constant, constantOf, nameOf } from "../../ir/dim.ts";
import { normalise, provablyEqual } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { isUpperCase } from "./dims.ts";
import { floatOperand, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import type { PrimitiveCall } from "./primitive-calls.ts";
import { describe, dimAxis, formatShape, type Shape, star, tensor, unknown, type Value } from "./value.ts";

const keepsType = ["min", "max", "argmax", "sum"];

/** Without an axis everything is reduced. */
export function reduce(call: PrimitiveCall, env: Env): Value {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  const operand = keepsType.includes(call.name)
    ? (operandOf(x.value, x.expr.span, env)?.tensor ?? null)
    : floatOperand(call.name, x.value, x.expr.span, env);
  if (operand === null) return unknown;
  if (call.name === "sum" && operand.type === "bool") {
    return fail(env, "E0211", x.expr.span, [], () => ({
      message: `\`sum\` wants numbers, got ${describe(operand)}`,
      label: "truth values",
      help: "`f32(x)` makes 1 of true and 0 of false",
    }));
  }
  const keep = call.args.get("keep")?.value;
  const keeps = keep?.kind === "boolean" ? keep.value : false;
  if (!call.args.has("axis")) {
    if (keeps && operand.shape.some((axis) => axis.kind === "star")) return unknown;
    return tensor(operand.type, keeps ? operand.shape.map(() => dimAxis(constant(1))) : []);
  }
  const axis = axisOf(call, operand.shape, env);
  if (axis === null || keeps === null) return unknown;
  const shape = without(operand.shape, axis, keeps);
  return shape === null ? unknown : tensor(operand.type, shape);
}

/** Null where it cannot be said for all sizes. */
function without(shape: Shape, axis: number | "unknown", keeps: boolean): Shape | null {
  if (axis !== "unknown")
    return shape.flatMap((each, i) => (i === axis ? (keeps ? [dimAxis(constant(1))] : []) : [each]));
  const [only] = shape;
  if (shape.length !== 1 || only?.kind !== "star") return null;
  return keeps ? [star(only.name, true)] : [star(`${only.name} less an axis`)];
}

/**
 * The position counted from the left; `"unknown"` where it lies among axes that are not known; null after a report.
 */
export function axisOf(call: PrimitiveCall, shape: Shape, env: Env): number | "unknown" | null {
  const given = call.args.get("axis");
  if (given === undefined) {
    fail(env, "E0106", call.span, [], () => ({ message: `\`${call.name}\` needs \`axis\``, label: "which axis?" }));
    return null;
  }
  if (given.value.kind === "unknown") return null;
  if (given.value.kind !== "int") {
    fail(env, "E0108", given.expr.span, [], () => ({
      message: `\`axis\` expects a position or the name of a dimension, got ${describe(given.value)}`,
      label: "not an axis",
    }));
    return null;
  }
  const { dim } = given.value;
  const position = constantOf(normalise(dim, env.known.facts));
  if (position !== null) return positionOf(position, shape, given.expr.span, env);
  const name = nameOf(dim);
  // A parameter `axis: int` whose value the caller knows.
  if (name !== null && env.known.facts.unbounded.has(name)) return "unknown";
  if (given.expr.kind !== "name" || !isUpperCase(given.expr.text)) {
    fail(env, "E0206", given.expr.span, [], () => ({
      message: `\`axis\` is a position or the name of a dimension, not ${formatDim(dim)}`,
      label: "not an axis",
    }));
    return null;
  }
  const found = shape.flatMap((axis, i) =>
    axis.kind === "dim" && provablyEqual(axis.dim, dim, env.known.facts) ? [i] : [],
  );
  const [first] = found;
  if (found.length === 1 && first !== undefined) return first;
  const shown = formatDim(dim);
  fail(env, found.length > 1 ? "E0208" : "E0206", given.expr.span, [], () => ({
    message:
      found.length > 1
        ? `axis ${shown} occurs ${found.length} times in ${formatShape(shape)}`
        : `${formatShape(shape)} has no axis ${shown}`,
    label: found.length > 1 ? "which of them?" : "not among its axes",
    ...(found.length > 1
      ? { help: `write a position: axis = ${first ?? 0} or axis = ${(found.at(-1) ?? 0) - shape.length}` }
      : {}),
  }));
  return null;
}

function positionOf(position: number, shape: Shape, span: PrimitiveCall["span"], env: Env): number | "unknown" | null {
  const at = shape.findIndex((axis) => axis.kind === "star");
  if (at === -1) {
    const index = position < 0 ? shape.length + position : position;
    if (index >= 0 && index < shape.length) return index;
    fail(env, "E0206", span, [], () => ({
      message: `axis ${position} of ${formatShape(shape)}, which has ${shape.length}`,
      label: "no such axis",
    }));
    return null;
  }
  const after = shape.length - 1 - at;
  if (position < 0 && -position <= after) return shape.length + position;
  if (position >= 0 && position < at) return position;
  // Inside the star: its last axis is known to be one where nothing follows it.
  return "unknown";
}

/** cumsum: the same shape. */
export function cumulate(call: PrimitiveCall, env: Env): Value {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  const operand = operandOf(x.value, x.expr.span, env);
  if (operand === null || axisOf(call, operand.tensor.shape, env) === null) return unknown;
  return operand.tensor;
}
