/**
 * Views as index maps: `pull` gives the operand's element for an element of the result, `push` the other way round
 * where that is possible.
 */
import type { Op } from "../../ir/graph/graph.ts";
import { constantIndex, type Ranges, zero } from "../../ir/kernel/index-expr.ts";
import { add, delinearize, linearize, multiply } from "../../ir/kernel/index-maps.ts";
import type { IndexExpr, IndexMap } from "../../ir/kernel/kernel.ts";
import { elementCount } from "../../ir/types.ts";

/** Ops that only rename elements of one operand, everywhere defined. */
export type ViewOp = Extract<Op, { readonly kind: "reshape" | "transpose" | "broadcast" | "slice" | "stopGradient" }>;

export function isView(op: Op): op is ViewOp {
  const { kind } = op;
  return (
    kind === "reshape" || kind === "transpose" || kind === "broadcast" || kind === "slice" || kind === "stopGradient"
  );
}

/** A view that shows each element of its operand once. */
export function isBijective(op: ViewOp, from: readonly number[], to: readonly number[]): boolean {
  return op.kind !== "slice" && elementCount(from) === elementCount(to);
}

/** Result element → operand element. */
export function pull(
  op: ViewOp,
  from: readonly number[],
  to: readonly number[],
  coords: IndexMap,
  ranges: Ranges,
): IndexMap {
  switch (op.kind) {
    case "stopGradient":
      return coords;
    case "reshape":
      return regroup(to, from, coords, ranges);
    case "transpose": {
      const map: IndexExpr[] = from.map(() => zero);
      op.permutation.forEach((axis, i) => {
        map[axis] = coords[i]!;
      });
      return map;
    }
    case "broadcast":
      return op.axes.map((axis, i) => (from[i] === 1 ? zero : coords[axis]!));
    case "slice":
      return coords.map((expr, i) => add(multiply(expr, op.strides[i]!, ranges), constantIndex(op.starts[i]!), ranges));
  }
}

/** Operand element → result element; for bijective views only. */
export function push(
  op: ViewOp,
  from: readonly number[],
  to: readonly number[],
  coords: IndexMap,
  ranges: Ranges,
): IndexMap {
  switch (op.kind) {
    case "stopGradient":
    case "slice":
      return coords;
    case "reshape":
      return regroup(from, to, coords, ranges);
    case "transpose":
      return op.permutation.map((axis) => coords[axis]!);
    case "broadcast": {
      const map: IndexExpr[] = to.map(() => zero);
      op.axes.forEach((axis, i) => {
        map[axis] = coords[i]!;
      });
      return map;
    }
  }
}

/**
 * The same row-major position under another shape. Works group by group: `[B, T, D] → [B, T, H, K]` touches D only,
 * so that what the simplifier sees stays small.
 */
function regroup(from: readonly number[], to: readonly number[], coords: IndexMap, ranges: Ranges): IndexMap {
  const map: IndexExpr[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const [iStart, jStart] = [i, j];
    let left = i < from.length ? from[i++]! : 1;
    let right = j < to.length ? to[j++]! : 1;
    while (left !== right) {
      if (left < right && i < from.length) left *= from[i++]!;
      else if (j < to.length) right *= to[j++]!;
      else break;
    }
    const group = from.slice(iStart, i);
    const linear = linearize(coords.slice(iStart, i), group, ranges);
    map.push(...delinearize(linear, to.slice(jStart, j), ranges));
  }
  return map;
}
