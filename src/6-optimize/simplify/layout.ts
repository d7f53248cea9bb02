/** Identities of reshape, transpose and broadcast. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import type { Uses } from "../../ir/graph/rewrite.ts";
import { elementCount } from "../../ir/types.ts";

/** To the same shape; of a reshape; of a scalar that was repeated. */
export function simplifyReshape(op: OpOf<"reshape">, b: GraphBuilder, { type }: Value): ValueId | null {
  const from = b.valueOf(op.of);
  if (sameShape(from.type.shape, type.shape)) return op.of;
  if (from.op.kind === "reshape") return b.reshape(from.op.of, type.shape);
  if (from.op.kind === "broadcast" && from.op.axes.length === 0) return b.broadcast(from.op.of, type.shape, []);
  return null;
}

/**
 * By the identity; of a transpose; of a repetition whose axes stay in order; of a product that nobody else reads; where
 * only axes of size 1 move.
 */
export function simplifyTranspose(op: OpOf<"transpose">, b: GraphBuilder, { type }: Value, uses: Uses): ValueId | null {
  if (isIdentity(op.permutation)) return op.of;
  const from = b.valueOf(op.of);
  if (from.op.kind === "transpose") {
    const inner = from.op.permutation;
    return b.transpose(
      from.op.of,
      op.permutation.map((axis) => inner[axis]!),
    );
  }
  if (from.op.kind === "broadcast") {
    const axes = from.op.axes.map((axis) => op.permutation.indexOf(axis));
    if (isIncreasing(axes)) return b.broadcast(from.op.of, type.shape, axes);
  }
  if (from.op.kind === "contract" && uses(op.of) === 1) {
    const { left, right, leftLabels, rightLabels, outLabels } = from.op;
    const labels = op.permutation.map((axis) => outLabels[axis]!);
    return b.contract(left, right, leftLabels, rightLabels, labels);
  }
  const moving = op.permutation.filter((axis) => from.type.shape[axis] !== 1);
  return isIncreasing(moving) ? b.reshape(op.of, type.shape) : null;
}

/** To the same shape; of a repetition; of a reshape that only inserts axes of size 1; where it only inserts such axes itself. */
export function simplifyBroadcast(op: OpOf<"broadcast">, b: GraphBuilder, { type }: Value): ValueId | null {
  const from = b.valueOf(op.of);
  if (isIdentity(op.axes) && sameShape(from.type.shape, type.shape)) return op.of;
  if (from.op.kind === "broadcast") {
    const inner = from.op.axes;
    return b.broadcast(
      from.op.of,
      type.shape,
      inner.map((axis) => op.axes[axis]!),
    );
  }
  if (from.op.kind === "reshape") {
    const places = insertedOnes(b.typeOf(from.op.of).shape, from.type.shape);
    if (places !== null) {
      return b.broadcast(
        from.op.of,
        type.shape,
        places.map((axis) => op.axes[axis]!),
      );
    }
  }
  return elementCount(from.type.shape) === elementCount(type.shape) && elementCount(type.shape) > 0
    ? b.reshape(op.of, type.shape)
    : null;
}

/** Where the axes of `from` stand in `to`, if `to` is `from` with axes of size 1 inserted. */
function insertedOnes(from: readonly number[], to: readonly number[]): readonly number[] | null {
  const places: number[] = [];
  for (const [axis, size] of to.entries()) {
    if (places.length < from.length && size === from[places.length]) places.push(axis);
    else if (size !== 1) return null;
  }
  return places.length === from.length ? places : null;
}

export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

function isIdentity(axes: readonly number[]): boolean {
  return axes.every((axis, i) => axis === i);
}

function isIncreasing(axes: readonly number[]): boolean {
  return axes.every((axis, i) => i === 0 || axis > axes[i - 1]!);
}
