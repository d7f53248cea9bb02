/** A kernel apart from its tensors: each distinct region is a slot, and values are numbered by slot. */
import type { ValueId } from "../ir/graph/graph.ts";
import type { Kernel } from "../ir/kernel/kernel.ts";
import type { Access, Region, Slot } from "../ir/plan/plan.ts";
import { structureOf } from "./schedule.ts";

export type BoundKernel = {
  /** Equal keys: the same code serves both. */
  readonly key: string;
  readonly kernel: Kernel;
  readonly slots: readonly Slot[];
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
  readonly regions: readonly Region[];
};

export function bindKernel(kernel: Kernel, regionOf: (value: ValueId) => Region): BoundKernel {
  const regions: Region[] = [];
  const slotOf = (value: ValueId): number => {
    const region = regionOf(value);
    const known = regions.findIndex((other) => other.buffer === region.buffer && other.offset === region.offset);
    return known >= 0 ? known : regions.push(region) - 1;
  };
  const reads = kernel.reads.map(({ value }): Access => ({ slot: slotOf(value), offset: 0 }));
  const writes = kernel.writes.map(({ value }): Access => ({ slot: slotOf(value), offset: 0 }));
  // A buffer has one usage in a dispatch: where one of its tensors is written, the others are bound like it.
  const written = new Set(writes.map(({ slot }) => regions[slot]!.buffer));
  const slots = regions.map(({ buffer }): Slot => ({ access: written.has(buffer) ? "readWrite" : "read" }));
  const renamed: Kernel = {
    ...kernel,
    reads: kernel.reads.map((read, i) => ({ ...read, value: reads[i]!.slot as ValueId })),
    writes: kernel.writes.map((write, i) => ({ ...write, value: writes[i]!.slot as ValueId })),
  };
  const key = `${structureOf(renamed)} ${slots.map(({ access }) => access)}`;
  return { key, kernel: renamed, slots, reads, writes, regions };
}
