/**
 * Joins neighbouring axes that every tensor walks through as one: `[B, T]` of a kernel over tokens becomes one axis of
 * B·T. Tensors are seen under the joined shape; no byte moves.
 */
import { type Condition, normalCondition } from "../../ir/kernel/conditions.ts";
import { constantIndex, type Interval, type Ranges } from "../../ir/kernel/index-expr.ts";
import { linearize, substitute, substituteMap } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, IndexMap, NodeId, Read, ScalarNode, Write } from "../../ir/kernel/kernel.ts";
import type { TensorType } from "../../ir/types.ts";

export type Loops = {
  readonly domain: readonly number[];
  readonly reduce: readonly number[];
  readonly body: readonly ScalarNode[];
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  readonly nodeRanges: ReadonlyMap<NodeId, Interval>;
};

export function coalesce(loops: Loops): Loops {
  let current = withoutUnitAxes(loops);
  for (let axis = current.domain.length + current.reduce.length - 2; axis >= 0; axis--) {
    if (axis === current.domain.length - 1) continue;
    current = join(current, axis) ?? current;
  }
  return current;
}

function withoutUnitAxes(loops: Loops): Loops {
  const sizes = [...loops.domain, ...loops.reduce];
  let next = 0;
  const moved = sizes.map((size): IndexExpr => (size === 1 ? constantIndex(0) : { kind: "axis", axis: next++ }));
  const keep = (size: number) => size !== 1;
  return rewrite(loops, loops.domain.filter(keep), loops.reduce.filter(keep), moved);
}

/** Axes `axis` and `axis + 1` as one, or null where that would bring in a quotient or a remainder. */
function join(loops: Loops, axis: number): Loops | null {
  const sizes = [...loops.domain, ...loops.reduce];
  const [outer, inner] = [sizes[axis]!, sizes[axis + 1]!];
  const joined: IndexExpr = { kind: "axis", axis };
  const moved = sizes.map((_, i): IndexExpr => {
    if (i === axis) return { kind: "div", of: joined, by: inner };
    if (i === axis + 1) return { kind: "mod", of: joined, by: inner };
    return { kind: "axis", axis: i > axis ? i - 1 : i };
  });
  const shorter = sizes.toSpliced(axis, 2, outer * inner);
  const domainCount = loops.domain.length - (axis < loops.domain.length ? 1 : 0);
  const result = rewrite(loops, shorter.slice(0, domainCount), shorter.slice(domainCount), moved);
  return quotients(result) > quotients(loops) ? null : result;
}

function rewrite(
  loops: Loops,
  domain: readonly number[],
  reduce: readonly number[],
  moved: readonly IndexExpr[],
): Loops {
  const ranges: Ranges = { axes: [...domain, ...reduce], nodes: loops.nodeRanges };
  const condition = (c: Condition) => normalCondition({ ...c, expr: substitute(c.expr, moved, ranges) }, ranges);
  const guarded = (guard: Guard | undefined) => (guard === undefined ? {} : { guard: guard.map(condition) });
  const access = <A extends Read | Write>(a: A): A => {
    const { index, type } = joinDimensions(substituteMap(a.index, moved, ranges), a.type, ranges);
    return { ...a, index, type, ...guarded(a.guard) };
  };
  const body = loops.body.map((node): ScalarNode => {
    if (node.op.kind === "index")
      return { ...node, op: { kind: "index", expr: substitute(node.op.expr, moved, ranges) } };
    if (node.op.kind === "inside") {
      const guard = node.op.guard.map(condition);
      return { ...node, op: { kind: "inside", guard } };
    }
    return node;
  });
  return { ...loops, domain, reduce, body, reads: loops.reads.map(access), writes: loops.writes.map(access) };
}

/** Drops dimensions of one element, and joins others where that saves quotients: t[⌊n / T⌋, n mod T, d] of [B, T, D] is t[n, d] of [B·T, D]. */
function joinDimensions(
  index: IndexMap,
  type: TensorType,
  ranges: Ranges,
): { readonly index: IndexMap; readonly type: TensorType } {
  let map: IndexMap = index.filter((_, d) => type.shape[d] !== 1);
  let shape: readonly number[] = type.shape.filter((size) => size !== 1);
  for (let d = shape.length - 2; d >= 0; d--) {
    for (let width = 2; d + width <= shape.length; width++) {
      const part = map.slice(d, d + width);
      const before = part.reduce((sum, expr) => sum + quotientsIn(expr), 0);
      if (before === 0) break;
      const linear = linearize(part, shape.slice(d, d + width), ranges);
      if (quotientsIn(linear) >= before) continue;
      map = map.toSpliced(d, width, linear);
      shape = shape.toSpliced(
        d,
        width,
        shape.slice(d, d + width).reduce((a, b) => a * b, 1),
      );
      break;
    }
  }
  return { index: map, type: { ...type, shape } };
}

function quotients(loops: Loops): number {
  let sum = 0;
  for (const { index, guard } of [...loops.reads, ...loops.writes]) {
    for (const expr of index) sum += quotientsIn(expr);
    for (const { expr } of guard ?? []) sum += quotientsIn(expr);
  }
  for (const { op } of loops.body) {
    if (op.kind === "index") sum += quotientsIn(op.expr);
    if (op.kind === "inside") for (const { expr } of op.guard) sum += quotientsIn(expr);
  }
  return sum;
}

function quotientsIn(expr: IndexExpr): number {
  switch (expr.kind) {
    case "constant":
    case "axis":
    case "node":
      return 0;
    case "add":
      return quotientsIn(expr.left) + quotientsIn(expr.right);
    case "mul":
      return quotientsIn(expr.of);
    case "div":
    case "mod":
      return 1 + quotientsIn(expr.of);
  }
}
