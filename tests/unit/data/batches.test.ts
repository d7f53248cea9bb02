import fc from "fast-check";
import { expect, test } from "vitest";
import { batches, positionAfter, start } from "../../../src/data/batches.ts";

const sizes = { windows: fc.integer({ min: 1, max: 40 }), batch: fc.integer({ min: 1, max: 60 }), seed: fc.nat() };

test("each epoch uses every window once, however batches cut it", () => {
  fc.assert(
    fc.property(fc.record(sizes), ({ windows, batch, seed }) => {
      const sampler = batches(windows, "epoch", seed);
      const seen: number[] = [];
      let position = start;
      while (seen.length < 3 * windows) {
        const { windows: taken, next } = sampler.take(position, batch);
        expect(taken).toHaveLength(batch);
        seen.push(...taken);
        position = next;
      }
      for (let epoch = 0; epoch < 3; epoch++) {
        const part = seen.slice(epoch * windows, (epoch + 1) * windows);
        expect(part.sort((a, b) => a - b)).toEqual(Array.from({ length: windows }, (_, i) => i));
      }
    }),
  );
});

test("going on from a stored position gives the same batches as never having stopped", () => {
  fc.assert(
    fc.property(fc.record(sizes), fc.integer({ min: 0, max: 9 }), ({ windows, batch, seed }, stop) => {
      const whole = batches(windows, "epoch", seed);
      let position = start;
      for (let step = 0; step < stop; step++) position = whole.take(position, batch).next;
      expect(position).toEqual(positionAfter(stop * batch, windows));
      const resumed = batches(windows, "epoch", seed);
      expect(resumed.take(position, batch)).toEqual(whole.take(position, batch));
    }),
  );
});

test("without shuffling windows come in the file's order", () => {
  const sampler = batches(5, "none", 7);
  expect(sampler.take({ epoch: 0, index: 3 }, 4).windows).toEqual([3, 4, 0, 1]);
});
