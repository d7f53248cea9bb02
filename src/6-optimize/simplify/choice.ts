/** Identities of select and cast. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import { uniformNumber } from "./constants.ts";

/** A known condition, equal branches, a negated condition, the same condition again inside a branch, `c ? true : false`. */
export function simplifySelect(op: OpOf<"select">, b: GraphBuilder, { type }: Value): ValueId | null {
  const known = uniformNumber(b, op.condition);
  if (known !== null) return known === 1 ? op.then : op.else;
  if (op.then === op.else) return op.then;
  const condition = b.valueOf(op.condition).op;
  if (condition.kind === "apply" && condition.fn === "not") return b.select(condition.args[0]!, op.else, op.then);
  const inThen = b.valueOf(op.then).op;
  if (inThen.kind === "select" && inThen.condition === op.condition) {
    return b.select(op.condition, inThen.then, op.else);
  }
  const inElse = b.valueOf(op.else).op;
  if (inElse.kind === "select" && inElse.condition === op.condition) {
    return b.select(op.condition, op.then, inElse.else);
  }
  const taken = uniformNumber(b, op.then);
  const otherwise = uniformNumber(b, op.else);
  if (taken === null || otherwise === null) return null;
  if (taken === otherwise && !Object.is(taken, -0)) return op.then;
  if (type.dtype !== "bool") return null;
  return taken === 1 ? op.condition : b.apply("not", op.condition);
}

/** To the same dtype; a bool through a number (0 and 1 are the same in every dtype). */
export function simplifyCast(op: OpOf<"cast">, b: GraphBuilder, { type }: Value): ValueId | null {
  const from = b.valueOf(op.of);
  if (from.type.dtype === type.dtype) return op.of;
  if (from.op.kind === "cast" && b.typeOf(from.op.of).dtype === "bool") return b.cast(from.op.of, type.dtype);
  return null;
}
