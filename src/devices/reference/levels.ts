/** How many walks over the reduced axes come before a node can be computed. */

import { atomsOf } from "../../ir/kernel/index-expr.ts";
import type { Guard, IndexExpr, Kernel, NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";

/** 0: needs no reduction; a reduction has one more than its operand. */
export function levelsOf(kernel: Kernel): readonly number[] {
  const levels: number[] = [];
  for (const node of kernel.body) {
    const below = Math.max(0, ...argumentsOf(kernel, node).map((id) => levels[id]!));
    levels.push(node.op.kind === "reduce" ? below + 1 : below);
  }
  return levels;
}

/** The inner nodes that the roots need, in order. */
export function neededInside(kernel: Kernel, roots: readonly NodeId[]): readonly ScalarNode[] {
  const needed = new Set<NodeId>();
  const visit = (id: NodeId): void => {
    const node = kernel.body[id]!;
    if (node.scope !== "inner" || needed.has(id)) return;
    needed.add(id);
    for (const argument of argumentsOf(kernel, node)) visit(argument);
  };
  for (const root of roots) visit(root);
  for (const { index, node } of kernel.writes) {
    if (roots.includes(node)) for (const expr of index) for (const id of atomsOf(expr).nodes) visit(id);
  }
  return kernel.body.filter(({ id }) => needed.has(id));
}

/** The nodes a node uses, those in its indices and guards included. */
export function argumentsOf(kernel: Kernel, { op }: ScalarNode): readonly NodeId[] {
  switch (op.kind) {
    case "constant":
      return [];
    case "index":
      return nodesIn([op.expr]);
    case "inside":
      return nodesIn(op.guard.map(({ expr }) => expr));
    case "read": {
      const { index, guard } = kernel.reads[op.read]!;
      return nodesIn([...index, ...exprsOf(guard)]);
    }
    case "apply":
      return op.args;
    case "select":
      return [op.condition, op.then, op.else];
    case "cast":
    case "bits":
    case "reduce":
      return [op.of];
    case "random":
      return [op.seed, op.step, op.sample, op.element];
  }
}

function exprsOf(guard: Guard | undefined): readonly IndexExpr[] {
  return (guard ?? []).map(({ expr }) => expr);
}

function nodesIn(exprs: readonly IndexExpr[]): readonly NodeId[] {
  return exprs.flatMap((expr) => [...atomsOf(expr).nodes]);
}
