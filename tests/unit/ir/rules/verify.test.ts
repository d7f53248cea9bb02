/** Each numbered constraint of graphs has a graph that breaks it, and only it. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Graph, Persistent, PersistentId, Value, ValueId } from "../../../../src/ir/graph/graph.ts";
import { type GraphConstraint, graphViolations, verifyGraph } from "../../../../src/ir/rules/verify.ts";
import { replicated, tensorType } from "../../../../src/ir/types.ts";

const type = tensorType("f32", [2]);
const origin = { path: "w", span: { file: "", start: 0, end: 0 } };
const w: Persistent = {
  id: 0 as PersistentId,
  path: "w",
  role: "parameter",
  type,
  trainable: true,
  sharding: replicated(1),
  origin,
};
const tied: Persistent = { ...w, id: 1 as PersistentId, path: "tied", tiedTo: w.id };
const tensors = [w, tied];

/** %0 input x, %1 persistent w, %2 = x + w, %3 = sum; output total = %3, update w = %2. */
function sound(): Graph {
  const b = new GraphBuilder("test", tensors);
  const sum = b.apply("add", b.input("x", type), b.persistent(w.id));
  b.output("total", b.reduce("sum", sum, [0]));
  b.update(w.id, sum);
  return b.finish();
}

function changed(graph: Graph, id: number, change: Partial<Value>): Graph {
  return { ...graph, values: graph.values.map((value, i) => (i === id ? { ...value, ...change } : value)) };
}

const graph = sound();
const broken: Readonly<Record<GraphConstraint, readonly (readonly [string, Graph])[]>> = {
  G1: [["an id that is no position", changed(graph, 3, { id: 7 as ValueId })]],
  G2: [
    [
      "an operand after its user",
      changed(graph, 2, { op: { kind: "apply", fn: "add", args: [3 as ValueId, 1 as ValueId] } }),
    ],
    [
      "an operand that does not exist",
      changed(graph, 3, { op: { kind: "reduce", fn: "sum", of: 9 as ValueId, axes: [0] } }),
    ],
  ],
  G3: [
    ["another shape than the rule's", changed(graph, 3, { type: tensorType("f32", [1]), sharding: replicated(1) })],
    ["operands that do not fit", changed(graph, 3, { op: { kind: "reduce", fn: "sum", of: 2 as ValueId, axes: [1] } })],
    [
      "a dtype the function does not take",
      changed(graph, 2, { op: { kind: "apply", fn: "mod", args: [0 as ValueId, 1 as ValueId] } }),
    ],
  ],
  G4: [["a tensor that does not exist", changed(graph, 1, { op: { kind: "persistent", id: 5 as PersistentId } })]],
  G5: [
    ["an input that is not listed", { ...graph, inputs: [] }],
    ["an input that is listed twice", { ...graph, inputs: [...graph.inputs, ...graph.inputs] }],
    ["an input without a value", { ...graph, inputs: [...graph.inputs, { name: "y", value: 1 as ValueId, type }] }],
    ["an input of another type", { ...graph, inputs: [{ ...graph.inputs[0]!, type: tensorType("i32", [2]) }] }],
  ],
  G6: [
    ["two outputs of one name", { ...graph, outputs: [...graph.outputs, ...graph.outputs] }],
    ["an output that does not exist", { ...graph, outputs: [{ name: "total", value: 8 as ValueId }] }],
  ],
  G7: [
    ["two updates of one tensor", { ...graph, updates: [...graph.updates, ...graph.updates] }],
    ["an update of another type", { ...graph, updates: [{ target: w.id, value: 3 as ValueId }] }],
    [
      "an update of a tensor without storage of its own",
      { ...graph, updates: [{ target: tied.id, value: 2 as ValueId }] },
    ],
  ],
  G8: [["a value that claims to vary less than its operands", changed(graph, 2, { variesBy: "never" })]],
  G9: [["a sharding of another rank", changed(graph, 1, { sharding: replicated(2) })]],
};

describe("graphs", () => {
  test("that hold everything are accepted", () => {
    expect(graphViolations(graph, tensors)).toEqual([]);
  });

  const all = Object.entries(broken).flatMap(([constraint, list]) =>
    list.map(([what, bad]) => [constraint, what, bad] as const),
  );
  test.each(all)("%s: %s", (constraint, _, bad) => {
    expect(new Set(graphViolations(bad, tensors).map((found) => found.constraint))).toContain(constraint);
    // A dependent constraint may fail as well, but never one before it.
    expect(graphViolations(bad, tensors)[0]!.constraint).toBe(constraint);
  });

  test("G4: a persistent of another type than its tensor", () => {
    const narrow = [{ ...w, type: tensorType("f32", [3]) }, tied];
    expect(graphViolations(graph, narrow).map((found) => found.constraint)).toEqual(["G4", "G7"]);
  });

  test("the message names the pass, the constraint and the value", () => {
    const bad = changed(graph, 2, { variesBy: "never" });
    expect(() => verifyGraph(bad, tensors, "simplify")).toThrow(
      "after simplify, graph test is broken:\nG8: %2 = add %0, %1: varies by never, its operands by sample",
    );
  });
});
