/** Arithmetic on index expressions and maps, each result in normal form. */
import { type Ranges, zero } from "./index-expr.ts";
import type { IndexExpr, IndexMap } from "./kernel.ts";
import { simplify } from "./normal-form.ts";

export function add(left: IndexExpr, right: IndexExpr, ranges: Ranges): IndexExpr {
  return simplify({ kind: "add", left, right }, ranges);
}

export function multiply(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "mul", of, by }, ranges);
}

function divide(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "div", of, by }, ranges);
}

function remainder(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "mod", of, by }, ranges);
}

/** Row-major position of an element. */
export function linearize(map: IndexMap, shape: readonly number[], ranges: Ranges): IndexExpr {
  let linear: IndexExpr = zero;
  map.forEach((expr, axis) => {
    linear = { kind: "add", left: { kind: "mul", of: linear, by: shape[axis] ?? 1 }, right: expr };
  });
  return simplify(linear, ranges);
}

/** The element of a row-major tensor at a position. */
export function delinearize(linear: IndexExpr, shape: readonly number[], ranges: Ranges): IndexMap {
  const map: IndexExpr[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    const quotient = divide(linear, stride, ranges);
    // No remainder for the outermost axis: the position lies inside.
    map.unshift(axis === 0 ? quotient : remainder(quotient, Math.max(1, size), ranges));
    stride *= Math.max(1, size);
  }
  return map;
}

/** Replaces each axis by an expression (of other axes), then simplifies in their ranges. */
export function substitute(expr: IndexExpr, axes: readonly IndexExpr[], ranges: Ranges): IndexExpr {
  return simplify(replaceAxes(expr, axes), ranges);
}

export function substituteMap(map: IndexMap, axes: readonly IndexExpr[], ranges: Ranges): IndexMap {
  return map.map((expr) => substitute(expr, axes, ranges));
}

function replaceAxes(expr: IndexExpr, axes: readonly IndexExpr[]): IndexExpr {
  switch (expr.kind) {
    case "constant":
    case "node":
      return expr;
    case "axis":
      return axes[expr.axis] ?? expr;
    case "add":
      return { kind: "add", left: replaceAxes(expr.left, axes), right: replaceAxes(expr.right, axes) };
    case "mul":
    case "div":
    case "mod":
      return { ...expr, of: replaceAxes(expr.of, axes) };
  }
}
