/** Multiply and add: one group of four depths, `rows` by `columns` accumulators. */
import { type Context, defineIn } from "../../context.ts";
import { call, compose, lane, splat } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";
import type { Tile } from "./tile.ts";

/**
 * The fragments of four depths. Along the depth there is one an outer element; along the outer axis there are those of
 * the first depth, then the second's and so on.
 */
export type Fragments = readonly Expr[];

/** `sums[row * columnGroups + group]` are variables, vectors over columns. */
export function multiply(
  context: Context,
  block: Block,
  tile: Tile,
  left: Fragments,
  right: Fragments,
  sums: readonly Expr[],
): void {
  for (let depth = 0; depth < 4; depth++) {
    const columns = Array.from({ length: tile.columnGroups }, (_, group) => columnsAt(group, depth));
    for (let row = 0; row < tile.rows; row++) {
      const factor = splat(rowAt(row, depth), 4);
      for (const [group, column] of columns.entries()) {
        const target = sums[row * tile.columnGroups + group]!;
        block.push({ kind: "assign", target, value: call("fma", [factor, column, target]) });
      }
    }
  }

  function rowAt(row: number, depth: number): Expr {
    if (tile.left.along === "depth") return lane(left[row]!, depth);
    return lane(left[depth * (tile.rows / 4) + Math.floor(row / 4)]!, row % 4);
  }

  function columnsAt(group: number, depth: number): Expr {
    if (tile.right.along === "outer") return right[depth * tile.columnGroups + group]!;
    const parts = [0, 1, 2, 3].map((index) => lane(right[group * 4 + index]!, depth));
    return defineIn(context, block, "columns", compose(parts));
  }
}
