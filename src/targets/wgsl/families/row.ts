/**
 * Row: for every domain point one thread, subgroup or workgroup walks the reduced axes, once for each depth of
 * reduction (softmax: the maximum; the sum of exponentials; the quotients), and what is not reduced is computed again
 * in each walk. Lanes take neighbouring elements.
 */
import type { PlannedKernel, Schedule } from "../../../ir/plan/plan.ts";
import type { Profile } from "../../../ir/plan/profile.ts";
import { elementCount } from "../../../ir/types.ts";
import { type Context, createContext, type Frame, openFrame, type Vector } from "../context.ts";
import type { Emitted } from "../emitted.ts";
import { launch } from "../launch.ts";
import { slotTypes, usesOf, writePlaces } from "../memory.ts";
import { type Nest, nestOf } from "../nest.ts";
import { planPasses } from "../passes.ts";
import { pointOf } from "../points.ts";
import { accumulate, combineLanes, openAccumulator } from "../reduction.ts";
import { binary, name, plus, times, u32, unsigned } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";
import { type Combiner, combinerOf } from "./combine.ts";

export type RowSchedule = Extract<Schedule, { readonly kind: "row" }>;

export function emitRow(planned: PlannedKernel, schedule: RowSchedule, profile: Profile): Emitted {
  const nest = nestOf(planned);
  const vector = vectorOf(nest, schedule);
  const context = createContext(nest, vector, slotTypes(planned, nest, usesOf(nest, vector)));
  const rows = elementCount(nest.domain);
  const combiner = combinerOf(schedule, profile);
  const { workgroups, started, index } = launch(Math.ceil(rows / combiner.rows), profile);

  const body: Block = [];
  const row = name("row", u32);
  body.push({ kind: "let", name: "row", value: plus(times(index, combiner.rows), combiner.row) });
  const covered = started * combiner.rows;
  if (covered === rows) {
    body.push(...computeRow(context, combiner, row));
  } else {
    // Every thread of a workgroup has the same row where they meet at barriers, so all leave or all stay.
    const then = computeRow(context, combiner, row);
    body.push({ kind: "if", condition: binary("<", row, unsigned(rows)), then, otherwise: [] });
  }
  return {
    context,
    body,
    workgroup: schedule.workgroup,
    workgroups,
    shared: combiner.shared(),
    subgroups: schedule.by === "subgroup",
  };
}

/** Vectors run along the last reduced axis. */
function vectorOf(nest: Nest, { vector }: RowSchedule): Vector | null {
  const last = nest.reduce.length - 1;
  if (last < 0 || vector === 1 || nest.reduce[last]! % vector !== 0) return null;
  return { axis: nest.domain.length + last, lanes: vector };
}

function computeRow(context: Context, combiner: Combiner, row: Expr): Block {
  const { nest } = context;
  const block: Block = [];
  const axes = nest.domain.map((size, axis) => ({ axis, size }));
  const frame = openFrame(null, block, pointOf(context, block, row, axes, "i"));
  const { passes, last } = planPasses(context);
  for (const { reductions, writes } of passes) {
    const sums = reductions.map((node) => ({ node, ...openAccumulator(context, frame, node) }));
    walk(context, frame, combiner, (inner) => {
      for (const sum of sums) accumulate(context, inner, sum.node, sum.variable);
      writePlaces(context, inner, writes);
    });
    for (const { node, variable } of sums) {
      const lane = combineLanes(context, frame, node, variable);
      frame.values.set(node, combiner.combine(context, frame, node, lane));
    }
  }
  const once: Block = [];
  const final = { ...frame, block: once };
  writePlaces(context, final, last);
  block.push(...combiner.once(once));
  return block;
}

/** The loops over the reduced axes, around what `inside` emits. */
function walk(context: Context, frame: Frame, combiner: Combiner, inside: (inner: Frame) => void): void {
  const { nest, vector } = context;
  const axes = nest.reduce.map((size, index) => {
    const axis = nest.domain.length + index;
    return { axis, size: axis === vector?.axis ? size / vector.lanes : size };
  });
  if (combiner.lanes > 1) {
    const number = context.mint("r");
    const body: Block = [];
    const total = elementCount(axes.map(({ size }) => size));
    const point = pointOf(context, body, name(number, u32), axes, "r");
    inside(openFrame(frame, body, point));
    const by = unsigned(combiner.lanes);
    frame.block.push({ kind: "for", name: number, from: combiner.lane, to: unsigned(total), by, body });
    return;
  }
  nestLoops(context, frame, axes, inside);
}

function nestLoops(
  context: Context,
  frame: Frame,
  axes: readonly { readonly axis: number; readonly size: number }[],
  inside: (inner: Frame) => void,
): void {
  const [first, ...others] = axes;
  if (first === undefined) {
    inside(frame);
    return;
  }
  const number = context.mint(`r${first.axis}`);
  const body: Block = [];
  nestLoops(context, openFrame(frame, body, new Map([[first.axis, name(number, u32)]])), others, inside);
  const [from, to, by] = [unsigned(0), unsigned(first.size), unsigned(1)];
  frame.block.push({ kind: "for", name: number, from, to, by, body });
}
