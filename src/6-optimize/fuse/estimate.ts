/** What computing a value would take if it were inlined: the tensors read and the operations for one element. */
import type { ValueId } from "../../ir/graph/graph.ts";
import { operandsOf } from "../../ir/graph/operands.ts";
import type { ScalarFunction } from "../../ir/graph/scalar-function.ts";
import { bytesPerElement, elementCount } from "../../ir/types.ts";
import { isHeavy, isSource, valueAt } from "./draft.ts";
import type { Pool } from "./pool.ts";

/** Bytes read to compute a value once: no more of a tensor than it has, but twice as much through an index table. */
export function leafBytes(pool: Pool, value: ValueId, size: number): number {
  let bytes = 0;
  const tree = treeOf(pool, value);
  const gathered = new Set<ValueId>();
  for (const id of tree) {
    const { op } = valueAt(pool.context, id);
    if (op.kind === "gather" && !isLeaf(pool, id)) for (const leaf of treeOf(pool, op.of)) gathered.add(leaf);
  }
  for (const id of tree) {
    if (!isLeaf(pool, id)) continue;
    const { type } = valueAt(pool.context, id);
    const touched = gathered.has(id) ? 2 * size : Math.min(size, elementCount(type.shape));
    bytes += touched * bytesPerElement[type.dtype];
  }
  return bytes;
}

/** Scalar operations for one element, inlined. */
export function operations(pool: Pool, value: ValueId): number {
  let sum = 0;
  for (const id of treeOf(pool, value)) {
    const { op } = valueAt(pool.context, id);
    if (isLeaf(pool, id)) continue;
    if (op.kind === "apply") sum += weights[op.fn];
    else if (op.kind === "random") sum += 100;
    else if (op.kind === "select" || op.kind === "cast") sum += 1;
  }
  return sum;
}

/** In units of an addition. */
const weights: { readonly [K in ScalarFunction]: number } = {
  neg: 1,
  abs: 1,
  sign: 1,
  floor: 1,
  ceil: 1,
  round: 1,
  exp: 8,
  log: 8,
  sqrt: 4,
  rsqrt: 4,
  tanh: 8,
  erf: 12,
  sin: 8,
  cos: 8,
  not: 1,
  isFinite: 1,
  add: 1,
  sub: 1,
  mul: 1,
  div: 4,
  pow: 12,
  min: 1,
  max: 1,
  floorDiv: 4,
  mod: 4,
  eq: 1,
  ne: 1,
  lt: 1,
  le: 1,
  gt: 1,
  ge: 1,
  and: 1,
  or: 1,
};

export function isLeaf(pool: Pool, id: ValueId): boolean {
  const value = valueAt(pool.context, id);
  return isSource(value) || pool.homeOf(id) !== undefined || isHeavy(value);
}

/** The value and everything inlined below it, leaves included, once each. */
export function treeOf(pool: Pool, root: ValueId): readonly ValueId[] {
  const seen = new Set<ValueId>();
  const visit = (id: ValueId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    if (id !== root && isLeaf(pool, id)) return;
    for (const operand of operandsOf(valueAt(pool.context, id).op)) visit(operand);
  };
  visit(root);
  return [...seen];
}
