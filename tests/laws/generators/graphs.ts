/**
 * Random graphs, valid by construction, with data to run them on and how far a target's f32 results may be from the
 * evaluator's. Shrinks to few instructions.
 *
 *     fc.assert(fc.property(graphs(), ({ graph, tensors, given, tolerance }) => { … }))
 *
 * Every op occurs but encode, decode and the collectives. Functions that jump (floor, comparisons, argReduce, …) are
 * applied only to values that f32 holds exactly, so that a rounding never flips them.
 */
import fc from "fast-check";
import type { Graph, Persistent } from "../../../src/ir/graph/graph.ts";
import type { Given } from "../../../src/ir/rules/evaluate.ts";
import { Growing } from "./growing.ts";
import { instructionNames, instructions } from "./instructions.ts";

export type RandomGraph = {
  readonly graph: Graph;
  readonly tensors: readonly Persistent[];
  readonly given: Given;
  /** Absolute, by output name and by `update.<tensor id>`; 0 where f32 is exact. */
  readonly tolerance: Readonly<Record<string, number>>;
};

export type GraphOptions = {
  readonly minInstructions?: number;
  readonly maxInstructions?: number;
  /** Elements of a value at most. */
  readonly maxElements?: number;
  /** Sizes of fresh axes. */
  readonly sizes?: readonly number[];
};

export function graphs(options: GraphOptions = {}): fc.Arbitrary<RandomGraph> {
  const { minInstructions = 1, maxInstructions = 20, maxElements = 240, sizes = [1, 2, 3, 4, 5, 7] } = options;
  const numbers = fc.tuple(fc.nat(), fc.nat(), fc.nat());
  const instruction = fc.tuple(fc.constantFrom(...instructionNames), numbers);
  return fc.array(instruction, { minLength: minInstructions, maxLength: maxInstructions }).map((list) => {
    const growing = new Growing(maxElements, sizes);
    for (const [name, choice] of list) instructions[name]!(growing, choice);
    return growing.finish();
  });
}
