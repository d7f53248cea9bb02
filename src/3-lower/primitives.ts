/** The primitive functions: one rule a name, complete by type against the checker's table. */
import type { PrimitiveName } from "../2-check/primitives.ts";
import { unsupported } from "../diagnostics/report.ts";
import type { ValueId } from "../ir/graph/graph.ts";
import type { ScalarFunction } from "../ir/graph/scalar-function.ts";
import { type Dtype, elementCount } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { rearrange } from "./einops.ts";
import type { Args } from "./elaborate/call.ts";
import { bool, type Datum, float, type Initialiser, integer, none, tensor } from "./elaborate/datum.ts";
import type { Build, Frame } from "./elaborate/frame.ts";
import { einsum } from "./elaborate/matmul.ts";
import { weightedMean } from "./elaborate/mean.ts";
import { axesOf, reduce } from "./elaborate/reduce.ts";
import { asTensor, elementwise, shapeOf, staticNumber } from "./elaborate/tensor-ops.ts";
import { randomLike } from "./random-like.ts";

/** What a bare name means: constants and initialisers are values, functions wait for their arguments. */
export function primitiveDatum(build: Build, name: string): Datum | null {
  if (!isPrimitive(name)) return null;
  switch (name) {
    case "pi":
      return float(Math.PI);
    case "inf":
      return float(Number.POSITIVE_INFINITY);
    case "training":
      return bool(build.training);
    case "zeros":
      return initialiser({ kind: "constant", value: 0 });
    case "ones":
      return initialiser({ kind: "constant", value: 1 });
    default:
      return { kind: "primitive", name };
  }
}

export function callPrimitive(frame: Frame, name: PrimitiveName, args: Args): Datum {
  return rules[name]({ frame, build: frame.build, args });
}

function isPrimitive(name: string): name is PrimitiveName {
  return Object.hasOwn(rules, name);
}

type Call = { readonly frame: Frame; readonly build: Build; readonly args: Args };
type Rule = (call: Call) => Datum;

const rules: { readonly [K in PrimitiveName]: Rule } = {
  exp: unary("exp"),
  log: unary("log"),
  sqrt: unary("sqrt"),
  rsqrt: unary("rsqrt"),
  tanh: unary("tanh"),
  erf: unary("erf"),
  sin: unary("sin"),
  cos: unary("cos"),
  abs: unary("abs"),
  sign: unary("sign"),
  floor: unary("floor"),
  ceil: unary("ceil"),
  round: unary("round"),
  is_finite: unary("isFinite"),
  clamp: (call) => {
    const least = elementwise(call.build, "max", argument(call, 0, "x"), argument(call, 1, "lo"));
    return elementwise(call.build, "min", least, argument(call, 2, "hi"));
  },
  min: extreme("min"),
  max: extreme("max"),
  sum: (call) => reduce(call.build, "sum", argument(call, 0, "x"), optional(call, 1, "axis"), keeps(call, 2)),
  mean: (call) => {
    const x = argument(call, 0, "x");
    const axis = optional(call, 1, "axis");
    if (axis === null) return weightedMean(call.build, x, optional(call, 3, "weight") ?? none);
    const shape = shapeOf(call.build, x);
    const count = elementCount(axesOf(axis, shape.length).map((at) => shape[at]!));
    return elementwise(call.build, "div", reduce(call.build, "sum", x, axis, keeps(call, 2)), float(count));
  },
  argmax: (call) => {
    const { id, axis } = alongAxis(call, -1);
    return tensor(call.build.graph.argReduce("max", id, axis));
  },
  topk: (call) => {
    const x = asTensor(call.build, argument(call, 0, "x"));
    const k = numberArgument(call, 1, "k");
    const { graph } = call.build;
    return { kind: "tuple", elements: [tensor(graph.topK(x, k, "values")), tensor(graph.topK(x, k, "indices"))] };
  },
  cumsum: (call) => {
    const { id, axis } = alongAxis(call, -1);
    return tensor(call.build.graph.cumulative("sum", id, axis));
  },
  f32: conversion("f32"),
  f16: conversion("f16"),
  i32: conversion("i32"),
  bool: conversion("bool"),
  stop_gradient: (call) => {
    const x = argument(call, 0, "x");
    return staticNumber(x) ?? tensor(call.build.graph.stopGradient(asTensor(call.build, x)));
  },
  iota: (call) => tensor(call.build.graph.iota([numberArgument(call, 0, "n")], 0)),
  rearrange: (call) => {
    const pattern = argument(call, 1, "pattern");
    invariant(pattern.kind === "string", "rearrange takes a pattern");
    const sizes = new Map<string, number>();
    for (const [name, value] of call.args.named) {
      if (name !== "x" && name !== "pattern") sizes.set(name, staticNumber(value)?.value ?? Number.NaN);
    }
    return tensor(rearrange(call.build.graph, asTensor(call.build, argument(call, 0, "x")), pattern.value, sizes));
  },
  einsum: (call) => {
    const pattern = argument(call, 0, "pattern");
    invariant(pattern.kind === "string", "einsum takes a pattern");
    const operands = call.args.positional.slice(1).map((operand) => asTensor(call.build, operand, "f32"));
    if (operands.length > 2) unsupported(call.args.span, "einsum of more than two tensors");
    return tensor(einsum(call.build.graph, pattern.value, operands));
  },
  concat: (call) => {
    const parts = argument(call, 0, "parts");
    invariant(parts.kind === "list" || parts.kind === "tuple", "concat takes a list of tensors");
    const ids = parts.elements.map((part) => asTensor(call.build, part));
    const rank = ids[0] === undefined ? 0 : call.build.graph.typeOf(ids[0]).shape.length;
    const [axis] = axesOf(optional(call, 1, "axis") ?? integer(0), rank);
    invariant(axis !== undefined, "concat runs along one axis");
    return tensor(call.build.graph.concat(ids, axis));
  },
  len: (call) => {
    const list = argument(call, 0, "list");
    invariant(list.kind === "list" || list.kind === "tuple", `a ${list.kind} has no length`);
    return integer(list.elements.length);
  },
  rand_like: (call) => randomLike(call.frame, "uniform", argument(call, 0, "x"), call.args.span),
  randn_like: (call) => randomLike(call.frame, "normal", argument(call, 0, "x"), call.args.span),
  in_steps: (call) => {
    const duration = argument(call, 0, "duration");
    if (duration.kind === "percent") {
      return elementwise(call.build, "mul", float(duration.value), argument(call, 1, "total"));
    }
    if (duration.kind === "quantity" && duration.unit === "step") return float(duration.value);
    const count = staticNumber(duration);
    return (
      count ??
      unsupported(call.args.span, `a duration of ${duration.kind === "quantity" ? duration.unit : duration.kind}s`)
    );
  },
  zeros: () => initialiser({ kind: "constant", value: 0 }),
  ones: () => initialiser({ kind: "constant", value: 1 }),
  normal: (call) => initialiser({ kind: "normal", std: numberArgument(call, 0, "std") }),
  uniform: (call) => initialiser({ kind: "uniform", bound: numberArgument(call, 0, "bound") }),
  constant: (call) => initialiser({ kind: "constant", value: numberArgument(call, 0, "value") }),
  pi: notCallable,
  inf: notCallable,
  training: notCallable,
};

function unary(fn: ScalarFunction): Rule {
  return (call) => elementwise(call.build, fn, argument(call, 0, "x"));
}

/** Two operands: elementwise. One: a reduction. */
function extreme(fn: "min" | "max"): Rule {
  return (call) => {
    const other = optional(call, 1, "y");
    const x = argument(call, 0, "x");
    if (other !== null) return elementwise(call.build, fn, x, other);
    return reduce(call.build, fn, x, optional(call, 2, "axis"), keeps(call, 3));
  };
}

function keeps(call: Call, position: number): boolean {
  const keep = optional(call, position, "keep");
  return keep?.kind === "bool" && keep.value;
}

/** A tensor and the one axis that `axis` names. */
function alongAxis(call: Call, otherwise: number): { readonly id: ValueId; readonly axis: number } {
  const id = asTensor(call.build, argument(call, 0, "x"));
  const axes = axesOf(optional(call, 1, "axis") ?? integer(otherwise), call.build.graph.typeOf(id).shape.length);
  const [axis] = axes;
  invariant(axis !== undefined && axes.length === 1, "this runs along one axis");
  return { id, axis };
}

function conversion(dtype: Dtype): Rule {
  return (call) => {
    const x = argument(call, 0, "x");
    const number = x.kind === "bool" ? integer(x.value ? 1 : 0) : staticNumber(x);
    if (number === null) return tensor(asTensor(call.build, x, dtype));
    if (dtype === "bool") return bool(number.value !== 0);
    return dtype === "i32" ? integer(Math.trunc(number.value)) : float(number.value);
  };
}

function notCallable(call: Call): Datum {
  return unsupported(call.args.span, "a call of a constant");
}

function initialiser(of: Initialiser): Datum {
  return { kind: "initialiser", initialiser: of };
}

function optional(call: Call, position: number, name: string): Datum | null {
  const value = call.args.named.get(name) ?? call.args.positional[position];
  return value === undefined || value.kind === "none" ? null : value;
}

function argument(call: Call, position: number, name: string): Datum {
  const value = call.args.named.get(name) ?? call.args.positional[position];
  invariant(value !== undefined, `argument \`${name}\` is missing`);
  return value;
}

function numberArgument(call: Call, position: number, name: string): number {
  const number = staticNumber(argument(call, position, name));
  invariant(number !== null, `argument \`${name}\` is a static number`);
  return number.value;
}
