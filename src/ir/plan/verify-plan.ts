/**
 * What holds of every plan, numbered.
 *
 * - P1  a region lies inside its buffer; its offset is a multiple of the alignment, its size of 4 bytes
 * - P2  no buffer is larger than the adapter allows, no binding either, and no kernel binds more tensors
 * - P3  persistent tensors do not overlap, but for tied ones, which lie at one place; each is large enough
 * - P4  a dispatch gives each slot of its kernel a region that holds what the kernel touches there
 * - P5  a dispatch does not write a region that overlaps another of its regions, and binds no buffer in two ways
 * - P6  what a dispatch, copy or download reads was written before in the program, or is a persistent tensor: nothing
 *       else has been put there in between, all of it and no more than it
 * - P7  uploads and downloads are the program's inputs and outputs, each once, and large enough
 */
import { InvariantError } from "../../support/invariant.ts";
import type { PersistentId } from "../graph/graph.ts";
import { bytesPerElement, denseBytes } from "../types.ts";
import type { Plan, PlannedProgram, Region } from "./plan.ts";
import type { Profile } from "./profile.ts";

export type PlanConstraint = "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "P7";
export type PlanViolation = { readonly constraint: PlanConstraint; readonly message: string };

/** Fails, naming the constraint, where something does not hold. */
export function verifyPlan(plan: Plan, profile: Profile): void {
  const found = planViolations(plan, profile);
  if (found.length === 0) return;
  const lines = found.slice(0, 5).map(({ constraint, message }) => `${constraint}: ${message}`);
  throw new InvariantError(["after plan, the plan is broken:", ...lines].join("\n"));
}

export function planViolations(plan: Plan, profile: Profile): readonly PlanViolation[] {
  return [
    ...bufferViolations(plan, profile),
    ...tensorViolations(plan),
    ...Object.entries(plan.programs).flatMap(([name, program]) => [
      ...program.steps.flatMap((_, position) => stepViolations(plan, profile, name, program, position)),
      ...dataflowViolations(plan, name, program),
      ...boundaryViolations(name, program),
    ]),
  ];
}

function bufferViolations(plan: Plan, { limits }: Profile): readonly PlanViolation[] {
  const found: PlanViolation[] = [];
  for (const [position, { bytes }] of plan.buffers.entries()) {
    if (bytes > limits.maxBufferSize)
      found.push({ constraint: "P2", message: `buffer ${position} has ${bytes} bytes` });
  }
  for (const [position, { slots }] of plan.kernels.entries()) {
    if (slots.length > limits.maxStorageBuffersPerShaderStage) {
      found.push({ constraint: "P2", message: `kernel ${position} binds ${slots.length} tensors` });
    }
  }
  return found;
}

function tensorViolations(plan: Plan): readonly PlanViolation[] {
  const found: PlanViolation[] = [];
  const regionOf = (id: PersistentId) => plan.places.find(({ tensor }) => tensor === id)?.region;
  const roots = plan.tensors.filter(({ tiedTo }) => tiedTo === undefined);
  for (const { id, path, type, tiedTo } of plan.tensors) {
    const region = regionOf(id);
    if (region === undefined || region.bytes < denseBytes(type))
      found.push({ constraint: "P3", message: `${path} has no room` });
    if (tiedTo !== undefined && !isSame(region, regionOf(tiedTo)))
      found.push({ constraint: "P3", message: `${path} lies apart` });
  }
  const regions = roots.flatMap(({ id, path }) => {
    const region = regionOf(id);
    return region === undefined ? [] : [{ region, path }];
  });
  regions.sort((a, b) => a.region.buffer - b.region.buffer || a.region.offset - b.region.offset);
  for (let i = 1; i < regions.length; i++) {
    if (overlaps(regions[i - 1]!.region, regions[i]!.region)) {
      found.push({ constraint: "P3", message: `${regions[i - 1]!.path} and ${regions[i]!.path} overlap` });
    }
  }
  return found;
}

function stepViolations(
  plan: Plan,
  { limits }: Profile,
  name: string,
  program: PlannedProgram,
  position: number,
): readonly PlanViolation[] {
  const found: PlanViolation[] = [];
  const report = (constraint: PlanConstraint, what: string): void => {
    found.push({ constraint, message: `${name}, step ${position}: ${what}` });
  };
  const step = program.steps[position]!;
  const regions = step.kind === "dispatch" ? step.regions : touchedBy(step);
  for (const { buffer, offset, bytes } of regions) {
    const size = plan.buffers[buffer]?.bytes ?? -1;
    const inside = offset >= 0 && bytes > 0 && offset + bytes <= size;
    if (!inside || offset % limits.minStorageBufferOffsetAlignment !== 0 || bytes % 4 !== 0) {
      report("P1", `region ${offset} + ${bytes} of buffer ${buffer}`);
    }
  }
  if (step.kind !== "dispatch") return found;

  const planned = plan.kernels[step.kernel];
  if (planned === undefined || planned.slots.length !== step.regions.length) {
    report("P4", `kernel ${step.kernel} has other slots`);
    return found;
  }
  const accesses = [
    ...planned.reads.map((access, i) => ({ ...access, type: planned.kernel.reads[i]!.type, writes: false })),
    ...planned.writes.map((access, i) => ({ ...access, type: planned.kernel.writes[i]!.type, writes: true })),
  ];
  for (const { slot, offset, type, writes } of accesses) {
    const region = step.regions[slot];
    const end = offset * bytesPerElement[type.dtype] + denseBytes(type);
    if (region === undefined || end > region.bytes) report("P4", `slot ${slot} is too small for [${type.shape}]`);
    if (writes && planned.slots[slot]?.access !== "readWrite") report("P4", `slot ${slot} is written`);
  }
  for (const [i, a] of step.regions.entries()) {
    if (a.bytes > limits.maxStorageBufferBindingSize) report("P2", `slot ${i} binds ${a.bytes} bytes`);
    for (const [j, b] of step.regions.entries()) {
      if (i === j || planned.slots[i]!.access !== "readWrite") continue;
      if (overlaps(a, b)) report("P5", `slots ${i} and ${j} overlap`);
      else if (a.buffer === b.buffer && planned.slots[j]!.access === "read") {
        report("P5", `buffer ${a.buffer} is read by slot ${j} and written by slot ${i}`);
      }
    }
  }
  return found;
}

/**
 * Follows who wrote what: every write is one whole value; a read must find exactly one value that no later write has
 * touched.
 */
function dataflowViolations(plan: Plan, name: string, program: PlannedProgram): readonly PlanViolation[] {
  const found: PlanViolation[] = [];
  let present: readonly Region[] = plan.places.map(({ region }) => region);
  const put = (region: Region): void => {
    present = [...present.filter((other) => !overlaps(other, region)), region];
  };
  for (const [position, step] of program.steps.entries()) {
    const { reads, writes } = effectsOf(plan, step);
    for (const region of reads) {
      const there = present.some(
        (other) => other.buffer === region.buffer && other.offset === region.offset && other.bytes >= region.bytes,
      );
      if (!there) {
        found.push({
          constraint: "P6",
          message: `${name}, step ${position}: nothing whole lies at ${region.offset} of buffer ${region.buffer}`,
        });
      }
    }
    for (const region of writes) put(region);
  }
  return found;
}

type Effects = { readonly reads: readonly Region[]; readonly writes: readonly Region[] };

function effectsOf(plan: Plan, step: PlannedProgram["steps"][number]): Effects {
  switch (step.kind) {
    case "dispatch": {
      const planned = plan.kernels[step.kernel];
      const at = (slots: readonly { readonly slot: number }[]) =>
        slots.flatMap(({ slot }) => (step.regions[slot] === undefined ? [] : [step.regions[slot]]));
      return { reads: at(planned?.reads ?? []), writes: at(planned?.writes ?? []) };
    }
    case "copy":
    case "collective":
      return { reads: [step.from], writes: [step.to] };
    case "upload":
      return { reads: [], writes: [step.to] };
    case "download":
      return { reads: [step.from], writes: [] };
    case "event":
      return { reads: [], writes: [] };
  }
}

function touchedBy(step: PlannedProgram["steps"][number]): readonly Region[] {
  switch (step.kind) {
    case "dispatch":
      return step.regions;
    case "copy":
    case "collective":
      return [step.from, step.to];
    case "upload":
      return [step.to];
    case "download":
      return [step.from];
    case "event":
      return [];
  }
}

function boundaryViolations(name: string, program: PlannedProgram): readonly PlanViolation[] {
  const found: PlanViolation[] = [];
  const check = (kind: "upload" | "download", declared: PlannedProgram["inputs"]): void => {
    const steps = program.steps.flatMap((step) => (step.kind === kind ? [step] : []));
    for (const { name: field, type } of declared) {
      const mine = steps.filter((step) => step.name === field);
      const region = mine[0]?.kind === "upload" ? mine[0].to : mine[0]?.from;
      if (mine.length !== 1 || region === undefined || region.bytes < denseBytes(type)) {
        found.push({ constraint: "P7", message: `${name}: ${kind} of ${field}` });
      }
    }
    if (steps.length !== declared.length)
      found.push({ constraint: "P7", message: `${name}: an ${kind} nobody declared` });
  };
  check("upload", program.inputs);
  check("download", program.outputs);
  return found;
}

function isSame(a: Region | undefined, b: Region | undefined): boolean {
  return a !== undefined && b !== undefined && a.buffer === b.buffer && a.offset === b.offset;
}

export function overlaps(a: Region, b: Region): boolean {
  return a.buffer === b.buffer && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}
