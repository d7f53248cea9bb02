/** The tables that say what an op reads agree with each other, on every op. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import { copyNeeded, rootsOf } from "../../../../src/ir/graph/copy.ts";
import type { Op, ValueId } from "../../../../src/ir/graph/graph.ts";
import { mapOperands, operandsOf } from "../../../../src/ir/graph/operands.ts";
import { printGraph } from "../../../../src/ir/rules/print.ts";
import { vjp } from "../../../../src/ir/rules/vjp.ts";
import { tensorType } from "../../../../src/ir/types.ts";
import { graphs } from "../../../laws/generators/graphs.ts";

const id = 3 as ValueId;
/** Those that random graphs do not hold. */
const others: readonly Op[] = [
  { kind: "encode", of: id },
  { kind: "decode", of: id },
  { kind: "allReduce", fn: "sum", of: id, over: "dp" },
  { kind: "allGather", of: id, axis: 0, over: "dp" },
  { kind: "reduceScatter", of: id, axis: 0, over: "dp" },
  { kind: "send", of: id, to: 1, over: "pp" },
  { kind: "receive", from: 1, over: "pp" },
];

function agrees(op: Op): void {
  const moved = mapOperands(op, (operand) => (operand + 100) as ValueId);
  expect(operandsOf(moved)).toEqual(operandsOf(op).map((operand) => operand + 100));
  expect(moved.kind).toBe(op.kind);
}

test("mapOperands replaces exactly what operandsOf names", () => {
  for (const op of others) agrees(op);
  fc.assert(
    fc.property(graphs(), ({ graph }) => graph.values.forEach(({ op }) => void agrees(op))),
    { numRuns: 500 },
  );
});

test("a VJP has an entry for each operand", () => {
  const property = fc.property(graphs(), ({ graph, tensors }) => {
    const b = new GraphBuilder(graph.name, tensors);
    const copies = copyNeeded(
      b,
      graph,
      graph.values.map((value) => value.id),
    );
    for (const copy of copies.values()) {
      const value = b.valueOf(copy);
      const g = b.input(`g${copy}`, tensorType(value.type.dtype, value.type.shape));
      const contributions = vjp(b, value, g, true);
      expect(contributions.slice(operandsOf(value.op).length).filter((each) => each !== null)).toEqual([]);
      expect(contributions.length).toBeGreaterThanOrEqual(operandsOf(value.op).length);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test("a copy of everything is the same graph", () => {
  const property = fc.property(graphs(), ({ graph, tensors }) => {
    const b = new GraphBuilder(graph.name, tensors);
    const copies = copyNeeded(
      b,
      graph,
      graph.values.map((value) => value.id),
    );
    for (const { name, value } of graph.outputs) b.output(name, copies.get(value)!);
    for (const { target, value } of graph.updates) b.update(target, copies.get(value)!);
    expect(b.finish()).toEqual(graph);
    expect(rootsOf(graph)).toHaveLength(graph.outputs.length + graph.updates.length);
    expect(printGraph(b.finish(), tensors)).toBe(printGraph(graph, tensors));
  });
  fc.assert(property, { numRuns: 300 });
});
