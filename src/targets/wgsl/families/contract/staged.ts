/** Staging in workgroup memory: `step` depths of both sides are brought by all threads, then each multiplies its part. */
import { type Context, defineIn, type Frame, openFrame } from "../../context.ts";
import { element, modulo, name, over, plus, times, typeOf, u32, unsigned } from "../../syntax/build.ts";
import type { Block, Expr, SharedArray } from "../../syntax/tree.ts";
import { depthPoint, loadFragment, type Operand, prepare } from "./operand.ts";
import type { Place } from "./place.ts";
import { multiply } from "./product.ts";
import { range } from "./range.ts";
import { type Tile, turn } from "./tile.ts";

export function staged(
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
  const part = context.mint("part");
  const number = name(part, u32);
  const inside: Block = [];
  const loop = openFrame(frame, inside, new Map());
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
  body.push({ kind: "for", name: part, from: thread, to, by, body: inside });
}
