/** Elementwise work on tensors and static numbers: conversions and broadcasting are made explicit here. */

import { DiagnosticError } from "../../diagnostics/report.ts";
import type { ValueId } from "../../ir/graph/graph.ts";
import type { ScalarFunction } from "../../ir/graph/scalar-function.ts";
import { dtypeRules, roundTo } from "../../ir/rules/dtypes.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { type AxisNames, type Datum, float, integer, type NumberDatum, tensor } from "./datum.ts";
import type { Build } from "./frame.ts";
import { meanValue } from "./mean.ts";
import { staticApply } from "./static-apply.ts";

/** `fn` of static numbers is a static number; where one argument is a tensor, all become tensors of one shape and dtype. */
export function elementwise(build: Build, fn: ScalarFunction, ...args: readonly Datum[]): Datum {
  const numbers = args.map(staticNumber);
  if (numbers.every((number) => number !== null)) return staticApply(fn, numbers);
  const dtype = acceptedBy(fn, commonDtype(build, args));
  const id = build.graph.apply(fn, ...aligned(build, args, dtype));
  return tensor(id, mergedNames(build, id, args));
}

/** Elementwise choice; the condition is a bool tensor. */
export function selectBetween(build: Build, condition: Datum, taken: Datum, otherwise: Datum): Datum {
  const dtype = commonDtype(build, [taken, otherwise]);
  const c = asTensor(build, condition, "bool");
  const t = asTensor(build, taken, dtype);
  const e = asTensor(build, otherwise, dtype);
  const shape = broadcastShapes(build, [c, t, e]);
  const id = build.graph.select(
    broadcastTo(build, c, shape),
    broadcastTo(build, t, shape),
    broadcastTo(build, e, shape),
  );
  return tensor(id, mergedNames(build, id, [condition, taken, otherwise]));
}

/** Aligned at the right; an axis that stretched takes the other operand's name. */
function mergedNames(build: Build, id: ValueId, args: readonly Datum[]): AxisNames {
  const { shape } = build.graph.typeOf(id);
  return shape.map((size, axis) => {
    const names = args.map((arg) => {
      if (arg.kind !== "tensor" || arg.axes === null) return null;
      const own = axis - shape.length + arg.axes.length;
      return shapeOf(build, arg)[own] === size ? (arg.axes[own] ?? null) : null;
    });
    return names.find((name) => name !== null) ?? null;
  });
}

/** A number known without running: percentages are fractions, `zeros` and `ones` numbers that fit any dtype. */
export function staticNumber(datum: Datum): NumberDatum | null {
  if (datum.kind === "number") return datum;
  if (datum.kind === "percent") return float(datum.value);
  if (datum.kind === "initialiser" && datum.initialiser.kind === "constant") {
    const { value } = datum.initialiser;
    return Number.isInteger(value) ? integer(value) : float(value);
  }
  return null;
}

/** The graph value of a datum, of `dtype` where one is given; static numbers become rank-0 constants. */
export function asTensor(build: Build, datum: Datum, dtype?: Dtype): ValueId {
  const { graph } = build;
  if (datum.kind === "bool") return graph.constant(datum.value ? 1 : 0, "bool");
  const number = staticNumber(datum);
  if (number !== null) return constant(build, number.value, dtype ?? (number.integer ? "i32" : "f32"));
  const id = datum.kind === "mean" ? meanValue(build, datum) : datum.kind === "tensor" ? datum.id : null;
  invariant(id !== null, `a ${datum.kind} stands where a tensor belongs`);
  return dtype === undefined || graph.typeOf(id).dtype === dtype ? id : graph.cast(id, dtype);
}

/** Throws E0109 for what no constant of a kernel can be: 0 / 0, and integers that `dtype` cannot hold. */
function constant({ graph }: Build, value: number, dtype: Dtype): ValueId {
  const isInteger = dtype === "i32" || dtype === "u32";
  if (!Number.isNaN(value) && (!isInteger || roundTo(dtype, value) === value)) return graph.constant(value, dtype);
  const message = Number.isNaN(value) ? "this computes 0 / 0 or the like" : `${value} is out of the range of ${dtype}`;
  const labels = [{ span: graph.origin.span, text: "in here" }] as const;
  throw new DiagnosticError([{ code: "E0109", severity: "error", message, labels }]);
}

export function shapeOf(build: Build, datum: Datum): readonly number[] {
  return datum.kind === "tensor" ? build.graph.typeOf(datum.id).shape : [];
}

/** Shapes align at the right; a missing or size-1 axis stretches. */
export function broadcastTo(build: Build, id: ValueId, shape: readonly number[]): ValueId {
  const from = build.graph.typeOf(id).shape;
  if (from.length === shape.length && from.every((size, axis) => size === shape[axis])) return id;
  const offset = shape.length - from.length;
  return build.graph.broadcast(
    id,
    shape,
    from.map((_, axis) => axis + offset),
  );
}

export function broadcastShapes(build: Build, ids: readonly ValueId[]): readonly number[] {
  const shapes = ids.map((id) => build.graph.typeOf(id).shape);
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((size) => size !== 1) ?? 1;
    invariant(
      sizes.every((other) => other === 1 || other === size),
      () => `shapes ${shapes.map((shape) => `[${shape}]`).join(" and ")} do not broadcast`,
    );
    return size;
  });
}

function aligned(build: Build, args: readonly Datum[], dtype: Dtype): readonly ValueId[] {
  const ids = args.map((arg) => asTensor(build, arg, dtype));
  const shape = broadcastShapes(build, ids);
  return ids.map((id) => broadcastTo(build, id, shape));
}

/**
 * f32 where a tensor is f32, else f16 where one is, else what the tensors are. Static numbers adapt, but a fraction
 * makes integers f32.
 */
export function commonDtype(build: Build, args: readonly Datum[]): Dtype {
  const dtypes = args.flatMap((arg): readonly Dtype[] => {
    if (arg.kind === "tensor") return [build.graph.typeOf(arg.id).dtype];
    if (arg.kind === "mean") return ["f32"];
    return arg.kind === "bool" ? ["bool"] : [];
  });
  const fraction = args.some((arg) => staticNumber(arg)?.integer === false);
  if (dtypes.includes("f32")) return "f32";
  if (dtypes.includes("f16")) return "f16";
  if (fraction) return "f32";
  const number = args.some((arg) => staticNumber(arg) !== null);
  return dtypes.find((dtype) => dtype !== "bool") ?? (number ? "i32" : "bool");
}

/** Integers are converted where only floats are taken: `sqrt(t)`, `t / 2`. */
function acceptedBy(fn: ScalarFunction, dtype: Dtype): Dtype {
  return !dtypeRules[fn].accepts.includes(dtype) && (dtype === "i32" || dtype === "u32") ? "f32" : dtype;
}
