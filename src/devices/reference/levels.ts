/** How many walks over the reduced axes come before a node can be computed. */

import type { Kernel, NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";
import { argumentsOf, nodesIn } from "../../ir/kernel/node-arguments.ts";

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
    if (roots.includes(node)) for (const id of nodesIn(index)) visit(id);
  }
  return kernel.body.filter(({ id }) => needed.has(id));
}
