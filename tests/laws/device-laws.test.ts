/**
 * Every op through all phases: random graphs of the shared generator on the reference device give the evaluator's
 * numbers, within the error that f32 allows each of them.
 */
import fc from "fast-check";
import { test } from "vitest";
import { evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { printGraph } from "../../src/ir/rules/print.ts";
import { tensor } from "../../src/ir/rules/tensor.ts";
import { difference } from "./generators/compare.ts";
import { graphs, type RandomGraph } from "./generators/graphs.ts";
import { compileGraph, runCompiled } from "./on-reference.ts";

test("random graphs with every op give the evaluator's numbers", async () => {
  await fc.assert(fc.asyncProperty(graphs(), sameNumbers), { numRuns: 1000 });
});

async function sameNumbers(random: RandomGraph): Promise<void> {
  const { graph, tensors, given } = random;
  const expected = evaluateGraph(graph, given);
  const { outputs, tensors: after } = await runCompiled(compileGraph(graph, tensors).program, tensors, given);
  const typed = (
    data: readonly number[],
    { dtype, shape }: { dtype: Parameters<typeof tensor>[0]; shape: readonly number[] },
  ) => tensor(dtype, shape, data);
  const got = {
    outputs: Object.fromEntries(
      Object.entries(expected.outputs).map(([name, type]) => [name, typed(outputs[name]!, type)]),
    ),
    updates: new Map([...expected.updates].map(([id, type]) => [id, typed(after.get(id)!, type)])),
  };
  const found = difference(random, expected, got);
  if (found !== null) throw new Error(`${found}\n${printGraph(graph, tensors)}`);
}
