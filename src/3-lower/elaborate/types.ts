/** Types at work: dimensions are bound from actual shapes, and what a type gives its shape to (`zeros`) becomes a tensor. */
import type { Axis, TypeExpr } from "../../1-parse/ast.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { type AxisNames, type Datum, integer, tensor } from "./datum.ts";
import { evaluateNumber } from "./expression.ts";
import type { Frame } from "./frame.ts";
import { visible } from "./names.ts";
import { asTensor, broadcastTo, commonDtype, staticNumber } from "./tensor-ops.ts";

/** Gives `value` the type: binds new dimension names in the frame, checks the others. `what` is for our own bugs. */
export function bindType(frame: Frame, type: TypeExpr, value: Datum, what: string): Datum {
  if (type.optional && value.kind === "none") return value;
  switch (type.kind) {
    case "fnType":
      return value;
    case "tupleType": {
      if (value.kind !== "tuple" && value.kind !== "list") return value;
      const elements = value.elements.map((element, i) => bindType(frame, type.elements[i]!, element, what));
      return { kind: "tuple", elements };
    }
    case "recordType": {
      if (value.kind !== "record") return value;
      const fields = new Map(value.fields);
      for (const field of type.fields) {
        const own = fields.get(field.name.text);
        if (own !== undefined) fields.set(field.name.text, bindType(frame, field.type, own, what));
      }
      return { kind: "record", fields };
    }
    case "named":
      return type.shape === null ? bindScalar(type.name?.text ?? "", value) : bindTensor(frame, type, value, what);
  }
}

/** `dim`, `float`, `mean`, …: `int` and `dim` parameters are numbers already. */
function bindScalar(name: string, value: Datum): Datum {
  if (name === "float" && value.kind === "initialiser") return staticNumber(value) ?? value;
  return value;
}

function bindTensor(frame: Frame, type: TypeExpr & { kind: "named" }, value: Datum, what: string): Datum {
  const { build } = frame;
  const axes = type.shape ?? [];
  const dtype = tensorDtypes[type.name?.text ?? ""];
  if (value.kind === "tensor") {
    bindShape(frame, axes, build.graph.typeOf(value.id).shape, what);
    return tensor(asTensor(build, value, dtype), namesOf(axes, build.graph.typeOf(value.id).shape));
  }
  const shape = knownShape(frame, axes);
  const scalar = value.kind === "mean" || value.kind === "bool" || staticNumber(value) !== null;
  if (!scalar || shape === null) return value;
  if (shape.length === 0 && value.kind !== "mean" && value.kind !== "initialiser") return value;
  const wanted = dtype ?? (commonDtype(build, [value]) === "bool" ? "bool" : "f32");
  return tensor(broadcastTo(build, asTensor(build, value, wanted), shape), namesOf(axes, shape));
}

/** `[..., T, D]`: the axes' names as far as they are lone dimensions. */
function namesOf(axes: readonly Axis[], shape: readonly number[]): AxisNames {
  return (matchAxes(axes, shape) ?? []).flatMap(({ axis, sizes }) =>
    sizes.map(() => (axis.kind === "dim" && axis.value.kind === "name" ? axis.value.text : null)),
  );
}

/** `float` dtypes are the computing float, f32 in this version. */
const tensorDtypes: Readonly<Record<string, Dtype>> = { f32: "f32", f16: "f16", i32: "i32", u32: "u32", bool: "bool" };

/** Lone names first: `[B, 2 * D]` may use what a later axis binds. */
function bindShape(frame: Frame, axes: readonly Axis[], shape: readonly number[], what: string): void {
  const matched = matchAxes(axes, shape);
  invariant(matched !== null, () => `${what}: [${shape}] has another number of axes than its type`);
  for (const { axis, sizes } of matched) {
    if (axis.kind === "star") bindStar(frame, axis.name.text, sizes, what);
    if (axis.kind !== "dim" || axis.value.kind !== "name") continue;
    if (visible(frame, axis.value.text) === null) frame.locals.set(axis.value.text, integer(sizes[0]!));
  }
  for (const { axis, sizes } of matched) {
    if (axis.kind !== "dim") continue;
    const expected = evaluateNumber(frame, axis.value);
    invariant(expected === sizes[0], () => `${what}: an axis of [${shape}] should be ${expected}`);
  }
}

/** Which axes of a type stand for which sizes; null where the ranks differ. */
export function matchAxes(
  axes: readonly Axis[],
  shape: readonly number[],
): readonly { readonly axis: Axis; readonly sizes: readonly number[] }[] | null {
  const open = axes.filter((axis) => axis.kind === "rest" || axis.kind === "star").length;
  const extra = shape.length - (axes.length - open);
  if (extra < 0 || (open === 0 && extra > 0)) return null;
  let next = 0;
  return axes.map((axis) => {
    const count = axis.kind === "rest" || axis.kind === "star" ? extra : 1;
    next += count;
    return { axis, sizes: shape.slice(next - count, next) };
  });
}

function bindStar(frame: Frame, name: string, sizes: readonly number[], what: string): void {
  const known = visible(frame, name);
  if (known === null) {
    frame.locals.set(name, { kind: "list", elements: sizes.map(integer) });
    return;
  }
  const shape = starSizes(known);
  invariant(`${shape}` === `${sizes}`, () => `${what}: [${sizes}] should be *${name} = [${shape}]`);
}

/** The shape that a type stands for in this frame; null where an axis is not known. */
export function knownShape(frame: Frame, axes: readonly Axis[]): readonly number[] | null {
  const shape: number[] = [];
  for (const axis of axes) {
    if (axis.kind === "rest" || axis.kind === "any") return null;
    if (axis.kind === "star") {
      const known = visible(frame, axis.name.text);
      if (known === null) return null;
      shape.push(...starSizes(known));
    } else {
      if (axis.value.kind === "name" && visible(frame, axis.value.text) === null) return null;
      shape.push(evaluateNumber(frame, axis.value));
    }
  }
  return shape;
}

function starSizes(datum: Datum): readonly number[] {
  invariant(datum.kind === "list", "a `*` name holds a shape");
  return datum.elements.map((size) => staticNumber(size)?.value ?? Number.NaN);
}
