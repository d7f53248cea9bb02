/**
 * Offsets for what lives only within a program. Each value gets a colour (a buffer) that differs from those of all
 * values which share a kernel with it on the other side, and in it the lowest gap that is free for its lifetime.
 * Large values first: they leave the fewest holes.
 */
import type { ValueId } from "../ir/graph/graph.ts";
import type { Region } from "../ir/plan/plan.ts";
import type { Memory } from "./memory.ts";

/** From the kernel that makes it to the last that reads it, both included. */
export type Lifetime = { readonly bytes: number; readonly born: number; readonly last: number };

type Placed = { readonly lifetime: Lifetime; readonly offset: number };

export function colourArenas(
  lifetimes: ReadonlyMap<ValueId, Lifetime>,
  clashes: ReadonlyMap<ValueId, ReadonlySet<ValueId>>,
  memory: Memory,
): ReadonlyMap<ValueId, Region> {
  const colours: Placed[][] = [];
  const tops: number[] = [];
  const colourOf = new Map<ValueId, number>();
  const regions = new Map<ValueId, Region>();
  const order = [...lifetimes].sort(([a, x], [b, y]) => y.bytes - x.bytes || x.born - y.born || a - b);
  for (const [value, lifetime] of order) {
    const taken = new Set([...(clashes.get(value) ?? [])].map((other) => colourOf.get(other)));
    let best: { colour: number; offset: number; growth: number } | null = null;
    for (let colour = 0; colour <= colours.length; colour++) {
      if (taken.has(colour)) continue;
      const offset = lowestGap(colours[colour] ?? [], lifetime, memory);
      if (offset + lifetime.bytes > memory.largestBuffer) continue;
      const growth = Math.max(0, offset + lifetime.bytes - (tops[colour] ?? 0));
      // A new colour only where no other is allowed.
      if (colour === colours.length && best !== null) break;
      if (best === null || growth < best.growth) best = { colour, offset, growth };
    }
    const { colour, offset } = best!;
    colours[colour] = [...(colours[colour] ?? []), { lifetime, offset }];
    tops[colour] = Math.max(tops[colour] ?? 0, offset + lifetime.bytes);
    colourOf.set(value, colour);
    regions.set(value, memory.arena(colour, offset, lifetime.bytes));
  }
  return regions;
}

function lowestGap(placed: readonly Placed[], lifetime: Lifetime, memory: Memory): number {
  const busy = placed
    .filter(({ lifetime: other }) => other.born <= lifetime.last && lifetime.born <= other.last)
    .sort((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const other of busy) {
    if (offset + lifetime.bytes <= other.offset) break;
    offset = Math.max(offset, memory.align(other.offset + other.lifetime.bytes));
  }
  return offset;
}
