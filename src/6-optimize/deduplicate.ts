/**
 * Common subexpressions: values made by the same op from the same operands become one, which keeps the first one's
 * origin. Every op is pure, random numbers included, so equal ops give equal values. Graph → Graph.
 */
import type { Op, Value, ValueId } from "../ir/graph/graph.ts";
import { rewrite } from "../ir/graph/rewrite.ts";
import type { ScalarFunction } from "../ir/graph/scalar-function.ts";
import type { GraphPass } from "../ir/pass.ts";

export const deduplicate: GraphPass = {
  name: "deduplicate",
  run: (graph, tensors) => {
    const known = new Map<string, ValueId>();
    const { graph: result } = rewrite(graph, tensors, (b, value) => {
      const key = keyOf(value);
      const same = known.get(key);
      if (same !== undefined) return same;
      const made = value.op.kind === "input" ? b.input(value.op.name, value.type, value.variesBy) : null;
      const id = made ?? b.add(value.op, value.type, value.op.kind === "persistent" ? value.variesBy : undefined);
      known.set(key, id);
      return id;
    });
    return result;
  },
};

function keyOf({ op, type }: Value): string {
  return JSON.stringify([ordered(op), type], (_, part) => (Object.is(part, -0) ? "-0" : nameInfinity(part)));
}

/** x + y and y + x round to the same number. */
function ordered(op: Op): Op {
  if (op.kind !== "apply" || !commutative.has(op.fn)) return op;
  return { ...op, args: op.args.toSorted((a, b) => a - b) };
}

const commutative: ReadonlySet<ScalarFunction> = new Set(["add", "mul", "min", "max", "eq", "ne", "and", "or"]);

/** JSON has no infinities. */
function nameInfinity(part: unknown): unknown {
  return part === Infinity || part === -Infinity ? String(part) : part;
}
