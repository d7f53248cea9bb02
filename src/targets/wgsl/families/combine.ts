/** Who computes a row, and how what its lanes have found becomes one value that all of them know. */
import type { NodeId } from "../../../ir/kernel/kernel.ts";
import type { Profile } from "../../../ir/plan/profile.ts";
import { invariant } from "../../../support/invariant.ts";
import { type Context, defineIn, type Frame } from "../context.ts";
import { scalarOf } from "../evaluate.ts";
import { combine, reductionOf } from "../reduction.ts";
import { binary, call, element, modulo, name, over, plus, typeOf, u32, unsigned } from "../syntax/build.ts";
import type { Block, Expr, SharedArray } from "../syntax/tree.ts";
import type { RowSchedule } from "./row.ts";

export type Combiner = {
  /** Rows of a workgroup, and which of them is this thread's. */
  readonly rows: number;
  readonly row: Expr;
  /** Threads of a row, and which of them this is. */
  readonly lanes: number;
  readonly lane: Expr;
  readonly combine: (context: Context, frame: Frame, node: NodeId, partial: Expr) => Expr;
  /** A block that one thread of the row runs. */
  readonly once: (block: Block) => Block;
  readonly shared: () => readonly SharedArray[];
};

const thread = name("thread", u32);

export function combinerOf(schedule: RowSchedule, profile: Profile): Combiner {
  switch (schedule.by) {
    case "thread":
      return byThread(schedule.workgroup);
    case "subgroup":
      return bySubgroup(schedule.workgroup, profile);
    case "workgroup":
      return byWorkgroup(schedule.workgroup);
  }
}

function byThread(workgroup: number): Combiner {
  return {
    rows: workgroup,
    row: thread,
    lanes: 1,
    lane: unsigned(0),
    combine: (_context, _frame, _node, partial) => partial,
    once: (block) => block,
    shared: () => [],
  };
}

/** Only where an adapter has one size of subgroup: threads are numbered through the subgroups of a workgroup. */
function bySubgroup(workgroup: number, { subgroup }: Profile): Combiner {
  const lanes = subgroup.min;
  invariant(subgroup.min === subgroup.max && workgroup % lanes === 0, "rows by subgroup need one size of subgroup");
  const lane = workgroup === lanes ? thread : modulo(thread, lanes);
  return {
    rows: workgroup / lanes,
    row: workgroup === lanes ? unsigned(0) : over(thread, lanes),
    lanes,
    lane,
    combine: (context, frame, node, partial) => {
      const { fn } = reductionOf(context, node);
      const operation = { sum: "subgroupAdd", max: "subgroupMax", min: "subgroupMin" }[fn];
      return defineIn(context, frame.block, fn, call(operation, [partial]));
    },
    once: (block) => firstOnly(lane, block),
    shared: () => [],
  };
}

/** A tree in workgroup memory: each round the lower half adds the upper one's. */
function byWorkgroup(workgroup: number): Combiner {
  invariant(Number.isInteger(Math.log2(workgroup)), `a tree of ${workgroup} threads`);
  const arrays = new Map<string, SharedArray>();
  return {
    rows: 1,
    row: unsigned(0),
    lanes: workgroup,
    lane: thread,
    combine: (context, frame, node, partial) => {
      const { fn } = reductionOf(context, node);
      const type = typeOf(scalarOf(context.nest.body[node]!.dtype), 1);
      const array = `tree_${type.scalar}`;
      arrays.set(array, { name: array, type, length: workgroup });
      const at = (index: Expr) => element(array, index, type);
      frame.block.push({ kind: "assign", target: at(thread), value: partial }, { kind: "barrier" });
      for (let size = workgroup / 2; size >= 1; size /= 2) {
        const sum = combine(fn, at(thread), at(plus(thread, unsigned(size))));
        const condition = binary("<", thread, unsigned(size));
        const then: Block = [{ kind: "assign", target: at(thread), value: sum }];
        frame.block.push({ kind: "if", condition, then, otherwise: [] }, { kind: "barrier" });
      }
      const result = defineIn(context, frame.block, fn, at(unsigned(0)));
      // The tree is used again: nobody may write before all have read.
      frame.block.push({ kind: "barrier" });
      return result;
    },
    once: (block) => firstOnly(thread, block),
    shared: () => [...arrays.values()],
  };
}

function firstOnly(lane: Expr, block: Block): Block {
  if (block.length === 0) return [];
  return [{ kind: "if", condition: binary("==", lane, unsigned(0)), then: block, otherwise: [] }];
}
