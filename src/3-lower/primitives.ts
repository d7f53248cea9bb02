/** The primitive functions: one rule a name, complete by type against the checker's table. */
import type { PrimitiveName } from "../2-check/primitives.ts";
import { unsupported } from "../diagnostics/report.ts";
import type { ReduceFunction } from "../ir/graph/graph.ts";
import type { ScalarFunction } from "../ir/graph/scalar-function.ts";
import type { Dtype } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { rearrange } from "./einops.ts";
import type { Args } from "./elaborate/call.ts";
import { bool, type Datum, float, type Initialiser, integer, none, tensor } from "./elaborate/datum.ts";
import type { Build, Frame } from "./elaborate/frame.ts";
import { einsum } from "./elaborate/matmul.ts";
import { weightedMean } from "./elaborate/mean.ts";
import { asTensor, elementwise, staticNumber } from "./elaborate/tensor-ops.ts";
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
  sum: (call) => reduce(call, "sum"),
  mean: (call) => {
    const x = argument(call, 0, "x");
    const axis = optional(call, 1, "axis");
    if (axis === null) return weightedMean(call.build, x, optional(call, 3, "weight") ?? none);
    const id = asTensor(call.build, x, "f32");
    const { shape } = call.build.graph.typeOf(id);
    const count = axesOf(axis, shape.length).reduce((product, at) => product * shape[at]!, 1);
    const sum = reduce(
      { ...call, args: { ...call.args, positional: [tensor(id), ...call.args.positional.slice(1)] } },
      "sum",
    );
    return elementwise(call.build, "div", sum, float(count));
  },
  argmax: (call) => {
    const x = asTensor(call.build, argument(call, 0, "x"));
    const rank = call.build.graph.typeOf(x).shape.length;
    const [axis, ...more] = axesOf(optional(call, 1, "axis") ?? integer(-1), rank);
    invariant(axis !== undefined && more.length === 0, "argmax runs along one axis");
    return tensor(call.build.graph.argReduce("max", x, axis));
  },
  topk: (call) => {
    const x = asTensor(call.build, argument(call, 0, "x"));
    const k = numberArgument(call, 1, "k");
    const { graph } = call.build;
    return { kind: "tuple", elements: [tensor(graph.topK(x, k, "values")), tensor(graph.topK(x, k, "indices"))] };
  },
  cumsum: (call) => {
    const x = asTensor(call.build, argument(call, 0, "x"));
    const rank = call.build.graph.typeOf(x).shape.length;
    const [axis] = axesOf(optional(call, 1, "axis") ?? integer(-1), rank);
    invariant(axis !== undefined, "cumsum runs along one axis");
    return tensor(call.build.graph.cumulative("sum", x, axis));
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
    return other === null ? reduce(call, fn, 2) : elementwise(call.build, fn, argument(call, 0, "x"), other);
  };
}

/** `axis` left out: all of them. `keep` leaves axes of size 1. */
function reduce(call: Call, fn: ReduceFunction, axisPosition = 1): Datum {
  const { graph } = call.build;
  const x = asTensor(call.build, argument(call, 0, "x"));
  const numeric = graph.typeOf(x).dtype === "bool" ? graph.cast(x, "i32") : x;
  const { shape } = graph.typeOf(numeric);
  const axis = optional(call, axisPosition, "axis");
  const axes = axis === null ? shape.map((_, at) => at) : axesOf(axis, shape.length);
  const reduced = axes.length === 0 ? numeric : graph.reduce(fn, numeric, axes);
  const keep = optional(call, axisPosition + 1, "keep");
  if (keep?.kind !== "bool" || !keep.value) return tensor(reduced);
  return tensor(
    graph.reshape(
      reduced,
      shape.map((size, at) => (axes.includes(at) ? 1 : size)),
    ),
  );
}

/** Axis positions, increasing; negative ones count from the end. */
function axesOf(axis: Datum, rank: number): readonly number[] {
  const list = axis.kind === "tuple" || axis.kind === "list" ? axis.elements : [axis];
  const positions = list.map((element) => {
    const position = staticNumber(element)?.value;
    invariant(position !== undefined, "an axis is a position");
    return position < 0 ? position + rank : position;
  });
  return positions.toSorted((a, b) => a - b);
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
