import fc from "fast-check";
import { expect, test } from "vitest";
import { dataFields } from "../../../src/data/batch-inputs.ts";
import { cutWindows, splitTokens, windowAt } from "../../../src/data/windows.ts";

const tokens = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

test("windows follow one another; with overlap 1 every token but the first is predicted once", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 20 }), (count, window) => {
      const windows = cutWindows(tokens(count), window, 1);
      const predicted = Array.from({ length: windows.count }, (_, i) => [...windowAt(windows, i).subarray(1)]).flat();
      expect(predicted).toEqual(Array.from({ length: windows.count * window }, (_, i) => i + 1));
      expect(count - 1 - predicted.length).toBeLessThan(window);
    }),
  );
});

test("without overlap no token is in two windows", () => {
  const windows = cutWindows(tokens(100), 32, 0);
  expect(windows.count).toBe(3);
  expect([...windowAt(windows, 2)]).toEqual(Array.from({ length: 32 }, (_, i) => 64 + i));
});

test("a text shorter than a window has none", () => {
  expect(cutWindows(tokens(31), 32, 0).count).toBe(0);
  expect(cutWindows(tokens(32), 32, 1).count).toBe(0);
  expect(cutWindows(tokens(0), 32, 1).count).toBe(0);
});

test("splits end at floor(fraction · n) and hold every token once", () => {
  const parts = splitTokens(
    tokens(24001),
    new Map([
      ["train", 0.9],
      ["val", 0.1],
    ]),
  );
  expect(parts.get("train")).toHaveLength(21600);
  expect(parts.get("val")).toHaveLength(2401);
  expect(parts.get("val")![0]).toBe(21600);
});

test("fractions that do not add up exactly in doubles are cut where they should be", () => {
  const parts = splitTokens(
    tokens(10),
    new Map([
      ["a", 0.7],
      ["b", 0.1],
      ["c", 0.2],
    ]),
  );
  expect([...parts.values()].map((part) => part.length)).toEqual([7, 1, 2]);
});

test("a fraction just below a whole token is not rounded up", () => {
  const parts = splitTokens(
    tokens(9_999_999),
    new Map([
      ["train", 0.995],
      ["val", 0.005],
    ]),
  );
  expect(parts.get("train")).toHaveLength(9_949_999); // 9,949,999.005
});

test("padding rows carry token 0 and no weight", () => {
  const { ids, mask } = dataFields(cutWindows(Int32Array.of(5, 6, 7, 8), 2, 0), [1], 3);
  expect([...ids]).toEqual([7, 8, 0, 0, 0, 0]);
  expect([...mask]).toEqual([1, 1, 0, 0, 0, 0]);
});
