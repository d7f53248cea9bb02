import fc from "fast-check";
import { expect, test } from "vitest";
import { permutation } from "../../../src/data/permutation.ts";

test("holds every number once, and depends on seed and epoch only", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), fc.nat(1000), (count, seed, epoch) => {
      const order = permutation(count, seed, epoch);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(permutation(count, seed, epoch)).toEqual(order);
    }),
  );
});

test("another epoch or seed gives another order", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(1000), (seed, epoch) => {
      const order = permutation(100, seed, epoch);
      expect(permutation(100, seed, epoch + 1)).not.toEqual(order);
      expect(permutation(100, seed + 1, epoch)).not.toEqual(order);
    }),
  );
});

test("every position is equally likely", () => {
  const runs = 6000;
  const counts = new Map<number, number>();
  for (let epoch = 0; epoch < runs; epoch++) {
    const first = permutation(6, 1337, epoch)[0]!;
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - runs / 6) ** 2 / (runs / 6), 0);
  expect(chiSquared).toBeLessThan(20.5); // 0.1 % of fair shuffles exceed this with 5 degrees of freedom
});
