/** Every VJP against central differences of the evaluator, in float64, on random shapes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { ValueId } from "../../../../src/ir/graph/graph.ts";
import type { ScalarFunction } from "../../../../src/ir/graph/scalar-function.ts";
import { applyTo } from "../../../../src/ir/graph/shorthand.ts";

import { checkGradient, gradientAt } from "./check-gradient.ts";
import { type Case, cases, matrix, pair, scalarCases, unaryFunctions } from "./vjp-cases.ts";

const sizes = fc.record({
  a: fc.integer({ min: 1, max: 4 }),
  b: fc.integer({ min: 1, max: 4 }),
  c: fc.integer({ min: 1, max: 3 }),
});
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("against finite differences", () => {
  const ops = Object.entries(cases).flatMap(([kind, list]) =>
    typeof list === "string" ? [] : list.map((example, i) => [`${kind} ${i}`, example] as const),
  );
  test.each(ops)("%s", (_, example) => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => checkGradient(example, size, seed)),
      { numRuns: 25 },
    );
  });

  const functions = Object.entries(scalarCases).flatMap(([fn, given]) =>
    given === "flat" ? [] : [[fn as ScalarFunction, given.domain] as const],
  );
  test.each(functions)("%s", (fn, domain) => {
    const unary = unaryFunctions.includes(fn);
    const example: Case = { of: unary ? matrix : pair, build: (b, xs) => b.apply(fn, ...xs), domain };
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => checkGradient(example, size, seed)),
      { numRuns: 25 },
    );
  });
});

describe("where a derivative does not exist", () => {
  test("a maximum shares its gradient evenly among equals", () => {
    expect(gradientAt([4], [1, 3, 3, 2], (b, x) => b.reduce("max", x, [0]))).toEqual([0, 0.5, 0.5, 0]);
  });

  test("elementwise min and max give half to each of two equals", () => {
    const build = (b: GraphBuilder, x: ValueId) => b.apply("max", x, applyTo(b, "mul", x, 0));
    expect(gradientAt([3], [-1, 0, 1], build)).toEqual([0, 0.5, 1]);
  });

  test("|x| has gradient 0 at 0", () => {
    expect(gradientAt([1], [0], (b, x) => b.apply("abs", x))).toEqual([0]);
  });

  test("x^y has no gradient for y at x = 0", () => {
    const build = (b: GraphBuilder, y: ValueId) => b.apply("pow", applyTo(b, "mul", b.stopGradient(y), 0), y);
    expect(gradientAt([1], [2], build)).toEqual([0]);
  });
});

describe("the side not taken gets gradient zero, not 0 · ∞", () => {
  const positive = (b: GraphBuilder, x: ValueId, value: ValueId) =>
    b.select(b.apply("gt", x, applyTo(b, "mul", x, 0)), value, applyTo(b, "mul", x, 0));
  const notPositive = (b: GraphBuilder, x: ValueId, value: ValueId) =>
    b.select(applyTo(b, "le", x, 0), applyTo(b, "mul", x, 0), value);
  const builds: readonly (readonly [string, (b: GraphBuilder, x: ValueId) => ValueId])[] = [
    ["log x", (b, x) => b.apply("log", x)],
    ["√x", (b, x) => b.apply("sqrt", x)],
    ["x log x", (b, x) => b.apply("mul", x, b.apply("log", x))],
    [
      "1/x, summed and repeated",
      (b, x) => {
        const inverse = b.apply("div", applyTo(b, "add", applyTo(b, "mul", x, 0), 1), x);
        return b.reshape(b.reduce("sum", b.reshape(inverse, [3, 1]), [1]), [3]);
      },
    ],
    [
      "log(1 + eˣ) of a large number",
      (b, x) => {
        const large = b.apply("exp", applyTo(b, "mul", applyTo(b, "add", x, -3), -500));
        return b.apply("log", applyTo(b, "add", large, 1));
      },
    ],
  ];
  test.each(builds)("%s", (_, build) => {
    for (const choose of [positive, notPositive]) {
      const gradient = gradientAt([3], [0, -1, 3], (b, x) => choose(b, x, build(b, x)));
      expect(gradient.slice(0, 2)).toEqual([0, 0]);
      expect(Number.isFinite(gradient[2])).toBe(true);
      expect(gradient[2]).not.toBe(0);
    }
  });
});

describe("what passes nothing, and what passes everything", () => {
  test("stopGradient, casts to integers and positions", () => {
    expect(gradientAt([2], [1, 2], (b, x) => b.apply("mul", x, b.stopGradient(x)))).toEqual([1, 2]);
    expect(gradientAt([2], [1, 2], (b, x) => b.apply("mul", x, b.cast(b.cast(x, "i32"), "f32")))).toEqual([1, 2]);
  });

  test("encoding is straight-through", () => {
    const encoding = { kind: "blocks", bits: 4, block: 2, code: "linear", scale: "f32" } as const;
    expect(gradientAt([3], [1, 0.3, 2], (b, x) => b.decode(b.encode(x, encoding)))).toEqual([1, 1, 1]);
  });
});
