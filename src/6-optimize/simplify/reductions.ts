/** Identities of reductions, running ones and contractions. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";

/** Over no axis, or over axes of size 1 only. */
export function simplifyReduce(op: OpOf<"reduce">, b: GraphBuilder, { type }: Value): ValueId | null {
  const { shape } = b.typeOf(op.of);
  return op.axes.every((axis) => shape[axis] === 1) ? b.reshape(op.of, type.shape) : null;
}

export function simplifyCumulative(op: OpOf<"cumulative">, _b: GraphBuilder, { type }: Value): ValueId | null {
  return type.shape[op.axis] === 1 ? op.of : null;
}

/** A transposed operand is the operand with its labels in another order. */
export function simplifyContract(op: OpOf<"contract">, b: GraphBuilder, _value: Value): ValueId | null {
  const left = untransposed(b, op.left, op.leftLabels);
  const right = untransposed(b, op.right, op.rightLabels);
  if (left === null && right === null) return null;
  const [l, leftLabels] = left ?? [op.left, op.leftLabels];
  const [r, rightLabels] = right ?? [op.right, op.rightLabels];
  return b.contract(l, r, leftLabels, rightLabels, op.outLabels);
}

function untransposed(
  b: GraphBuilder,
  operand: ValueId,
  labels: readonly number[],
): readonly [ValueId, readonly number[]] | null {
  const { op } = b.valueOf(operand);
  if (op.kind !== "transpose") return null;
  const own: number[] = [];
  op.permutation.forEach((axis, i) => {
    own[axis] = labels[i]!;
  });
  return [op.of, own];
}
