/** Ask the node: which nodes it uses. */
import { atomsOf } from "./index-expr.ts";
import type { Guard, IndexExpr, Kernel, NodeId, ScalarNode } from "./kernel.ts";

type Op = ScalarNode["op"];

/** The nodes a node uses, those in its indices and guards included. */
export function argumentsOf({ reads }: Pick<Kernel, "reads">, { op }: Pick<ScalarNode, "op">): readonly NodeId[] {
  if (op.kind !== "read") return argumentsBesideReads(op);
  const { index, guard } = reads[op.read]!;
  return nodesIn([...index, ...exprsOf(guard)]);
}

/** The same for a node that reads nothing: what it uses stands in itself. */
export function argumentsBesideReads(op: Exclude<Op, { readonly kind: "read" }>): readonly NodeId[] {
  if (op.kind === "index") return nodesIn([op.expr]);
  return op.kind === "inside" ? nodesIn(exprsOf(op.guard)) : operandsOfNode(op);
}

/** The nodes an operation takes as values, in order; those in indices and guards are not among them. */
export function operandsOfNode(op: Op): readonly NodeId[] {
  switch (op.kind) {
    case "constant":
    case "index":
    case "inside":
    case "read":
      return [];
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

export function nodesIn(exprs: readonly IndexExpr[]): readonly NodeId[] {
  return exprs.flatMap((expr) => [...atomsOf(expr).nodes]);
}

function exprsOf(guard: Guard | undefined): readonly IndexExpr[] {
  return (guard ?? []).map(({ expr }) => expr);
}
