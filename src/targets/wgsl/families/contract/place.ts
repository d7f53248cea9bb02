/** Where a thread stands: in its workgroup, and its tile in the product. */
import { type Context, defineIn } from "../../context.ts";
import { modulo, name, over, plus, times, u32, unsigned } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";
import type { Tile } from "./tile.ts";

export type Corner = {
  /** This thread's first row, and its first group of columns; the next groups lie `stride` further each. */
  readonly row: Expr;
  readonly group: Expr;
  readonly stride: number;
};

export type Place = {
  readonly corner: Corner;
  /** Number of this thread, and where it stands in the workgroup. */
  readonly thread: Expr;
  readonly across: Expr;
  readonly down: Expr;
  /** First row and group of the workgroup. */
  readonly tileRow: Expr;
  readonly tileGroup: Expr;
};

/** `number` counts the tiles of the whole batch. */
export function placeOf(context: Context, block: Block, tile: Tile, number: Expr): Place {
  const [wide] = tile.schedule.workgroup;
  const thread = name("thread", u32);
  const across = tile.schedule.workgroup[1] === 1 ? thread : defineIn(context, block, "across", modulo(thread, wide));
  const down = tile.schedule.workgroup[1] === 1 ? unsigned(0) : defineIn(context, block, "down", over(thread, wide));
  const tiles = tile.down * tile.across;
  const inBatch = number.kind === "name" ? modulo(number, tiles) : number;
  const tileDown = tile.down === 1 ? unsigned(0) : over(inBatch, tile.across);
  const tileRow = defineIn(context, block, "tile_row", times(tileDown, tile.tileRows));
  const tileGroup = defineIn(context, block, "tile_group", times(modulo(inBatch, tile.across), tile.tileGroups));
  const row = defineIn(context, block, "first_row", plus(tileRow, times(down, tile.rows)));
  const group = defineIn(context, block, "first_group", plus(tileGroup, across));
  return { corner: { row, group, stride: wide }, thread, across, down, tileRow, tileGroup };
}
