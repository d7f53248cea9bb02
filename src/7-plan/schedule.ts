/** Which schedule a kernel gets: the one that was measured, else the target's prior. */
import type { ValueId } from "../ir/graph/graph.ts";
import type { Kernel } from "../ir/kernel/kernel.ts";
import { spaceOf } from "../ir/kernel/print-kernel.ts";
import type { Schedule } from "../ir/plan/plan.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { ScheduleTable, Target } from "../targets/target.ts";

export function scheduleOf(kernel: Kernel, target: Target, profile: Profile, schedules: ScheduleTable): Schedule {
  return schedules.get(scheduleKey(kernel)) ?? target.prior(kernel, profile);
}

/**
 * The key of a kernel in a schedule table: `contract [96, 384 | 128] 5f1d0c2a9b3e4d77`. Stable across runs and programs:
 * it depends on what the kernel does, not on which tensors it touches.
 */
export function scheduleKey(kernel: Kernel): string {
  const slots = new Map<ValueId, ValueId>();
  const slotOf = (value: ValueId): ValueId => {
    const slot = slots.get(value) ?? (slots.size as ValueId);
    slots.set(value, slot);
    return slot;
  };
  const anonymous: Kernel = {
    ...kernel,
    reads: kernel.reads.map((read) => ({ ...read, value: slotOf(read.value) })),
    writes: kernel.writes.map((write) => ({ ...write, value: slotOf(write.value) })),
  };
  return `${kernel.family} ${spaceOf(kernel)} ${hash(structureOf(anonymous))}`;
}

/** A kernel without its reason, as text: equal texts, equal kernels. */
export function structureOf({ family, domain, reduce, body, reads, writes }: Kernel): string {
  return JSON.stringify({ family, domain, reduce, body, reads, writes }, (_key, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

/** FNV-1a over UTF-16 units, twice with different offsets: 64 bits as hexadecimal digits. */
function hash(text: string): string {
  return [0x811c9dc5, 0x01000193 ^ 0x9e3779b9]
    .map((offset) => fnv(text, offset).toString(16).padStart(8, "0"))
    .join("");
}

function fnv(text: string, offset: number): number {
  let state = offset | 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state >>> 0;
}
