/** A body without the nodes that no result needs: an index that turned out not to matter, for example. */
import type { Interval } from "../../ir/kernel/index-expr.ts";
import type { Guard, IndexExpr, NodeId, Read, ScalarNode, Write } from "../../ir/kernel/kernel.ts";
import { argumentsOf, nodesIn } from "../../ir/kernel/node-arguments.ts";

export type Code = {
  readonly body: readonly ScalarNode[];
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  readonly nodeRanges: ReadonlyMap<NodeId, Interval>;
};

export function removeDeadNodes(code: Code): Code {
  const live = new Set<NodeId>();
  const visit = (id: NodeId): void => {
    if (live.has(id)) return;
    live.add(id);
    for (const argument of argumentsOf(code, code.body[id]!)) visit(argument);
  };
  for (const { node, index, guard } of code.writes) {
    visit(node);
    for (const id of nodesIn([...index, ...(guard ?? []).map(({ expr }) => expr)])) visit(id);
  }
  if (live.size === code.body.length) return code;

  const kept = code.body.filter(({ id }) => live.has(id));
  const to = new Map(kept.map(({ id }, position) => [id, position as NodeId]));
  const readsKept = [...new Set(kept.flatMap(({ op }) => (op.kind === "read" ? [op.read] : [])))].sort((a, b) => a - b);
  const move = (id: NodeId) => to.get(id)!;
  const moveAccess = <A extends Read | Write>(access: A): A => ({
    ...access,
    index: access.index.map((expr) => moveExpr(expr, move)),
    ...(access.guard === undefined ? {} : { guard: moveGuard(access.guard, move) }),
  });
  return {
    body: kept.map((node) => ({ ...node, id: move(node.id), op: moveOp(node.op, move, (r) => readsKept.indexOf(r)) })),
    reads: readsKept.map((position) => moveAccess(code.reads[position]!)),
    writes: code.writes.map((write) => ({ ...moveAccess(write), node: move(write.node) })),
    nodeRanges: new Map([...code.nodeRanges].filter(([id]) => live.has(id)).map(([id, range]) => [move(id), range])),
  };
}

type Move = (id: NodeId) => NodeId;

function moveOp(op: ScalarNode["op"], move: Move, moveRead: (read: number) => number): ScalarNode["op"] {
  switch (op.kind) {
    case "constant":
      return op;
    case "index":
      return { kind: "index", expr: moveExpr(op.expr, move) };
    case "inside":
      return { kind: "inside", guard: moveGuard(op.guard, move) };
    case "read":
      return { kind: "read", read: moveRead(op.read) };
    case "apply":
      return { ...op, args: op.args.map(move) };
    case "select":
      return { kind: "select", condition: move(op.condition), then: move(op.then), else: move(op.else) };
    case "cast":
    case "bits":
    case "reduce":
      return { ...op, of: move(op.of) };
    case "random":
      return {
        ...op,
        seed: move(op.seed),
        step: move(op.step),
        sample: move(op.sample),
        element: move(op.element),
      };
  }
}

function moveGuard(guard: Guard, move: Move): Guard {
  return guard.map((condition) => ({ ...condition, expr: moveExpr(condition.expr, move) }));
}

function moveExpr(expr: IndexExpr, move: Move): IndexExpr {
  switch (expr.kind) {
    case "constant":
    case "axis":
      return expr;
    case "node":
      return { kind: "node", node: move(expr.node) };
    case "add":
      return { kind: "add", left: moveExpr(expr.left, move), right: moveExpr(expr.right, move) };
    case "mul":
    case "div":
    case "mod":
      return { ...expr, of: moveExpr(expr.of, move) };
  }
}
