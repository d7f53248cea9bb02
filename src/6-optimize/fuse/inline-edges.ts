/** Ops whose result ends where the operand does not: pad and concat become guards and choices. */
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import { normalCondition } from "../../ir/kernel/conditions.ts";
import { constantIndex, intervalOf, type Ranges } from "../../ir/kernel/index-expr.ts";
import { add } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexMap, NodeId } from "../../ir/kernel/kernel.ts";
import { invariant } from "../../support/invariant.ts";
import type { NodeList } from "./node-list.ts";

/** Builds a value at an element, under a guard. */
export type Build = (id: ValueId, coords: IndexMap, guard: Guard) => NodeId;
/** Where an op is asked for. */
export type Place = { readonly coords: IndexMap; readonly guard: Guard };

export function inlinePad(
  list: NodeList,
  build: Build,
  { type }: Value,
  op: OpOf<"pad">,
  from: readonly number[],
  { coords, guard }: Place,
): NodeId {
  const map = coords.map((expr, i) => add(expr, constantIndex(-op.low[i]!), list.ranges));
  const conditions = open(
    map.map((expr, i) => ({ expr, from: 0, to: from[i]! })),
    list.ranges,
  );
  const outside = () => list.constant(type.dtype, op.value);
  if (conditions === "never") return outside();
  if (conditions.length === 0) return build(op.of, map, guard);
  const inner = build(op.of, map, [...guard, ...conditions]);
  // A guarded read is 0 outside already.
  const node = list.at(inner).op;
  if (op.value === 0 && node.kind === "read" && list.reads[node.read]?.guard !== undefined) return inner;
  return list.where(conditions, inner, outside(), type.dtype);
}

export function inlineConcat(
  list: NodeList,
  build: Build,
  { type }: Value,
  op: OpOf<"concat">,
  sizeOf: (part: ValueId) => number,
  { coords, guard }: Place,
): NodeId {
  let offset = type.shape[op.axis]!;
  let result: NodeId | null = null;
  for (const part of [...op.parts].reverse()) {
    const size = sizeOf(part);
    offset -= size;
    const moved = add(coords[op.axis]!, constantIndex(-offset), list.ranges);
    const conditions = open([{ expr: moved, from: 0, to: size }], list.ranges);
    if (conditions === "never") continue;
    const here = build(part, coords.with(op.axis, moved), [...guard, ...conditions]);
    if (conditions.length === 0) return here;
    result = result === null ? here : list.where(conditions, here, result, type.dtype);
  }
  invariant(result !== null, "a concatenation of nothing");
  return result;
}

/** The conditions that are not proven; "never" where one is refuted. */
function open(conditions: Guard, ranges: Ranges): Guard | "never" {
  const left: Guard[number][] = [];
  for (const condition of conditions) {
    const { low, high } = intervalOf(condition.expr, ranges);
    if (high < condition.from || low >= condition.to) return "never";
    if (low < condition.from || high >= condition.to) left.push(normalCondition(condition, ranges));
  }
  return left;
}
