/**
 * Map: every thread computes `elements` points of the domain, `vector` of them side by side along the last axis.
 * Neighbouring threads take neighbouring groups, and a thread's next group lies a workgroup further.
 */
import type { PlannedKernel, Schedule } from "../../../ir/plan/plan.ts";
import type { Profile } from "../../../ir/plan/profile.ts";
import { elementCount } from "../../../ir/types.ts";
import { createContext, openFrame, type Vector } from "../context.ts";
import type { Emitted } from "../emitted.ts";
import { launch } from "../launch.ts";
import { slotTypes, usesOf, writePlaces } from "../memory.ts";
import { nestOf } from "../nest.ts";
import { pointOf } from "../points.ts";
import { binary, name, plus, times, u32, unsigned } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";

export type MapSchedule = Extract<Schedule, { readonly kind: "map" }>;

export function emitMap(planned: PlannedKernel, schedule: MapSchedule, profile: Profile): Emitted {
  const nest = nestOf(planned);
  const last = nest.domain.length - 1;
  const fits = last >= 0 && nest.domain[last]! % schedule.vector === 0 && schedule.vector > 1;
  const vector: Vector | null = fits ? { axis: last, lanes: schedule.vector } : null;
  const lanes = vector?.lanes ?? 1;
  const context = createContext(nest, vector, slotTypes(planned, nest, usesOf(nest, vector)));

  const groups = elementCount(nest.domain) / lanes;
  const turns = Math.max(1, Math.min(schedule.elements / lanes, Math.ceil(groups / schedule.workgroup)));
  const { workgroups, started, index } = launch(Math.ceil(groups / turns / schedule.workgroup), profile);
  const body: Block = [];
  const group = name("point", u32);
  if (turns === 1) {
    body.push(definition(plus(times(index, schedule.workgroup), name("thread", u32))));
    body.push(...inBounds(started * schedule.workgroup));
  } else {
    const turn = name("turn", u32);
    const place = plus(times(plus(times(index, turns), turn), schedule.workgroup), name("thread", u32));
    const inside = [definition(place), ...inBounds(started * turns * schedule.workgroup)];
    body.push({ kind: "for", name: "turn", from: unsigned(0), to: unsigned(turns), by: unsigned(1), body: inside });
  }
  return { context, body, workgroup: schedule.workgroup, workgroups, shared: [], subgroups: false };

  function definition(value: Expr): Block[number] {
    return { kind: "let", name: "point", value };
  }

  function inBounds(covered: number): Block {
    if (covered === groups) return writeAll();
    return [{ kind: "if", condition: binary("<", group, unsigned(groups)), then: writeAll(), otherwise: [] }];
  }

  function writeAll(): Block {
    const block: Block = [];
    const axes = nest.domain.map((size, axis) => ({ axis, size: axis === vector?.axis ? size / lanes : size }));
    const frame = openFrame(null, block, pointOf(context, block, group, axes, "i"));
    writePlaces(context, frame, nest.writes.keys());
    return block;
  }
}
