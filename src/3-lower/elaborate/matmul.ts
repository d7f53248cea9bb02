/** `@` and `einsum` as `contract`. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { ValueId } from "../../ir/graph/graph.ts";
import { invariant } from "../../support/invariant.ts";

/**
 * [..., M, K] @ [..., K, N] → [..., M, N]; either side may have one axis only, which is K. Leading axes align at the
 * right; a missing or size-1 axis stretches, which in a contraction means: it is left out.
 */
export function matmul(graph: GraphBuilder, left: ValueId, right: ValueId): ValueId {
  const [leftRank, rightRank] = [left, right].map((id) => graph.typeOf(id).shape.length);
  invariant(leftRank !== undefined && rightRank !== undefined && leftRank > 0 && rightRank > 0, "`@` of a scalar");
  const batchRank = Math.max(leftRank, rightRank, 2) - 2;
  const [m, k, n] = [batchRank, batchRank + 1, batchRank + 2];
  const leftBatch = Math.max(leftRank - 2, 0);
  const rightBatch = Math.max(rightRank - 2, 0);
  // Batch axis i of the result has label i; an operand's own axes are the last of these.
  const batch = (count: number) => Array.from({ length: count }, (_, i) => batchRank - count + i);
  const l = squeeze(graph, left, [...batch(leftBatch), ...(leftRank > 1 ? [m, k] : [k])], right, rightBatch, batchRank);
  const r = squeeze(
    graph,
    right,
    [...batch(rightBatch), ...(rightRank > 1 ? [k, n] : [k])],
    left,
    leftBatch,
    batchRank,
  );
  const out = [...batch(batchRank), ...(leftRank > 1 ? [m] : []), ...(rightRank > 1 ? [n] : [])];
  return graph.contract(l.id, r.id, l.labels, r.labels, out);
}

/** Drops `id`'s batch axes of size 1 that the other operand has at another size. */
function squeeze(
  graph: GraphBuilder,
  id: ValueId,
  labels: readonly number[],
  other: ValueId,
  otherBatch: number,
  batchRank: number,
): { readonly id: ValueId; readonly labels: readonly number[] } {
  const { shape } = graph.typeOf(id);
  const otherShape = graph.typeOf(other).shape;
  const dropped = labels.map((label, axis) => {
    if (label >= batchRank || shape[axis] !== 1) return false;
    const position = label - (batchRank - otherBatch);
    return position >= 0 && otherShape[position] !== 1;
  });
  if (!dropped.includes(true)) return { id, labels };
  const kept = <T>(list: readonly T[]) => list.filter((_, axis) => !dropped[axis]);
  return { id: graph.reshape(id, kept(shape)), labels: kept(labels) };
}

/** `einsum("b t d, d k -> b t k", x, y)`: axis names stand apart, as in einops. One or two operands. */
export function einsum(graph: GraphBuilder, pattern: string, operands: readonly ValueId[]): ValueId {
  const [from, to] = pattern.split("->").map((side) => side.split(",").map((term) => term.trim().split(/\s+/)));
  const [left, right] = operands;
  const [leftNames, rightNames] = from ?? [];
  const outNames = (to?.[0] ?? []).filter((name) => name !== "");
  invariant(left !== undefined && leftNames !== undefined && from?.length === operands.length, "einsum's terms");
  if (right === undefined || rightNames === undefined) return sumAndOrder(graph, left, leftNames, outNames);
  const ids = new Map<string, number>();
  const label = (name: string): number => {
    const known = ids.get(name) ?? ids.size;
    ids.set(name, known);
    return known;
  };
  // What occurs in one operand only and not in the result is summed before the product.
  const ownSum = (id: ValueId, names: readonly string[], others: readonly string[]) => {
    const keep = names.filter((name) => others.includes(name) || outNames.includes(name));
    return { id: sumAndOrder(graph, id, names, keep), labels: keep.map(label) };
  };
  const l = ownSum(left, leftNames, rightNames);
  const r = ownSum(right, rightNames, leftNames);
  return graph.contract(l.id, r.id, l.labels, r.labels, outNames.map(label));
}

function sumAndOrder(graph: GraphBuilder, id: ValueId, names: readonly string[], out: readonly string[]): ValueId {
  const summed = names.flatMap((name, axis) => (out.includes(name) ? [] : [axis]));
  const rest = names.filter((name) => out.includes(name));
  const reduced = summed.length === 0 ? id : graph.reduce("sum", id, summed);
  const permutation = out.map((name) => rest.indexOf(name));
  return permutation.every((axis, i) => axis === i) ? reduced : graph.transpose(reduced, permutation);
}
