/** A table with one row an op, complete by type: a new op is a compile error in every table until it has its row. */
import type { Op, OpKind, OpOf } from "../graph/graph.ts";

export type OpTable<Args extends readonly unknown[], Result> = {
  readonly [K in OpKind]: (op: OpOf<K>, ...args: Args) => Result;
};

/** The row of a kind. Sound where the op that is passed has that kind, which the type system cannot say of a union. */
export function rowOf<Args extends readonly unknown[], Result>(
  table: OpTable<Args, Result>,
  kind: OpKind,
): (op: Op, ...args: Args) => Result {
  return table[kind] as (op: Op, ...args: Args) => Result;
}
