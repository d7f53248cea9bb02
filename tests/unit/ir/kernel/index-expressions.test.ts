/** Index expressions: simplifying keeps every value, chains of reshapes end affine, conditions keep where they hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Condition, normalCondition } from "../../../../src/ir/kernel/conditions.ts";
import { asAffine, axisIndex, constantIndex, intervalOf, type Ranges } from "../../../../src/ir/kernel/index-expr.ts";
import { delinearize, linearize } from "../../../../src/ir/kernel/index-maps.ts";
import type { IndexExpr } from "../../../../src/ir/kernel/kernel.ts";
import { simplify } from "../../../../src/ir/kernel/normal-form.ts";
import { printIndex } from "../../../../src/ir/kernel/print-kernel.ts";

const sizes = [3, 4, 6];
const ranges: Ranges = { axes: sizes };
const points = sizes.reduce<number[][]>(
  (all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])),
  [[]],
);

function valueAt(expr: IndexExpr, point: readonly number[]): number {
  switch (expr.kind) {
    case "constant":
      return expr.value;
    case "axis":
      return point[expr.axis]!;
    case "add":
      return valueAt(expr.left, point) + valueAt(expr.right, point);
    case "mul":
      return valueAt(expr.of, point) * expr.by;
    case "div":
      return Math.floor(valueAt(expr.of, point) / expr.by);
    case "mod":
      return valueAt(expr.of, point) - expr.by * Math.floor(valueAt(expr.of, point) / expr.by);
    case "node":
      throw new Error("no nodes here");
  }
}

const { expr: expressions } = fc.letrec<{ expr: IndexExpr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 6, depthIdentifier: "expr" },
    fc.integer({ min: -8, max: 30 }).map(constantIndex),
    fc.nat(2).map(axisIndex),
    fc.record({ kind: fc.constant("add" as const), left: tie("expr"), right: tie("expr") }),
    fc.record({ kind: fc.constant("mul" as const), of: tie("expr"), by: fc.integer({ min: -3, max: 12 }) }),
    fc.record({
      kind: fc.constantFrom("div" as const, "mod" as const),
      of: tie("expr"),
      by: fc.integer({ min: 1, max: 12 }),
    }),
  ),
}));

describe("the normal form", () => {
  it("has the same value everywhere", () => {
    fc.assert(
      fc.property(expressions, (expr) => {
        const simple = simplify(expr, ranges);
        for (const point of points) {
          if (valueAt(simple, point) !== valueAt(expr, point))
            expect.fail(`${printIndex(expr)} → ${printIndex(simple)}`);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("is its own normal form", () => {
    fc.assert(
      fc.property(expressions, (expr) => {
        const once = simplify(expr, ranges);
        expect(printIndex(simplify(once, ranges))).toBe(printIndex(once));
      }),
      { numRuns: 1000 },
    );
  });

  it("lies in its interval", () => {
    fc.assert(
      fc.property(expressions, (expr) => {
        const { low, high } = intervalOf(expr, ranges);
        for (const point of points) {
          const value = valueAt(expr, point);
          if (value < low || value > high) expect.fail(`${printIndex(expr)} is ${value}, not in ${low}…${high}`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["⌊(16h + k) / 16⌋", { kind: "div", of: sum(times(axisIndex(0), 6), axisIndex(2)), by: 6 }, "i"],
    ["(16h + k) mod 16", { kind: "mod", of: sum(times(axisIndex(0), 6), axisIndex(2)), by: 6 }, "k"],
    [
      "4⌊k / 4⌋ + k mod 4",
      sum(times({ kind: "div", of: axisIndex(2), by: 4 }, 4), { kind: "mod", of: axisIndex(2), by: 4 }),
      "k",
    ],
    ["⌊⌊k / 2⌋ / 3⌋", { kind: "div", of: { kind: "div", of: axisIndex(2), by: 2 }, by: 3 }, "0"],
    [
      "(12i + 3j + 1) mod 6",
      { kind: "mod", of: sum(sum(times(axisIndex(0), 12), times(axisIndex(1), 3)), constantIndex(1)), by: 6 },
      "3·(j % 2) + 1",
    ],
  ] as const)("shortens %s", (_what, expr, shown) => {
    expect(printIndex(simplify(expr, ranges))).toBe(shown);
  });

  it("undoes any reshape of a reshape", () => {
    const shapes = [[72], [3, 24], [12, 6], [3, 4, 6], [1, 3, 1, 24], [3, 2, 2, 6]];
    const start = sizes.map((_, axis) => axisIndex(axis));
    for (const shape of shapes) {
      const there = delinearize(linearize(start, sizes, ranges), shape, ranges);
      const back = delinearize(linearize(there, shape, ranges), sizes, ranges);
      expect(back.map(printIndex), String(shape)).toEqual(["i", "j", "k"]);
    }
    const joined = linearize(start, sizes, ranges);
    expect(asAffine(joined)?.coefficients).toEqual(
      new Map([
        [0, 24],
        [1, 6],
        [2, 1],
      ]),
    );
  });
});

describe("a condition", () => {
  it("holds where its shortest form holds", () => {
    const conditions = fc.record({
      expr: expressions,
      from: fc.integer({ min: -5, max: 5 }),
      to: fc.integer({ min: -5, max: 40 }),
    });
    fc.assert(
      fc.property(conditions, ({ expr, from, to }) => {
        const condition: Condition = { expr: simplify(expr, ranges), from, to };
        const short = normalCondition(condition, ranges);
        const holds = (c: Condition, point: readonly number[]) =>
          c.from <= valueAt(c.expr, point) && valueAt(c.expr, point) < c.to;
        for (const point of points) {
          if (holds(condition, point) !== holds(short, point)) {
            expect.fail(
              `${from} ≤ ${printIndex(expr)} < ${to} became ${short.from} ≤ ${printIndex(short.expr)} < ${short.to}`,
            );
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function sum(left: IndexExpr, right: IndexExpr): IndexExpr {
  return { kind: "add", left, right };
}

function times(of: IndexExpr, by: number): IndexExpr {
  return { kind: "mul", of, by };
}
