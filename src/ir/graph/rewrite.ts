/** Rebuilds a graph value by value, asking a rule what each becomes. Values that nobody reads any more stay: see remove-dead. */
import { GraphBuilder } from "./builder.ts";
import { copyValue, rootsOf } from "./copy.ts";
import type { Graph, Persistent, Value, ValueId } from "./graph.ts";
import { mapOperands, operandsOf } from "./operands.ts";

/**
 * What `value` becomes, or null to keep it. Its operands are already those of the new graph; what the rule builds gets
 * the value's origin. `uses` says how many values (and results) read one of the new graph, at most.
 */
export type Rule = (b: GraphBuilder, value: Value, uses: Uses) => ValueId | null;
export type Uses = (id: ValueId) => number;

export type Rewritten = { readonly graph: Graph; readonly changed: boolean };

export function rewrite(graph: Graph, tensors: readonly Persistent[], rule: Rule): Rewritten {
  const b = new GraphBuilder(graph.name, tensors);
  const became = new Map<ValueId, ValueId>();
  const at = (old: ValueId): ValueId => became.get(old)!;
  const oldUses = countUses(graph);
  const newUses = new Map<ValueId, number>();
  const uses: Uses = (id) => newUses.get(id) ?? 0;
  let changed = false;
  for (const value of graph.values) {
    const replacement = b.at(value.origin, () => rule(b, { ...value, op: mapOperands(value.op, at) }, uses));
    if (replacement !== null) changed = true;
    const result = replacement ?? copyValue(b, value, at);
    became.set(value.id, result);
    newUses.set(result, uses(result) + oldUses[value.id]!);
  }
  for (const { name, value } of graph.outputs) b.output(name, at(value));
  for (const { target, value } of graph.updates) b.update(target, at(value));
  return { graph: b.finish(), changed };
}

function countUses(graph: Graph): readonly number[] {
  const counts = graph.values.map(() => 0);
  for (const { op } of graph.values) for (const operand of operandsOf(op)) counts[operand]! += 1;
  for (const root of rootsOf(graph)) counts[root]! += 1;
  return counts;
}
