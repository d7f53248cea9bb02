/** Index expressions: how they are made, what they depend on, and which values they take. */
import type { Guard, IndexExpr, IndexMap, NodeId } from "./kernel.ts";

/** Inclusive; ±Infinity where nothing is known. */
export type Interval = { readonly low: number; readonly high: number };

/** What the axes (from 0 to their size) and the nodes used as indices run over; `within` narrows axes further. */
export type Ranges = {
  readonly axes: readonly number[];
  readonly nodes?: ReadonlyMap<NodeId, Interval>;
  readonly within?: ReadonlyMap<number, Interval>;
};

export const zero: IndexExpr = { kind: "constant", value: 0 };

export function constantIndex(value: number): IndexExpr {
  return { kind: "constant", value };
}

export function axisIndex(axis: number): IndexExpr {
  return { kind: "axis", axis };
}

/** Every value of `expr` lies in the interval. */
export function intervalOf(expr: IndexExpr, ranges: Ranges): Interval {
  switch (expr.kind) {
    case "constant":
      return { low: expr.value, high: expr.value };
    case "axis":
      return ranges.within?.get(expr.axis) ?? { low: 0, high: Math.max(0, (ranges.axes[expr.axis] ?? 1) - 1) };
    case "node":
      return ranges.nodes?.get(expr.node) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    case "add": {
      const left = intervalOf(expr.left, ranges);
      const right = intervalOf(expr.right, ranges);
      return { low: left.low + right.low, high: left.high + right.high };
    }
    case "mul": {
      if (expr.by === 0) return { low: 0, high: 0 };
      const of = intervalOf(expr.of, ranges);
      const ends = [of.low * expr.by, of.high * expr.by];
      return { low: Math.min(...ends), high: Math.max(...ends) };
    }
    case "div": {
      const of = intervalOf(expr.of, ranges);
      return { low: Math.floor(of.low / expr.by), high: Math.floor(of.high / expr.by) };
    }
    case "mod": {
      const of = intervalOf(expr.of, ranges);
      if (of.low >= 0 && of.high < expr.by) return of;
      return { low: 0, high: expr.by - 1 };
    }
  }
}

/** One text for one expression: equal texts, equal expressions. */
export function keyOf(expr: IndexExpr): string {
  const known = keys.get(expr);
  if (known !== undefined) return known;
  const key = makeKey(expr);
  keys.set(expr, key);
  return key;
}

export function keyOfMap(map: IndexMap): string {
  return map.map(keyOf).join(",");
}

export function keyOfGuard(guard: Guard): string {
  return guard.map(({ expr, from, to }) => `${from}<=${keyOf(expr)}<${to}`).join("&");
}

/** The axes and nodes an expression depends on. */
export function atomsOf(expr: IndexExpr): { readonly axes: ReadonlySet<number>; readonly nodes: ReadonlySet<NodeId> } {
  const axes = new Set<number>();
  const nodes = new Set<NodeId>();
  collect(expr, axes, nodes);
  return { axes, nodes };
}

/** `expr` as Σ coefficient · axis + constant; null where it has other atoms. */
export function asAffine(
  expr: IndexExpr,
): { readonly constant: number; readonly coefficients: ReadonlyMap<number, number> } | null {
  const coefficients = new Map<number, number>();
  let constant = 0;
  const visit = (part: IndexExpr, factor: number): boolean => {
    switch (part.kind) {
      case "constant":
        constant += factor * part.value;
        return true;
      case "axis":
        coefficients.set(part.axis, (coefficients.get(part.axis) ?? 0) + factor);
        return true;
      case "add":
        return visit(part.left, factor) && visit(part.right, factor);
      case "mul":
        return visit(part.of, factor * part.by);
      case "div":
      case "mod":
      case "node":
        return false;
    }
  };
  return visit(expr, 1) ? { constant, coefficients } : null;
}

const keys = new WeakMap<IndexExpr, string>();

function makeKey(expr: IndexExpr): string {
  switch (expr.kind) {
    case "constant":
      return String(expr.value);
    case "axis":
      return `a${expr.axis}`;
    case "node":
      return `n${expr.node}`;
    case "add":
      return `${keyOf(expr.left)}+${keyOf(expr.right)}`;
    case "mul":
      return `${expr.by}*(${keyOf(expr.of)})`;
    case "div":
      return `(${keyOf(expr.of)})/${expr.by}`;
    case "mod":
      return `(${keyOf(expr.of)})%${expr.by}`;
  }
}

function collect(expr: IndexExpr, axes: Set<number>, nodes: Set<NodeId>): void {
  switch (expr.kind) {
    case "constant":
      return;
    case "axis":
      axes.add(expr.axis);
      return;
    case "node":
      nodes.add(expr.node);
      return;
    case "add":
      collect(expr.left, axes, nodes);
      collect(expr.right, axes, nodes);
      return;
    case "mul":
    case "div":
    case "mod":
      collect(expr.of, axes, nodes);
  }
}
