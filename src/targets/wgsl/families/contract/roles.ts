/**
 * What a contraction's axes are for: out[batch, rows, columns] = Σ over depth of left[batch, rows, depth] ·
 * right[batch, columns, depth], then whatever the rest of the body makes of it.
 */
import type { NodeId } from "../../../../ir/kernel/kernel.ts";
import { createContext } from "../../context.ts";
import { strideOf } from "../../indexing.ts";
import type { Nest } from "../../nest.ts";
import { dependencesOf } from "../../nest-dependences.ts";

export type Roles = {
  readonly sum: NodeId;
  readonly left: NodeId;
  readonly right: NodeId;
  readonly batch: readonly number[];
  readonly rows: readonly number[];
  /** Walked by neighbouring threads: where it can be, the last is the one along which the result lies in memory. */
  readonly columns: readonly number[];
  readonly depth: readonly number[];
};

/** `null`: this is no single product of two operands, and is computed as a row. */
export function rolesOf(nest: Nest): Roles | null {
  const reductions = nest.body.filter(({ op }) => op.kind === "reduce");
  const [sum] = reductions;
  if (sum === undefined || reductions.length !== 1 || sum.op.kind !== "reduce" || sum.op.fn !== "sum") return null;
  const product = nest.body[sum.op.of]!;
  if (product.op.kind !== "apply" || product.op.fn !== "mul" || product.dtype !== "f32") return null;
  const [left, right] = product.op.args as readonly [NodeId, NodeId];
  const dependences = dependencesOf(nest);
  const isOuter = (axis: number) => axis < nest.domain.length;
  const inner = nest.kernel.writes.some(({ node }) => [...dependences[node]!].some((axis) => !isOuter(axis)));
  if (inner) return null;

  const axes = nest.domain.map((_, axis) => axis);
  const only = (mine: NodeId, other: NodeId) =>
    axes.filter((axis) => dependences[mine]!.has(axis) && !dependences[other]!.has(axis));
  const [leftAxes, rightAxes] = [only(left, right), only(right, left)];
  const batch = axes.filter((axis) => !leftAxes.includes(axis) && !rightAxes.includes(axis));
  const depth = nest.reduce.map((_, index) => nest.domain.length + index);
  const along = axisOfResult(nest);
  if (along !== null && leftAxes.includes(along)) {
    return { sum: sum.id, left: right, right: left, batch, rows: rightAxes, columns: last(leftAxes, along), depth };
  }
  return { sum: sum.id, left, right, batch, rows: leftAxes, columns: last(rightAxes, along), depth };
}

/** The domain axis along which the first write's elements lie side by side. */
function axisOfResult(nest: Nest): number | null {
  const [write] = nest.writes;
  const steps = nest.domain.map((size, axis) => {
    const lanes = size % 4 === 0 ? 4 : 2;
    if (size % lanes !== 0) return size === 1 ? null : 0;
    return strideOf(createContext(nest, { axis, lanes }, []), write!.position);
  });
  const axis = steps.lastIndexOf(1);
  return axis < 0 ? null : axis;
}

function last(axes: readonly number[], axis: number | null): readonly number[] {
  if (axis === null || !axes.includes(axis)) return axes;
  return [...axes.filter((other) => other !== axis), axis];
}
