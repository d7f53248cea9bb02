import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bound } from "../../../src/2-check/program.ts";
import { firesAt, limitsOf } from "../../../src/jobs/durations.ts";

const size = { batch: 12, window: 8, windows: 107 };
const span = { file: "program.llm", start: 0, end: 1 };
const after = (value: number, unit: string) => ({ kind: "after", value, unit }) as Bound;

test.each([
  [after(30, "step"), 30],
  [after(3, "epoch"), 27], // ⌈3 · 107 / 12⌉
  [after(1000, "token"), 11], // ⌈1000 / 96⌉
  [after(1000, "sample"), 84],
  [{ kind: "any", bounds: [after(30, "step"), after(1, "epoch"), after(2, "hour")] } as Bound, 9],
])("%j is %d steps", (bound, steps) => {
  expect(limitsOf(bound, size).steps).toBe(steps);
});

test("time and stalled metrics are kept apart from what can be counted", () => {
  const stalled: Bound = { kind: "stalled", metric: "val.loss", patience: 3 };
  expect(limitsOf({ kind: "any", bounds: [after(2, "minute"), stalled] }, size)).toEqual({
    steps: null,
    seconds: 120,
    stalled: [{ metric: "val.loss", patience: 3 }],
  });
});

/** Steps up to `last` at which a duration fires. */
const fired = (duration: Parameters<typeof firesAt>[0], last: number, total: number | null = null) => {
  const fires = firesAt(duration, size, total, span);
  return Array.from({ length: last }, (_, i) => i + 1).filter(fires);
};

test("every n steps fires after n, 2n, …", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (n) => {
      const expected = Array.from({ length: Math.floor(300 / n) }, (_, k) => (k + 1) * n);
      expect(fired({ kind: "count", value: n, unit: "step" }, 300)).toEqual(expected);
    }),
  );
});

test("every epoch fires at the step that completes it, and never drifts", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), (epochs) => {
      const expected = Array.from({ length: 40 }, (_, k) => Math.ceil(((k + 1) * epochs * size.windows) / size.batch));
      expect(fired({ kind: "count", value: epochs, unit: "epoch" }, expected.at(-1)!)).toEqual(expected);
    }),
  );
});

test("a share counts of the run", () => {
  expect(fired({ kind: "share", value: 0.07 }, 100, 100)).toEqual([
    7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98,
  ]);
  expect(() => fired({ kind: "share", value: 0.07 }, 1, null)).toThrow("a share of a run whose length is not counted");
});

test("an interval of time is not supported", () => {
  expect(() => fired({ kind: "count", value: 2, unit: "minute" }, 1)).toThrow("an interval of time is not supported");
});
