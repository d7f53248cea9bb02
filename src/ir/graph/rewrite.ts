/** Rebuilds a graph value by value, asking a rule what each becomes. Values that nobody reads any more stay: see remove-dead. */
import { GraphBuilder } from "./builder.ts";
import { copyValue } from "./copy.ts";
import type { Graph, Persistent, Value, ValueId } from "./graph.ts";
import { mapOperands } from "./operands.ts";

/**
 * What `value` becomes, or null to keep it. Its operands are already those of the new graph; what the rule builds gets
 * the value's origin.
 */
export type Rule = (b: GraphBuilder, value: Value) => ValueId | null;

export type Rewritten = { readonly graph: Graph; readonly changed: boolean };

export function rewrite(graph: Graph, tensors: readonly Persistent[], rule: Rule): Rewritten {
  const b = new GraphBuilder(graph.name, tensors);
  const became = new Map<ValueId, ValueId>();
  const at = (old: ValueId): ValueId => became.get(old)!;
  let changed = false;
  for (const value of graph.values) {
    const replacement = b.at(value.origin, () => rule(b, { ...value, op: mapOperands(value.op, at) }));
    if (replacement !== null) changed = true;
    became.set(value.id, replacement ?? copyValue(b, value, at));
  }
  for (const { name, value } of graph.outputs) b.output(name, at(value));
  for (const { target, value } of graph.updates) b.update(target, at(value));
  return { graph: b.finish(), changed };
}
