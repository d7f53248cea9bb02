/** A plan as text, for dumps and messages of the verifier. */
import { printSize } from "../kernel/print-kernel.ts";
import type { Plan, PlannedProgram, Region, Schedule, Step } from "./plan.ts";

/**
 * ```
 * buffer 0: parameter, 426240 bytes
 * tensor tok.weight at 0@0+17664
 * kernel 3: contract 128x192x64 (interpreted), slots read read read readWrite
 * program evaluate(ids: i32[4,32]) -> (numerator.0: f32[])
 *   upload ids → 4@0+512
 *   dispatch 3: 5@0+32768 0@17664+49152
 * ```
 * A region is `buffer@offset+bytes`.
 */
export function printPlan(plan: Plan): string {
  const lines: string[] = [];
  for (const [i, { role, bytes }] of plan.buffers.entries()) lines.push(`buffer ${i}: ${role}, ${bytes} bytes`);
  for (const { tensor, region } of plan.places) {
    lines.push(`tensor ${plan.tensors.find(({ id }) => id === tensor)?.path} at ${printRegion(region)}`);
  }
  for (const [i, { kernel, schedule, slots }] of plan.kernels.entries()) {
    const access = slots.map((slot) => slot.access).join(" ");
    lines.push(`kernel ${i}: ${kernel.family} ${printSize(kernel)} (${printSchedule(schedule)}), slots ${access}`);
  }
  for (const [name, program] of Object.entries(plan.programs)) lines.push(...printProgram(name, program));
  return lines.join("\n");
}

function printProgram(name: string, { inputs, outputs, steps }: PlannedProgram): readonly string[] {
  const fields = (list: PlannedProgram["inputs"]) =>
    list.map((field) => `${field.name}: ${field.type.dtype}[${field.type.shape}]`).join(", ");
  return [`program ${name}(${fields(inputs)}) -> (${fields(outputs)})`, ...steps.map((step) => `  ${printStep(step)}`)];
}

function printStep(step: Step): string {
  switch (step.kind) {
    case "dispatch":
      return `dispatch ${step.kernel}: ${step.regions.map(printRegion).join(" ")}`;
    case "copy":
      return `copy ${printRegion(step.from)} → ${printRegion(step.to)}`;
    case "upload":
      return `upload ${step.name} → ${printRegion(step.to)}`;
    case "download":
      return `download ${printRegion(step.from)} → ${step.name}`;
    case "collective":
      return `${step.op} ${printRegion(step.from)} → ${printRegion(step.to)}`;
    case "event":
      return `signal ${step.signal}`;
  }
}

function printRegion({ buffer, offset, bytes }: Region): string {
  return `${buffer}@${offset}+${bytes}`;
}

function printSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case "map":
      return `map: workgroups of ${schedule.workgroup}, ${schedule.elements} a thread, vectors of ${schedule.vector}`;
    case "row":
      return `row by ${schedule.by}: workgroups of ${schedule.workgroup}, vectors of ${schedule.vector}`;
    case "contract":
      return (
        `contract, staging ${schedule.staging}: workgroups of ${schedule.workgroup.join("×")}, ` +
        `${schedule.rows}×${schedule.columns} a thread, step ${schedule.step}`
      );
    case "interpreted":
      return "interpreted";
  }
}
