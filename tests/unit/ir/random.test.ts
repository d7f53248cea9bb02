import { describe, expect, test } from "vitest";
import { normalOf, randomBits, randomKey, threefry, uniformOf, type Words } from "../../../src/ir/random.ts";

/** Known answers of Random123 (its file tests/kat_vectors): counter, key, result of threefry2x32 with 20 rounds. */
const knownAnswers: readonly (readonly [counter: Words, key: Words, result: Words])[] = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
];

describe("threefry", () => {
  test.each(knownAnswers)("counter %j, key %j", (counter, key, result) => {
    expect(threefry(key, counter)).toEqual(result);
  });

  test("takes words as signed or unsigned", () => {
    expect(threefry([-1, -1], [-1, -1])).toEqual(threefry([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff]));
  });
});

describe("numbers", () => {
  const count = 20_000;
  const draw = (of: (words: Words) => number): readonly number[] => {
    const key = randomKey(1337, 42, 7, 3);
    return Array.from({ length: count }, (_, element) => of(randomBits(key, element)));
  };
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

  test("uniform ones lie in [0, 1) on 24 bits, with mean 1/2 and variance 1/12", () => {
    const numbers = draw(uniformOf);
    expect(numbers.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24))).toBe(true);
    expect(mean(numbers)).toBeCloseTo(1 / 2, 2);
    expect(mean(numbers.map((x) => (x - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  test("normal ones have mean 0, variance 1, no skew and kurtosis 3", () => {
    const numbers = draw(normalOf);
    const moments = [1, 2, 3, 4].map((n) => mean(numbers.map((x) => x ** n)));
    // Standard errors are √(Var xⁿ / 20,000): 0.007, 0.010, 0.027, 0.069.
    expect(Math.abs(moments[0]!)).toBeLessThan(0.03);
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(0.04);
    expect(Math.abs(moments[2]!)).toBeLessThan(0.11);
    expect(Math.abs(moments[3]! - 3)).toBeLessThan(0.28);
  });

  test("are finite where a word is 0 or full", () => {
    expect(normalOf([0, 0])).toBeCloseTo(Math.sqrt(48 * Math.LN2), 12);
    expect(normalOf([0xffffffff, 0xffffffff])).toBeCloseTo(0, 12);
    expect(uniformOf([0xffffffff, 0])).toBe(1 - 2 ** -24);
  });

  test("depend on seed, stream, step, sample and element each", () => {
    const first = randomBits(randomKey(1, 2, 3, 4), 5);
    const others = [
      randomBits(randomKey(2, 2, 3, 4), 5),
      randomBits(randomKey(1, 3, 3, 4), 5),
      randomBits(randomKey(1, 2, 4, 4), 5),
      randomBits(randomKey(1, 2, 3, 5), 5),
      randomBits(randomKey(1, 2, 3, 4), 6),
    ];
    expect(new Set([first, ...others].map(String)).size).toBe(6);
  });
});
