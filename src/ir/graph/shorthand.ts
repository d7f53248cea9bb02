/** What rules and passes build all the time, said in one call. */
import type { GraphBuilder } from "./builder.ts";
import type { ValueId } from "./graph.ts";

/** A tensor of one number, with the dtype and shape of `like` unless another shape is given. */
export function full(b: GraphBuilder, value: number, like: ValueId, shape = b.typeOf(like).shape): ValueId {
  return stretch(b, b.constant(value, b.typeOf(like).dtype), shape);
}

/** A scalar repeated to `shape`. */
export function stretch(b: GraphBuilder, scalar: ValueId, shape: readonly number[]): ValueId {
  return shape.length === 0 ? scalar : b.broadcast(scalar, shape, []);
}

/** `x` repeated along `axes` (positions in the result), to `shape`: the transpose of a sum over `axes`. */
export function repeat(b: GraphBuilder, x: ValueId, shape: readonly number[], axes: readonly number[]): ValueId {
  return b.broadcast(x, shape, axesWithout(shape, axes));
}

/** The axes of `shape` that are not in `removed`. */
export function axesWithout(shape: readonly number[], removed: readonly number[]): readonly number[] {
  return shape.map((_, axis) => axis).filter((axis) => !removed.includes(axis));
}

/** A function of a tensor and a number. */
export function applyTo(
  b: GraphBuilder,
  fn: "add" | "mul" | "max" | "min" | "eq" | "le" | "lt",
  x: ValueId,
  value: number,
): ValueId {
  return b.apply(fn, x, full(b, value, x));
}
