/**
 * Where each value of a program lies. Updated tensors are written in place where nobody needs their old content any
 * more; everything else made on the way lies in arenas, for as long as it is read.
 */
import type { Persistent, PersistentId, ValueId } from "../ir/graph/graph.ts";
import { keyOfMap } from "../ir/kernel/index-expr.ts";
import { dependsOnReduced, type Kernel, type KernelGraph } from "../ir/kernel/kernel.ts";
import type { Region } from "../ir/plan/plan.ts";
import type { TensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { colourArenas, type Lifetime } from "./colour-arenas.ts";
import type { Memory } from "./memory.ts";

export type PlacedProgram = {
  readonly regionOf: (value: ValueId) => Region;
  /** From → to, at the end of the program: updates that could not be made in place. */
  readonly copies: readonly (readonly [Region, Region])[];
};

export function placeProgram(graph: KernelGraph, tensors: readonly Persistent[], memory: Memory): PlacedProgram {
  const regions = new Map<ValueId, Region>();
  const inputs = memory.placeInputs(graph.inputs);
  graph.inputs.forEach(({ value }, i) => {
    regions.set(value, inputs[i]!);
  });
  for (const { id, value } of graph.persistents) regions.set(value, memory.tensor(id));

  const aliases = inPlace(graph, tensors, regions);
  for (const [value, target] of aliases) regions.set(value, memory.tensor(target));

  const made = new Map<ValueId, TensorType>();
  for (const { writes } of graph.kernels) for (const { value, type } of writes) made.set(value, type);
  const inArena = [...made.keys()].filter((value) => !regions.has(value));
  const end = graph.kernels.length;
  const kept = new Set([...graph.outputs, ...graph.updates].map(({ value }) => value));
  const lifetimes = new Map<ValueId, Lifetime>();
  for (const value of inArena) {
    const born = graph.kernels.findIndex(({ writes }) => writes.some((write) => write.value === value));
    const read = graph.kernels.findLastIndex(({ reads }) => reads.some((r) => r.value === value));
    const last = kept.has(value) ? end : Math.max(born, read);
    const type = made.get(value)!;
    const bytes = memory.bytesOf(type, `${type.dtype}[${type.shape.join(", ")}] in ${graph.name}`);
    lifetimes.set(value, { bytes, born, last });
  }
  const through = throughMemory(graph, memory, regions, aliases);
  for (const { key, bytes } of through) lifetimes.set(key, { bytes, born: end, last: end + 1 });
  for (const [value, region] of colourArenas(lifetimes, clashesOf(graph, lifetimes), memory)) {
    regions.set(value, region);
  }

  const regionOf = (value: ValueId): Region => {
    const region = regions.get(value);
    invariant(region !== undefined, `value ${value} of ${graph.name} has no place`);
    return region;
  };
  return { regionOf, copies: copiesOf(graph, memory, aliases, through, regionOf) };
}

/** Updates whose value is written straight over the tensor. */
function inPlace(
  graph: KernelGraph,
  tensors: readonly Persistent[],
  regions: ReadonlyMap<ValueId, Region>,
): ReadonlyMap<ValueId, PersistentId> {
  const aliases = new Map<ValueId, PersistentId>();
  for (const { target, value } of graph.updates) {
    const rooted = tensors[target]!.tiedTo ?? target;
    if (aliases.has(value) || regions.has(value)) continue;
    const old = graph.persistents.find(({ id }) => (tensors[id]!.tiedTo ?? id) === rooted)?.value;
    if (old === undefined || mayOverwrite(graph, old, value)) aliases.set(value, target);
  }
  return aliases;
}

/** Nobody reads `old` once `value` is written, but the writing kernel itself at the very element it writes. */
function mayOverwrite(graph: KernelGraph, old: ValueId, value: ValueId): boolean {
  if ([...graph.outputs, ...graph.updates].some((result) => result.value === old)) return false;
  const writer = graph.kernels.findIndex(({ writes }) => writes.some((write) => write.value === value));
  const kernel = graph.kernels[writer];
  if (kernel === undefined) return false;
  const readsLater = graph.kernels.slice(writer + 1).some(({ reads }) => reads.some((read) => read.value === old));
  return !readsLater && readsAtWrite(kernel, old, value);
}

function readsAtWrite(kernel: Kernel, old: ValueId, value: ValueId): boolean {
  const reads = kernel.reads.filter((read) => read.value === old);
  if (reads.length === 0) return true;
  const write = kernel.writes.find((w) => w.value === value)!;
  if (dependsOnReduced(kernel, write.index)) return false;
  return reads.every(
    ({ index, type }) => keyOfMap(index) === keyOfMap(write.index) && String(type.shape) === String(write.type.shape),
  );
}

/** Pairs of values that one kernel reads and writes: they need different buffers. */
function clashesOf(
  graph: KernelGraph,
  lifetimes: ReadonlyMap<ValueId, Lifetime>,
): ReadonlyMap<ValueId, ReadonlySet<ValueId>> {
  const clashes = new Map<ValueId, Set<ValueId>>();
  const note = (a: ValueId, b: ValueId) => {
    const set = clashes.get(a) ?? new Set();
    clashes.set(a, set.add(b));
  };
  for (const { reads, writes } of graph.kernels) {
    for (const { value: read } of reads) {
      if (!lifetimes.has(read)) continue;
      for (const { value: written } of writes) {
        if (!lifetimes.has(written)) continue;
        note(read, written);
        note(written, read);
      }
    }
  }
  return clashes;
}

type Detour = { readonly key: ValueId; readonly bytes: number; readonly from: ValueId; readonly target: PersistentId };

/**
 * Updates whose new content is another tensor's old one. They go through an arena: that tensor may change too, and one
 * buffer cannot be copied to itself.
 */
function throughMemory(
  graph: KernelGraph,
  memory: Memory,
  regions: ReadonlyMap<ValueId, Region>,
  aliases: ReadonlyMap<ValueId, PersistentId>,
): readonly Detour[] {
  const detours: Detour[] = [];
  const firstFree =
    1 +
    Math.max(
      -1,
      ...graph.kernels.flatMap(({ reads, writes }) => [...reads, ...writes].map((a) => a.value)),
      ...regions.keys(),
    );
  for (const { target, value, type } of graph.updates) {
    if (!regions.has(value) || aliases.get(value) === target) continue;
    const key = (firstFree + detours.length) as ValueId;
    detours.push({ key, bytes: memory.bytesOf(type, `tensor ${target}`), from: value, target });
  }
  return detours;
}

function copiesOf(
  graph: KernelGraph,
  memory: Memory,
  aliases: ReadonlyMap<ValueId, PersistentId>,
  detours: readonly Detour[],
  regionOf: (value: ValueId) => Region,
): readonly (readonly [Region, Region])[] {
  const out: [Region, Region][] = [];
  for (const { from, key } of detours) out.push([regionOf(from), regionOf(key)]);
  for (const { target, value } of graph.updates) {
    if (aliases.get(value) === target) continue;
    const detour = detours.find((d) => d.target === target);
    out.push([regionOf(detour?.key ?? value), memory.tensor(target)]);
  }
  return out;
}
