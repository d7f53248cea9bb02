/** Identities of gather and scatter at indices 0, 1, 2, …: what a table of positions is read with. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";

/** The first n rows are a slice. */
export function simplifyGather(op: OpOf<"gather">, b: GraphBuilder, { type }: Value): ValueId | null {
  if (!isCount(b, op.indices)) return null;
  return b.slice(
    op.of,
    type.shape.map(() => 0),
    type.shape,
  );
}

/** Adding to the first n rows is adding zeros to the others. */
export function simplifyScatter(op: OpOf<"scatter">, b: GraphBuilder, { type }: Value): ValueId | null {
  if (!isCount(b, op.indices) || op.mode === "set") return null;
  const { shape } = b.typeOf(op.updates);
  const padded = b.pad(
    op.updates,
    shape.map(() => 0),
    shape.map((size, axis) => type.shape[axis]! - size),
    0,
  );
  return b.apply("add", op.into, padded);
}

function isCount(b: GraphBuilder, indices: ValueId): boolean {
  const { op, type } = b.valueOf(indices);
  return op.kind === "iota" && type.shape.length === 1;
}
