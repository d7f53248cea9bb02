/** Copies values from a finished graph into a builder: what derivation and every rewriting pass start from. */
import type { GraphBuilder } from "./builder.ts";
import type { Graph, Value, ValueId } from "./graph.ts";
import { mapOperands, operandsOf } from "./operands.ts";

/** The same value, at its origin, reading what `at` says its operands became. */
export function copyValue(b: GraphBuilder, value: Value, at: (operand: ValueId) => ValueId): ValueId {
  const { op, type, variesBy } = value;
  return b.at(value.origin, () => {
    if (op.kind === "input") return b.input(op.name, type, variesBy);
    return b.add(mapOperands(op, at), type, op.kind === "persistent" ? variesBy : undefined);
  });
}

/** Copies what `roots` need; the result says what each copied value became. */
export function copyNeeded(b: GraphBuilder, graph: Graph, roots: Iterable<ValueId>): ReadonlyMap<ValueId, ValueId> {
  const copies = new Map<ValueId, ValueId>();
  const needed = neededBy(graph, roots);
  for (const value of graph.values) {
    if (needed.has(value.id))
      copies.set(
        value.id,
        copyValue(b, value, (operand) => copies.get(operand)!),
      );
  }
  return copies;
}

/** `roots` and everything they are computed from. */
function neededBy(graph: Graph, roots: Iterable<ValueId>): ReadonlySet<ValueId> {
  const needed = new Set(roots);
  for (const value of graph.values.toReversed()) {
    if (needed.has(value.id)) for (const operand of operandsOf(value.op)) needed.add(operand);
  }
  return needed;
}

/** The values that leave the graph. */
export function rootsOf(graph: Graph): readonly ValueId[] {
  return [...graph.outputs, ...graph.updates].map(({ value }) => value);
}
