import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sampling } from "../../../src/2-check/program.ts";
import { contextStart } from "../../../src/jobs/context-window.ts";
import { TrainingError } from "../../../src/jobs/failures.ts";
import { sampleToken } from "../../../src/jobs/sampling.ts";

const logits = Float32Array.of(0.5, 2, -1, 2, 1);

/** How often each token is drawn. */
function shares(sampling: Sampling, draws = 20_000): readonly number[] {
  const counts = logits.map(() => 0);
  for (let i = 0; i < draws; i++) counts[sampleToken(logits, sampling, 42, i)]! += 1;
  return [...counts].map((count) => count / draws);
}

function softmax(values: readonly number[]): readonly number[] {
  const exponentials = values.map(Math.exp);
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

function expectShares(sampling: Sampling, expected: readonly number[]): void {
  // Four standard deviations of a share of 20,000 draws are at most 0.0142.
  shares(sampling).forEach(
    (share, token) => void expect(Math.abs(share - expected[token]!), `${token}`).toBeLessThan(0.0142),
  );
}

describe("sampling", () => {
  test("argmax takes the first of the largest", () => {
    expect(sampleToken(logits, { kind: "argmax" }, 1, 2)).toBe(1);
  });

  test("temperature follows softmax(logits / temperature)", () => {
    expectShares({ kind: "temperature", temperature: 1 }, softmax([...logits]));
    expectShares({ kind: "temperature", temperature: 0.5 }, softmax([...logits].map((x) => 2 * x)));
  });

  test("top_k draws among the k largest only", () => {
    const [b, d, e] = softmax([2, 2, 1]);
    expectShares({ kind: "topK", k: 3, temperature: 1 }, [0, b!, 0, d!, e!]);
    expect(shares({ kind: "topK", k: 1, temperature: 1 }, 100)).toEqual([0, 1, 0, 0, 0]);
    expectShares({ kind: "topK", k: 99, temperature: 1 }, softmax([...logits]));
  });

  test("top_p draws among the fewest tokens that reach p", () => {
    // softmax: 0.083, 0.373, 0.019, 0.373, 0.137…: two tokens reach 0.7, three reach 0.8.
    expectShares({ kind: "topP", p: 0.7, temperature: 1 }, [0, 0.5, 0, 0.5, 0]);
    const [b, d, e] = softmax([2, 2, 1]);
    expectShares({ kind: "topP", p: 0.8, temperature: 1 }, [0, b!, 0, d!, e!]);
    expectShares({ kind: "topP", p: 1, temperature: 1 }, softmax([...logits]));
  });

  test("is a pure function of seed and place", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(10_000), (seed, index) => {
        const sampling = { kind: "temperature", temperature: 2 } as const;
        expect(sampleToken(logits, sampling, seed, index)).toBe(sampleToken(logits, sampling, seed, index));
      }),
    );
  });

  test("temperature near 0 is argmax, without overflow", () => {
    expect(sampleToken(Float32Array.of(-1e30, 1e30, 0), { kind: "temperature", temperature: 1e-6 }, 1, 1)).toBe(1);
    expect(sampleToken(logits, { kind: "temperature", temperature: 0 }, 1, 1)).toBe(1);
  });

  test("refuses logits that are not numbers", () => {
    expect(() => sampleToken(Float32Array.of(1, Number.NaN), { kind: "argmax" }, 1, 1)).toThrow(TrainingError);
  });
});

describe("what is seen of a text longer than the context", () => {
  test("slide(1) sees the last T tokens", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 32 }), (length, context) => {
        expect(contextStart(length, context, { kind: "slide", by: 1 })).toBe(Math.max(0, length - context));
      }),
    );
  });

  test("the default drops half a context whenever it is full", () => {
    expect([32, 33, 34, 48, 49].map((length) => contextStart(length, 32, null))).toEqual([0, 16, 16, 16, 32]);
  });

  test("always sees at least the last token and never more than the context", () => {
    const by = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 64 }), by, (length, context, by) => {
        const seen = length - contextStart(length, context, { kind: "slide", by })!;
        expect(seen).toBeGreaterThanOrEqual(1);
        expect(seen).toBeLessThanOrEqual(context);
      }),
    );
  });

  test("stop stops", () => {
    expect(contextStart(32, 32, { kind: "stop" })).toBe(0);
    expect(contextStart(33, 32, { kind: "stop" })).toBeNull();
  });
});
