/**
 * Which windows a training step sees. Each epoch is a fresh permutation by (seed, epoch); a batch may span epochs, so
 * nothing is dropped. A pure function of (seed, position): going on from a stored position is exact.
 */
import { permutation } from "./permutation.ts";

/** The next window is number `index` of the permutation of `epoch`; index < windows. */
export type Position = { readonly epoch: number; readonly index: number };

export type Batches = {
  /** Window numbers of the next `batch` sequences from `position`, and the position after them. */
  readonly take: (
    position: Position,
    batch: number,
  ) => { readonly windows: readonly number[]; readonly next: Position };
};

export const start: Position = { epoch: 0, index: 0 };

/** `shuffle` "none" keeps the file's order. `windows` is at least 1. */
export function batches(windows: number, shuffle: "epoch" | "none", seed: number): Batches {
  let cached: { readonly epoch: number; readonly order: Uint32Array } | null = null;
  const orderOf = (epoch: number): Uint32Array => {
    if (cached?.epoch !== epoch) cached = { epoch, order: permutation(windows, seed, epoch) };
    return cached.order;
  };
  const windowAt = ({ epoch, index }: Position): number => (shuffle === "none" ? index : orderOf(epoch)[index]!);
  return {
    take: (position, batch) => {
      const taken: number[] = [];
      let next = position;
      while (taken.length < batch) {
        taken.push(windowAt(next));
        next = next.index + 1 < windows ? { ...next, index: next.index + 1 } : { epoch: next.epoch + 1, index: 0 };
      }
      return { windows: taken, next };
    },
  };
}

/** The position after `sequences` sequences from the start. */
export function positionAfter(sequences: number, windows: number): Position {
  return { epoch: Math.floor(sequences / windows), index: sequences % windows };
}
