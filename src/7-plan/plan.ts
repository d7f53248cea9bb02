/**
 * Planning: KernelGraph → Plan. Needs kernels in the order in which they run; gives every tensor a place, every kernel
 * a schedule and every program its steps.
 */
import type { ProgramName } from "../ir/graph/graph.ts";
import type { Kernel, KernelGraph } from "../ir/kernel/kernel.ts";
import type { KernelBundle } from "../ir/kernel/kernel-bundle.ts";
import type { Plan, PlannedKernel, PlannedProgram, Step } from "../ir/plan/plan.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { ScheduleTable, Target } from "../targets/target.ts";
import { bindKernel } from "./bind-kernel.ts";
import { Memory } from "./memory.ts";
import { placeProgram } from "./place-program.ts";
import { scheduleOf } from "./schedule.ts";

export function plan(bundle: KernelBundle, target: Target, profile: Profile, schedules: ScheduleTable): Plan {
  const memory = new Memory(profile.limits);
  const places = memory.placeTensors(bundle.tensors);
  const kernels = new KernelTable(target, profile, schedules);
  const programs: Partial<Record<ProgramName, PlannedProgram>> = {};
  for (const [name, graph] of Object.entries(bundle.programs) as [ProgramName, KernelGraph][]) {
    programs[name] = planProgram(graph, bundle, memory, kernels);
  }
  return {
    buffers: memory.buffers(),
    tensors: bundle.tensors,
    places: places.map((region, tensor) => ({ tensor: bundle.tensors[tensor]!.id, region })),
    kernels: kernels.planned,
    programs,
    terms: bundle.terms,
    microSteps: bundle.microSteps,
  };
}

function planProgram(graph: KernelGraph, bundle: KernelBundle, memory: Memory, kernels: KernelTable): PlannedProgram {
  const placed = placeProgram(graph, bundle.tensors, memory);
  const steps: Step[] = [];
  for (const { name, value } of graph.inputs) steps.push({ kind: "upload", name, to: placed.regionOf(value) });
  for (const kernel of graph.kernels) {
    const { regions, ...bound } = bindKernel(kernel, placed.regionOf);
    steps.push({ kind: "dispatch", kernel: kernels.add(bound), regions });
  }
  // Outputs first: they may show what a tensor held before it is replaced.
  for (const { name, value } of graph.outputs) {
    steps.push({ kind: "download", name, from: placed.regionOf(value) });
  }
  for (const [from, to] of placed.copies) steps.push({ kind: "copy", from, to });
  return {
    steps,
    inputs: graph.inputs.map(({ name, type }) => ({ name, type })),
    outputs: graph.outputs.map(({ name, type }) => ({ name, type })),
  };
}

type Bound = Omit<PlannedKernel, "schedule"> & { readonly key: string };

/** Kernels that are equal but for the tensors they touch are one: those of all layers, for example. */
class KernelTable {
  readonly planned: PlannedKernel[] = [];
  readonly #positions = new Map<string, number>();
  readonly #schedule: (kernel: Kernel) => PlannedKernel["schedule"];

  constructor(target: Target, profile: Profile, schedules: ScheduleTable) {
    this.#schedule = (kernel) => scheduleOf(kernel, target, profile, schedules);
  }

  add({ key, ...bound }: Bound): number {
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    const position = this.planned.push({ ...bound, schedule: this.#schedule(bound.kernel) }) - 1;
    this.#positions.set(key, position);
    return position;
  }
}
