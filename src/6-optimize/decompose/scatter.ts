/**
 * Scatter as a masked sum over the updates: row v collects the updates whose index is v. Rows × updates comparisons, in
 * one kernel, in one order: deterministic where atomic additions would not be.
 */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, ValueId } from "../../ir/graph/graph.ts";
import { full } from "../../ir/graph/shorthand.ts";
import { elementCount } from "../../ir/types.ts";

export function scatterByComparison(b: GraphBuilder, op: OpOf<"scatter">): ValueId {
  const { shape, dtype } = b.typeOf(op.into);
  const { axis } = op;
  const count = elementCount(b.typeOf(op.indices).shape);
  if (count === 0) return op.into;
  // [before, n, after]: the indexed axes as one. [before, v, n, after]: each row against each update.
  const flat = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
  const pairs = shape.toSpliced(axis + 1, 0, count);
  const others = pairs.map((_, i) => i).filter((i) => i !== axis);
  const updates = b.broadcast(b.reshape(op.updates, flat), pairs, others);
  const indices = b.broadcast(b.reshape(op.indices, [count]), pairs, [axis + 1]);
  const hit = b.apply("eq", b.iota(pairs, axis), indices);
  if (dtype === "bool") return setOfBools(b, op, hit, updates);
  const sum = b.reduce("sum", b.select(hit, updates, full(b, 0, updates)), [axis + 1]);
  if (op.mode === "add") return b.apply("add", op.into, sum);
  return b.select(anyOf(b, hit, axis + 1), sum, op.into);
}

/** Bools have no sum: as numbers, and back. */
function setOfBools(b: GraphBuilder, op: OpOf<"scatter">, hit: ValueId, updates: ValueId): ValueId {
  const set = anyOf(b, b.apply("and", hit, updates), op.axis + 1);
  return b.select(anyOf(b, hit, op.axis + 1), set, op.into);
}

function anyOf(b: GraphBuilder, of: ValueId, axis: number): ValueId {
  const count = b.reduce("max", b.cast(of, "i32"), [axis]);
  return b.apply("ne", count, full(b, 0, count));
}
