/**
 * A long reduction with few results becomes two: one result a thread would leave the machine idle. Graph → Graph; comes
 * after simplify. Sums change their order, to one that is closer to the exact sum.
 */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../ir/graph/graph.ts";
import { rewrite } from "../ir/graph/rewrite.ts";
import type { GraphPass } from "../ir/pass.ts";
import { identityOf } from "../ir/rules/convert.ts";
import { elementCount } from "../ir/types.ts";

export const splitReductions: GraphPass = {
  name: "split-reductions",
  run: (graph, tensors) =>
    rewrite(graph, tensors, (b, value) => (value.op.kind === "reduce" ? split(b, value, value.op) : null)).graph,
};

/** Elements that one result must collect, and results at most, for a second stage to pay. */
const minElements = 4096;
const maxResults = 64;

function split(b: GraphBuilder, value: Value, op: OpOf<"reduce">): ValueId | null {
  const { shape } = b.typeOf(op.of);
  const length = elementCount(op.axes.map((axis) => shape[axis]!));
  if (length < minElements || elementCount(value.type.shape) > maxResults) return null;
  const [first, last] = [op.axes[0]!, op.axes.at(-1)!];
  if (last - first + 1 !== op.axes.length) return null;

  const before = shape.slice(0, first);
  const after = shape.slice(last + 1);
  const stages = stagesOf(length);
  const flat = b.reshape(op.of, [...before, length, ...after]);
  const padded = padTo(b, op, flat, first, stages[0] * stages[1]);
  const pairs = b.reshape(padded, [...before, ...stages, ...after]);
  return b.reduce(op.fn, b.reduce(op.fn, pairs, [first + 1]), [first]);
}

/** The divisor next to the root; where the length has none that is near, a length padded to a multiple of 64. */
function stagesOf(length: number): readonly [number, number] {
  for (let outer = Math.floor(Math.sqrt(length)); outer * outer * 16 >= length; outer--) {
    if (length % outer === 0) return [outer, length / outer];
  }
  return [Math.ceil(length / 64), 64];
}

function padTo(b: GraphBuilder, op: OpOf<"reduce">, of: ValueId, axis: number, length: number): ValueId {
  const { shape, dtype } = b.typeOf(of);
  if (shape[axis] === length) return of;
  const none = shape.map(() => 0);
  return b.pad(of, none, none.with(axis, length - shape[axis]!), identityOf(op.fn, dtype));
}
