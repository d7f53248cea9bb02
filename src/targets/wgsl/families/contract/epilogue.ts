/** What becomes of a thread's sums: the rest of the body at each of its points, and the writes. */
import { type Context, type Frame, openFrame, type Vector, withVector } from "../../context.ts";
import { writePlaces } from "../../memory.ts";
import { resultAxis } from "../../nest-dependences.ts";
import { all, binary, element, lane, name, plus, times, typeOf, u32, unsigned } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";
import { elementAt, groupAt } from "./extent.ts";
import type { Corner } from "./place.ts";
import type { Roles } from "./roles.ts";
import type { Tile } from "./tile.ts";

/** Statements that may be written out before the rows become a loop. */
const unrolledStatements = 64;

/** The vector axis under which the epilogue is evaluated. */
export function epilogueVector({ right }: Tile): Vector | null {
  return right.outer.whole ? { axis: right.outer.lastAxis!, lanes: 4 } : null;
}

export function writeTile(
  context: Context,
  frame: Frame,
  roles: Roles,
  tile: Tile,
  corner: Corner,
  sums: readonly Expr[],
): void {
  const { block } = frame;
  const after = context.nest.body.filter(({ id }) => context.dependences[id]!.has(resultAxis)).length;
  if (sums.length * (after + context.nest.writes.length) <= unrolledStatements) {
    for (let row = 0; row < tile.rows; row++) {
      const values = sums.slice(row * tile.columnGroups, (row + 1) * tile.columnGroups);
      writeRow(context, frame, roles, tile, corner, plus(corner.row, unsigned(row)), values);
    }
    return;
  }
  // An array may be indexed by the loop; variables could not be kept in registers if they were one from the start.
  const type = typeOf("f32", 4);
  block.push({ kind: "array", name: "tile", type, length: sums.length });
  for (const [index, value] of sums.entries()) {
    block.push({ kind: "assign", target: element("tile", unsigned(index), type), value });
  }
  const row = name("row", u32);
  const inside: Block = [];
  const values = Array.from({ length: tile.columnGroups }, (_, group) =>
    element("tile", plus(times(row, tile.columnGroups), unsigned(group)), type),
  );
  const rowFrame = openFrame(frame, inside, new Map());
  writeRow(context, rowFrame, roles, tile, corner, plus(corner.row, row), values);
  const [from, to, by] = [unsigned(0), unsigned(tile.rows), unsigned(1)];
  block.push({ kind: "for", name: "row", from, to, by, body: inside });
}

function writeRow(
  context: Context,
  frame: Frame,
  roles: Roles,
  tile: Tile,
  corner: Corner,
  row: Expr,
  values: readonly Expr[],
): void {
  const inside = tile.rowsExact ? all([]) : binary("<", row, unsigned(tile.left.outer.size));
  within(frame.block, inside, (block) => {
    const rowFrame = openFrame(frame, block, elementAt(context, block, tile.left.outer, row));
    for (const [index, value] of values.entries()) {
      const group = plus(corner.group, unsigned(index * corner.stride));
      writeGroup(context, rowFrame, roles, tile, group, value);
    }
  });
}

function writeGroup(context: Context, frame: Frame, roles: Roles, tile: Tile, group: Expr, value: Expr): void {
  const { outer } = tile.right;
  const vector = epilogueVector(tile);
  if (vector !== null) {
    const inside = tile.columnsExact ? all([]) : binary("<", group, unsigned(outer.groups));
    within(frame.block, inside, (block) => {
      writePoint(withVector(context, vector), frame, block, roles, groupAt(context, block, outer, group), value);
    });
    return;
  }
  for (let index = 0; index < 4; index++) {
    const column = plus(times(group, 4), unsigned(index));
    within(frame.block, binary("<", column, unsigned(outer.size)), (block) => {
      writePoint(context, frame, block, roles, elementAt(context, block, outer, column), lane(value, index));
    });
  }
}

function writePoint(
  context: Context,
  frame: Frame,
  block: Block,
  { sum }: Roles,
  axes: ReadonlyMap<number, Expr>,
  value: Expr,
): void {
  const point = openFrame(frame, block, new Map([...axes, [resultAxis, unsigned(0)]]));
  point.values.set(sum, value);
  writePlaces(context, point, context.nest.writes.keys());
}

/** The branch is placed when it is full: what it needs from around it comes first. */
function within(block: Block, condition: Expr, fill: (block: Block) => void): void {
  if (condition.kind === "literal") {
    fill(block);
    return;
  }
  const then: Block = [];
  fill(then);
  block.push({ kind: "if", condition, then, otherwise: [] });
}
