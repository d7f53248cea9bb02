/** A running reduction as one reduction a position over those not after it: n² work, one kernel, no order to get wrong. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, ValueId } from "../../ir/graph/graph.ts";
import { full, repeat } from "../../ir/graph/shorthand.ts";
import { identityOf } from "../../ir/rules/convert.ts";

/** yⱼ = reduce over i of (i ≤ j ? xᵢ : identity). The new axis j stands before i. */
export function cumulativeByPairs(b: GraphBuilder, op: OpOf<"cumulative">): ValueId {
  const { shape, dtype } = b.typeOf(op.of);
  const pairs = shape.toSpliced(op.axis, 0, shape[op.axis]!);
  const x = repeat(b, op.of, pairs, [op.axis]);
  const reached = b.apply("le", b.iota(pairs, op.axis + 1), b.iota(pairs, op.axis));
  return b.reduce(op.fn, b.select(reached, x, full(b, identityOf(op.fn, dtype), x)), [op.axis + 1]);
}
