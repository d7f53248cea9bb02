/** The loop over depth: fragments from storage by each thread, shared through the subgroup, or staged in workgroup memory. */
import { type Context, defineIn, type Frame } from "../../context.ts";
import { call, element, modulo, name, over, plus, times, typeOf, u32, unsigned } from "../../syntax/build.ts";
import type { Block, Expr, SharedArray } from "../../syntax/tree.ts";
import type { Corner } from "./epilogue.ts";
import { type DepthPoint, depthPoint, loadFragment, type Operand, type Prepared, prepare } from "./operand.ts";
import { type Fragments, multiply } from "./product.ts";
import type { Tile } from "./tile.ts";

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

const turn = name("turn", u32);

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

/** A workgroup stages `step` depths of both sides, then every thread multiplies its part. */
function staged(
  context: Context,
  frame: Frame,
  body: Block,
  tile: Tile,
  place: Place,
  sums: readonly Expr[],
): readonly SharedArray[] {
  const { left, right, schedule, tileRows, tileGroups } = tile;
  const threads = schedule.workgroup[0] * schedule.workgroup[1];
  const type = typeOf("f32", 4);
  const sides = [
    { array: "left_tile", operand: left, outer: tileRows, first: place.tileRow, exact: tile.rowsExact },
    {
      array: "right_tile",
      operand: right,
      outer: tileGroups * 4,
      first: times(place.tileGroup, 4),
      exact: tile.columnsExact,
    },
  ] as const;
  const groups = schedule.step / 4;
  for (const { array, operand, outer, first, exact } of sides) {
    stage(context, frame, body, tile, { array, operand, outer, first, exact, threads, thread: place.thread });
  }
  body.push({ kind: "barrier" });
  const group = name("group_of_four", u32);
  const inside: Block = [];
  const leftFragments = range(left.along === "depth" ? 1 : 4).flatMap((depth) =>
    range(left.along === "depth" ? tile.rows : tile.rows / 4).map((index) => {
      const across = left.along === "depth" ? tileRows : tileRows / 4;
      const row = left.along === "depth" ? times(place.down, tile.rows) : times(place.down, tile.rows / 4);
      const line = left.along === "depth" ? group : plus(times(group, 4), unsigned(depth));
      const at = plus(plus(times(line, across), row), unsigned(index));
      return defineIn(context, inside, "fragment", element("left_tile", at, type));
    }),
  );
  const rightFragments = range(right.along === "depth" ? 1 : 4).flatMap((depth) =>
    range(tile.columnGroups).flatMap((index) => {
      const column = plus(place.across, unsigned(index * schedule.workgroup[0]));
      if (right.along === "outer") {
        const line = plus(times(group, 4), unsigned(depth));
        return [
          defineIn(context, inside, "fragment", element("right_tile", plus(times(line, tileGroups), column), type)),
        ];
      }
      return range(4).map((one) => {
        const at = plus(times(group, tileGroups * 4), plus(times(column, 4), unsigned(one)));
        return defineIn(context, inside, "fragment", element("right_tile", at, type));
      });
    }),
  );
  multiply(context, inside, tile, leftFragments, rightFragments, sums);
  body.push({
    kind: "for",
    name: "group_of_four",
    from: unsigned(0),
    to: unsigned(groups),
    by: unsigned(1),
    body: inside,
  });
  // Nobody may stage the next depths before all have used these.
  body.push({ kind: "barrier" });
  return [
    { name: "left_tile", type, length: tileRows * groups },
    { name: "right_tile", type, length: tileGroups * 4 * groups },
  ];
}

/** Every thread brings its share of one side's fragments, neighbours what lies side by side in memory. */
function stage(
  context: Context,
  frame: Frame,
  body: Block,
  tile: Tile,
  side: {
    readonly array: string;
    readonly operand: Operand;
    readonly outer: number;
    readonly first: Expr;
    readonly exact: boolean;
    readonly threads: number;
    readonly thread: Expr;
  },
): void {
  const { array, operand, outer, first, exact, threads, thread } = side;
  const { step } = tile.schedule;
  const type = typeOf("f32", 4);
  const count = (outer * step) / 4;
  const name_ = context.mint("part");
  const number = name(name_, u32);
  const inside: Block = [];
  const loop = { parent: frame, block: inside, axes: new Map(), branch: false, values: new Map(), indices: new Map() };
  const byDepth = operand.along === "depth";
  // Along the depth, neighbours take one row's groups; along the outer axis, one depth's groups.
  const across = byDepth ? step / 4 : outer / 4;
  const [slow, fast] = [over(number, across), modulo(number, across)];
  const position = byDepth ? plus(first, slow) : plus(over(first, 4), fast);
  const depth = byDepth ? plus(times(turn, step / 4), fast) : plus(times(turn, step), slow);
  const prepared = prepare(context, loop, operand, position, exact);
  const point = depthPoint(context, inside, operand, depth, tile.depthExact);
  const value = loadFragment(context, inside, operand, prepared, point, operand === tile.left);
  const at = byDepth ? plus(times(fast, outer), slow) : number;
  inside.push({ kind: "assign", target: element(array, at, type), value });
  const [to, by] = [unsigned(count), unsigned(threads)];
  body.push({ kind: "for", name: name_, from: thread, to, by, body: inside });
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
