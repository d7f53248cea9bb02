/**
 * Phases 6 to 8 keep what a graph means: every random graph gives the evaluator's numbers through the reference device,
 * and every kernel graph and plan on the way passes its verifier (see on-reference.ts).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printKernelGraph } from "../../src/ir/kernel/print-kernel.ts";
import { type Profile, referenceProfile } from "../../src/ir/plan/profile.ts";
import { toJson } from "../../src/ir/plan/program-json.ts";
import { evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { type Case, cases } from "./kernel-graphs.ts";
import { compileGraph, runCompiled } from "./on-reference.ts";

describe("random graphs", { timeout: 600_000 }, () => {
  it("give the evaluator's numbers", async () => {
    await fc.assert(
      fc.asyncProperty(cases, (one) => sameNumbers(one, referenceProfile)),
      { numRuns: 2000 },
    );
  });

  it("give them on adapters with other limits and speeds", async () => {
    await fc.assert(
      fc.asyncProperty(cases, profiles, (one, profile) => sameNumbers(one, profile)),
      { numRuns: 300 },
    );
  });

  it("compile to the same bytes each time", () => {
    const bytes = ({ graph, tensors }: Case) => JSON.stringify(compileGraph(graph, tensors).program, toJson);
    fc.assert(
      fc.property(cases, (one) => {
        expect(bytes(one)).toBe(bytes(one));
      }),
      { numRuns: 100 },
    );
  });
});

/** Few bindings force cuts; the ratio of arithmetic to bandwidth decides what is stored and what is computed again. */
const profiles: fc.Arbitrary<Profile> = fc
  .record({
    bindings: fc.integer({ min: 4, max: 10 }),
    alignment: fc.constantFrom(16, 32, 256),
    flops: fc.constantFrom(1e8, 1e10, 1e13),
  })
  .map(({ bindings, alignment, flops }) => ({
    ...referenceProfile,
    limits: {
      ...referenceProfile.limits,
      maxStorageBuffersPerShaderStage: bindings,
      minStorageBufferOffsetAlignment: alignment,
      maxBufferSize: 2 ** 16,
      maxStorageBufferBindingSize: 2 ** 15,
    },
    roofline: { flops, bandwidth: 1e10 },
  }));

async function sameNumbers({ graph, tensors, given }: Case, profile: Profile): Promise<void> {
  const expected = evaluateGraph(graph, given);
  const { kernels, program } = compileGraph(graph, tensors, profile);
  const actual = await runCompiled(program, tensors, given);
  const say = (name: string) => `${name}\n${printKernelGraph(kernels)}`;
  for (const [name, { data }] of Object.entries(expected.outputs)) close(actual.outputs[name]!, data, say(name));
  for (const { id, path } of tensors) {
    const { data } = expected.updates.get(id) ?? given.persistents.get(id)!;
    close(actual.tensors.get(id)!, data, say(path));
  }
}

/** Within float32 of numbers near 1 after a few dozen operations. */
function close(actual: readonly number[], expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= 2e-5 * scale)) expect.fail(`element ${i}: ${actual[i]}, not ${expected[i]}, of ${what}`);
  }
}
