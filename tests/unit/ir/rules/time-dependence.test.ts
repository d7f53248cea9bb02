/**
 * The table against the evaluator: where it says `along`, changing one position of the data changes the result at that
 * position only; `none` does not change at all.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Graph, ValueId } from "../../../../src/ir/graph/graph.ts";
import { evaluateValues } from "../../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../../src/ir/rules/tensor.ts";
import { type Time, timeOf } from "../../../../src/ir/rules/time-dependence.ts";
import { tensorType } from "../../../../src/ir/types.ts";
import { graphs } from "../../../laws/generators/graphs.ts";

/** Times of all values where `data` runs along its axis `axis`. */
function timesOf(graph: Graph, data: ValueId, axis: number): readonly Time[] {
  const times: Time[] = [];
  for (const { id, op, type } of graph.values) {
    const known = (operand: ValueId) => ({ time: times[operand]!, type: graph.values[operand]!.type });
    times.push(id === data ? { kind: "along", axis } : timeOf(op, type, known));
  }
  return times;
}

/** The positions along `axis` at which two results differ. */
function changedAlong(axis: number, before: Tensor, after: Tensor): readonly number[] {
  const inner = before.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const positions = new Set<number>();
  for (const [i, value] of before.data.entries()) {
    if (!Object.is(value, after.data[i])) positions.add(Math.floor(i / inner) % before.shape[axis]!);
  }
  return [...positions];
}

test("on random graphs", () => {
  let checked = 0;
  const property = fc.property(graphs({ maxInstructions: 12 }), fc.nat(), (random, choice) => {
    const { graph, given } = random;
    const inputs = graph.inputs.filter(({ type }) => type.dtype === "f32" && type.shape.length > 0);
    if (inputs.length === 0) return;
    const { name, value, type } = inputs[choice % inputs.length]!;
    const axis = choice % type.shape.length;
    const at = choice % type.shape[axis]!;
    const inner = type.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    const moved = [...given.inputs[name]!.data].map((x, i) =>
      Math.floor(i / inner) % type.shape[axis]! === at ? x + 0.75 : x,
    );
    const before = evaluateValues(graph, given);
    const inputsAfter = { ...given.inputs, [name]: tensor("f32", type.shape, moved) };
    const after = evaluateValues(graph, { ...given, inputs: inputsAfter });
    for (const [id, time] of timesOf(graph, value, axis).entries()) {
      if (time.kind === "mixed") continue;
      const whole = { ...before[id]!, shape: [before[id]!.data.length] };
      const changed =
        time.kind === "along" ? changedAlong(time.axis, before[id]!, after[id]!) : changedAlong(0, whole, after[id]!);
      const allowed = time.kind === "along" ? [at] : [];
      expect(changed.filter((position) => !allowed.includes(position))).toEqual([]);
      checked += time.kind === "along" ? 1 : 0;
    }
  });
  fc.assert(property, { numRuns: 500 });
  expect(checked).toBeGreaterThan(500);
});

describe("by op", () => {
  /** x is [2, 5, 3], and 5 is time. */
  const timeOfResult = (build: (b: GraphBuilder, x: ValueId) => ValueId): Time => {
    const b = new GraphBuilder("test", []);
    const x = b.input("x", tensorType("f32", [2, 5, 3]));
    const result = build(b, x);
    return timesOf(b.finish(), x, 1)[result]!;
  };
  const w = (b: GraphBuilder) => b.broadcast(b.constant(1, "f32"), [3, 4], []);

  test.each<readonly [string, (b: GraphBuilder, x: ValueId) => ValueId, Time]>([
    ["a projection", (b, x) => b.contract(x, w(b), [0, 1, 2], [2, 3], [1, 0, 3]), { kind: "along", axis: 0 }],
    ["scores", (b, x) => b.contract(x, x, [0, 1, 2], [0, 3, 2], [0, 1, 3]), { kind: "mixed" }],
    ["a norm", (b, x) => b.reduce("sum", x, [2]), { kind: "along", axis: 1 }],
    ["a mean over time", (b, x) => b.reduce("sum", x, [0, 1]), { kind: "mixed" }],
    ["heads", (b, x) => b.reshape(x, [2, 5, 3, 1]), { kind: "along", axis: 1 }],
    ["batch and time as one", (b, x) => b.reshape(x, [10, 3]), { kind: "mixed" }],
    ["the next position", (b, x) => b.slice(x, [0, 1, 0], [2, 4, 3]), { kind: "mixed" }],
    ["a running sum", (b, x) => b.cumulative("sum", x, 1), { kind: "mixed" }],
    [
      "rows chosen by the data",
      (b, x) => b.gather(w(b), b.cast(b.reduce("max", x, [2]), "i32"), 0),
      { kind: "along", axis: 1 },
    ],
    ["positions", (b) => b.iota([2, 5, 3], 1), { kind: "none" }],
  ])("%s", (_, build, expected) => {
    expect(timeOfResult(build)).toEqual(expected);
  });
});
