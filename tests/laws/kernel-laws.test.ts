/** Phases 6 to 8 keep what a graph means: every random graph gives the evaluator's numbers through the reference device. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printKernelGraph } from "../../src/ir/kernel/print-kernel.ts";
import { evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { type Case, cases } from "./kernel-graphs.ts";
import { compileGraph, runCompiled } from "./on-reference.ts";

describe("random graphs", () => {
  it("give the evaluator's numbers", async () => {
    await fc.assert(fc.asyncProperty(cases, sameNumbers), { numRuns: 2000 });
  });
});

async function sameNumbers({ graph, tensors, given }: Case): Promise<void> {
  const expected = evaluateGraph(graph, given);
  const { kernels, program } = compileGraph(graph, tensors);
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
