/** The numbers of a contraction's tiling, from its extents and its schedule. */
import type { Schedule } from "../../../../ir/plan/plan.ts";
import { name, u32 } from "../../syntax/build.ts";
import type { Operand } from "./operand.ts";

export type ContractSchedule = Extract<Schedule, { readonly kind: "contract" }>;

/** Counts the turns of the loop over depth. */
export const turn = name("turn", u32);

export type Tile = {
  readonly schedule: ContractSchedule;
  readonly left: Operand;
  readonly right: Operand;
  /** Of a thread. */
  readonly rows: number;
  readonly columnGroups: number;
  /** Of a workgroup. */
  readonly tileRows: number;
  readonly tileGroups: number;
  /** Tiles down and across. */
  readonly down: number;
  readonly across: number;
  /** Does every tile lie inside? */
  readonly rowsExact: boolean;
  readonly columnsExact: boolean;
  /** Turns of the loop over depth, `schedule.step` elements each. */
  readonly turns: number;
  readonly depthExact: boolean;
};

export function tileOf(schedule: ContractSchedule, left: Operand, right: Operand): Tile {
  const [across, down] = schedule.workgroup;
  const tileRows = schedule.rows * down;
  const columnGroups = schedule.columns / 4;
  const tileGroups = columnGroups * across;
  return {
    schedule,
    left,
    right,
    rows: schedule.rows,
    columnGroups,
    tileRows,
    tileGroups,
    down: Math.ceil(left.outer.size / tileRows),
    across: Math.ceil(right.outer.groups / tileGroups),
    rowsExact: left.outer.size % tileRows === 0,
    columnsExact: right.outer.groups % tileGroups === 0 && right.outer.size % 4 === 0,
    turns: Math.ceil(left.depth.size / schedule.step),
    depthExact: left.depth.size % schedule.step === 0,
  };
}
