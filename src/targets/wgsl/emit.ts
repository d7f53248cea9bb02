/** PlannedKernel → WGSL: the family's emission, framed by what every module has. */
import type { PlannedKernel, Schedule } from "../../ir/plan/plan.ts";
import type { Profile } from "../../ir/plan/profile.ts";
import type { KernelCode } from "../../ir/plan/program.ts";
import { InvariantError } from "../../support/invariant.ts";
import type { Emitted } from "./emitted.ts";
import { emitContract } from "./families/contract/contract.ts";
import { emitMap } from "./families/map.ts";
import { emitRow } from "./families/row.ts";
import { hideTripCounts } from "./syntax/hide-trip-counts.ts";
import { printModule } from "./syntax/print.ts";

export function emitKernel(planned: PlannedKernel, name: string, profile: Profile): KernelCode {
  const { context, body, workgroup, workgroups, shared, subgroups } = emitFamily(planned, profile);
  const source = printModule({
    header: headerOf(planned, name),
    enables: [
      ...(context.slots.some(({ scalar }) => scalar === "f16") ? (["f16"] as const) : []),
      ...(subgroups ? (["subgroups"] as const) : []),
    ],
    slots: planned.slots.map(({ access }, slot) => ({
      access: access === "read" ? "read" : "read_write",
      element: context.slots[slot]!,
    })),
    shared,
    helpers: context.helpers.list,
    workgroup,
    body: profile.adapterClass === "lavapipe" ? hideTripCounts(body) : body,
  });
  return { kind: "wgsl", source, entry: "main", workgroups };
}

function emitFamily(planned: PlannedKernel, profile: Profile): Emitted {
  const { schedule } = planned;
  switch (schedule.kind) {
    case "map":
      return emitMap(planned, schedule, profile);
    case "row":
      return emitRow(planned, schedule, profile);
    case "contract":
      return emitContract(planned, schedule, profile);
    case "interpreted":
      throw new InvariantError(`no WGSL for a schedule of kind ${schedule.kind}`);
  }
}

function headerOf({ kernel, schedule }: PlannedKernel, name: string): readonly string[] {
  const reduced = kernel.reduce.length === 0 ? "" : `, reduced over [${kernel.reduce.join(", ")}]`;
  return [
    `${name}: ${kernel.family} over [${kernel.domain.join(", ")}]${reduced}`,
    printSchedule(schedule),
    // A comment ends with its line.
    ...kernel.why.split(/[\n\r\u2028\u2029\u0085\v\f]+/),
  ];
}

function printSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case "map":
      return `schedule: ${schedule.workgroup} threads, ${schedule.elements} elements each, vectors of ${schedule.vector}`;
    case "row":
      return `schedule: a ${schedule.by} a row, workgroups of ${schedule.workgroup}, vectors of ${schedule.vector}`;
    case "contract": {
      const { staging, rows, columns, step, workgroup } = schedule;
      const tile = `${rows} x ${columns} a thread, ${step} deep`;
      return `schedule: staging ${staging}, ${tile}, ${workgroup.join(" x ")} threads`;
    }
    case "interpreted":
      return "schedule: interpreted";
  }
}
