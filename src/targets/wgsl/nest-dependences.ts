/** On which axes each node of a nest depends. A reduction no longer depends on what it reduced. */
import { atomsOf } from "../../ir/kernel/index-expr.ts";
import type { Guard, IndexExpr, NodeId } from "../../ir/kernel/kernel.ts";
import { operandsOfNode } from "../../ir/kernel/node-arguments.ts";
import type { Nest } from "./nest.ts";

export function dependencesOf(nest: Nest): readonly ReadonlySet<number>[] {
  const found: ReadonlySet<number>[] = [];
  for (const node of nest.body) found.push(ownAxes(nest, node.id, found));
  return found;
}

/** Stands for "after the reductions": the frame that knows their results binds it. */
export const resultAxis = -1;

/** Axes of an index expression, those of the nodes in it included. */
export function axesOfIndex(expr: IndexExpr, nodes: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const atoms = atomsOf(expr);
  return new Set([...atoms.axes, ...[...atoms.nodes].flatMap((node) => [...nodes[node]!])]);
}

function ownAxes(nest: Nest, id: NodeId, nodes: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const { op } = nest.body[id]!;
  const ofIndex = (expr: IndexExpr) => [...axesOfIndex(expr, nodes)];
  const ofGuard = (guard: Guard) => guard.flatMap(({ expr }) => ofIndex(expr));
  if (op.kind === "index") return new Set(ofIndex(op.expr));
  if (op.kind === "inside") return new Set(ofGuard(op.guard));
  if (op.kind === "read") {
    const { position, guard } = nest.reads[op.read]!;
    return new Set([...ofIndex(position), ...ofGuard(guard)]);
  }
  const all = operandsOfNode(op).flatMap((operand) => [...nodes[operand]!]);
  if (op.kind !== "reduce") return new Set(all);
  return new Set([resultAxis, ...all.filter((axis) => axis < nest.domain.length)]);
}
