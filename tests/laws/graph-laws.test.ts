/** Laws of graphs: every pass preserves what `evaluate` says, and gives a graph that its verifier accepts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphPasses, optimizeGraph } from "../../src/6-optimize/optimize.ts";
import { evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { printGraph } from "../../src/ir/rules/print.ts";
import { graphViolations } from "../../src/ir/rules/verify.ts";
import { difference } from "./generators/compare.ts";
import { graphs } from "./generators/graphs.ts";

describe("2,000 random graphs", () => {
  test("are valid", () => {
    fc.assert(
      fc.property(graphs(), ({ graph, tensors }) => {
        expect(graphViolations(graph, tensors)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(graphPasses.map(({ name }, i) => [name, i] as const))("keep their meaning through %s", (_, i) => {
    const pass = graphPasses[i]!;
    fc.assert(
      fc.property(graphs(), (random) => {
        const after = pass.run(random.graph, random.tensors);
        expect(graphViolations(after, random.tensors)).toEqual([]);
        const found = difference(random, evaluateGraph(random.graph, random.given), evaluateGraph(after, random.given));
        if (found !== null) throw new Error(`${found}\n${printGraph(random.graph, random.tensors)}`);
      }),
      { numRuns: 300 },
    );
  });

  test("keep their meaning through all passes in their order", () => {
    fc.assert(
      fc.property(graphs(), (random) => {
        const after = optimizeGraph(random.graph, random.tensors, true);
        const found = difference(random, evaluateGraph(random.graph, random.given), evaluateGraph(after, random.given));
        if (found !== null) throw new Error(`${found}\n${printGraph(random.graph, random.tensors)}`);
      }),
      { numRuns: 2000 },
    );
  });
});
