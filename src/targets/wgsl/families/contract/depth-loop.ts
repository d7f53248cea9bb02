/** The loop over depth: fragments from storage by each thread, shared through the subgroup, or staged in workgroup memory. */
import { type Context, defineIn, type Frame } from "../../context.ts";
import { call, modulo, over, plus, times, unsigned } from "../../syntax/build.ts";
import type { Block, Expr, SharedArray } from "../../syntax/tree.ts";
import { type DepthPoint, depthPoint, loadFragment, type Operand, type Prepared, prepare } from "./operand.ts";
import type { Corner, Place } from "./place.ts";
import { type Fragments, multiply } from "./product.ts";
import { range } from "./range.ts";
import { staged } from "./staged.ts";
import { type Tile, turn } from "./tile.ts";

export function depthLoop(
  context: Context,
  frame: Frame,
  tile: Tile,
  place: Place,
  lanes: number,
  sums: readonly Expr[],
): readonly SharedArray[] {
  const body: Block = [];
  const staging = tile.schedule.staging;
  const shared = staging === "shared" ? staged(context, frame, body, tile, place, sums) : [];
  if (staging !== "shared") direct(context, frame, body, tile, place, staging === "subgroup" ? lanes : 0, sums);
  const [from, to, by] = [unsigned(0), unsigned(tile.turns), unsigned(1)];
  frame.block.push({ kind: "for", name: "turn", from, to, by, body });
  return shared;
}

/** Every thread loads what it needs; with `lanes`, a subgroup loads the left side once and broadcasts it. */
function direct(
  context: Context,
  frame: Frame,
  body: Block,
  tile: Tile,
  { corner, thread }: Place,
  lanes: number,
  sums: readonly Expr[],
): void {
  const { left, right, schedule } = tile;
  const groups = schedule.step / 4;
  const rights = positionsOfColumns(context, frame, tile, corner);
  const lefts = lanes > 0 ? [] : positionsOfRows(context, frame, tile, corner);
  const loads = lanes > 0 ? distribute(context, frame, tile, corner, thread, lanes) : [];
  for (let index = 0; index < groups; index++) {
    const group = plus(times(turn, groups), unsigned(index));
    const leftFragments =
      lanes > 0
        ? broadcast(context, body, tile, loads, group, lanes)
        : fragmentsAt(context, body, left, lefts, group, tile.depthExact, true);
    const rightFragments = fragmentsAt(context, body, right, rights, group, tile.depthExact, false);
    multiply(context, body, tile, leftFragments, rightFragments, sums);
  }
}

/** This thread's rows: one position a row, or a group of four. */
function positionsOfRows(context: Context, frame: Frame, tile: Tile, { row }: Corner): readonly Prepared[] {
  const { left } = tile;
  if (left.along === "depth") {
    return range(tile.rows).map((index) => prepare(context, frame, left, plus(row, unsigned(index)), tile.rowsExact));
  }
  const first = defineIn(context, frame.block, "group", over(row, 4));
  return range(tile.rows / 4).map((index) =>
    prepare(context, frame, left, plus(first, unsigned(index)), tile.rowsExact),
  );
}

function positionsOfColumns(context: Context, frame: Frame, tile: Tile, corner: Corner): readonly Prepared[] {
  const { right } = tile;
  return range(tile.columnGroups).flatMap((index) => {
    const group = plus(corner.group, unsigned(index * corner.stride));
    if (right.along === "outer") return [prepare(context, frame, right, group, tile.columnsExact)];
    return range(4).map((one) =>
      prepare(context, frame, right, plus(times(group, 4), unsigned(one)), tile.columnsExact),
    );
  });
}

/** The fragments of one group of depths, each named. */
function fragmentsAt(
  context: Context,
  block: Block,
  operand: Operand,
  positions: readonly Prepared[],
  group: Expr,
  exact: boolean,
  masked: boolean,
): Fragments {
  return depthPoints(context, block, operand, group, exact).flatMap((point) =>
    positions.map((position) =>
      defineIn(context, block, "fragment", loadFragment(context, block, operand, position, point, masked)),
    ),
  );
}

/** One point where fragments lie along the depth, else its four elements. */
function depthPoints(
  context: Context,
  block: Block,
  operand: Operand,
  group: Expr,
  exact: boolean,
): readonly DepthPoint[] {
  if (operand.along === "depth") return [depthPoint(context, block, operand, group, exact)];
  return range(4).map((index) => depthPoint(context, block, operand, plus(times(group, 4), unsigned(index)), exact));
}

/** What a lane of the subgroup loads: fragments number lane, lane + lanes, … of the rows' fragments. */
type Load = { readonly position: Prepared; readonly depth: Expr | null };

function distribute(
  context: Context,
  frame: Frame,
  tile: Tile,
  { row }: Corner,
  thread: Expr,
  lanes: number,
): readonly Load[] {
  const { left, rows } = tile;
  const { block } = frame;
  return range(Math.ceil(rows / lanes)).map((turnOfLoads) => {
    const number = plus(unsigned(turnOfLoads * lanes), thread);
    const exists = (turnOfLoads + 1) * lanes <= rows;
    const fragment = exists ? number : call("min", [number, unsigned(rows - 1)]);
    if (left.along === "depth") {
      const at = defineIn(context, block, "row", plus(row, fragment));
      return { position: prepare(context, frame, left, at, tile.rowsExact), depth: null };
    }
    const named = defineIn(context, block, "part", fragment);
    const at = defineIn(context, block, "group", plus(over(row, 4), modulo(named, rows / 4)));
    const depth = defineIn(context, block, "depth", over(named, rows / 4));
    return { position: prepare(context, frame, left, at, tile.rowsExact), depth };
  });
}

function broadcast(
  context: Context,
  block: Block,
  tile: Tile,
  loads: readonly Load[],
  group: Expr,
  lanes: number,
): Fragments {
  const { left, depthExact } = tile;
  const own = loads.map(({ position, depth }) => {
    const number = depth === null ? group : plus(times(group, 4), depth);
    const point = depthPoint(context, block, left, number, depthExact);
    return defineIn(context, block, "own", loadFragment(context, block, left, position, point, true));
  });
  return range(tile.rows).map((index) => {
    const of = own[Math.floor(index / lanes)]!;
    const args = [of, unsigned(index % lanes)];
    return defineIn(context, block, "fragment", { kind: "call", fn: "subgroupBroadcast", args, type: of.type });
  });
}
