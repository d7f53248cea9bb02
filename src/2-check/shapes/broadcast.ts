/**
 * Broadcasting: shapes align at the right; a missing leading axis, or an axis written as the literal 1, stretches. A name
 * that happens to be 1 does not.
 */
import { constantOf, type Dim } from "../../ir/dim.ts";
import { type DimFacts, provablyEqual } from "../../ir/dim-facts.ts";
import { type Axis, type Shape, star } from "./value.ts";

/** Which axes do not go together, counted from the right. */
export type Clash = { readonly fromRight: number; readonly left: Axis; readonly right: Axis };

export function broadcast(left: Shape, right: Shape, facts: DimFacts): { shape: Shape } | { clash: Clash } {
  const shape: Axis[] = [];
  for (let i = 1; i <= Math.max(left.length, right.length); i++) {
    const [a, b] = [left.at(-i), right.at(-i)];
    if (i > left.length || a === undefined) {
      if (b !== undefined) shape.unshift(b);
      continue;
    }
    if (i > right.length || b === undefined) {
      shape.unshift(a);
      continue;
    }
    const axis = join(a, b, facts);
    if (axis === null) return { clash: { fromRight: i, left: a, right: b } };
    shape.unshift(axis);
    // Behind a star nothing is known to align, so what is left of it must be the same on both sides.
    if (axis.kind === "star" && (left.length > i || right.length > i)) {
      const [restLeft, restRight] = [left.slice(0, -i), right.slice(0, -i)];
      if (!sameShape(restLeft, restRight, facts)) return { clash: { fromRight: i, left: a, right: b } };
      return { shape: [...restLeft, ...shape] };
    }
  }
  return { shape };
}

function join(a: Axis, b: Axis, facts: DimFacts): Axis | null {
  if (a.kind === "star" && b.kind === "star")
    return a.name === b.name ? star(a.name, a.stretches && b.stretches) : null;
  if (a.kind === "star" || b.kind === "star") return null;
  if (provablyEqual(a.dim, b.dim, facts)) return a;
  if (isOne(a.dim)) return b;
  return isOne(b.dim) ? a : null;
}

function isOne(dim: Dim): boolean {
  return constantOf(dim) === 1;
}

export function sameAxis(a: Axis, b: Axis, facts: DimFacts): boolean {
  if (a.kind === "star" || b.kind === "star") {
    return a.kind === "star" && b.kind === "star" && a.name === b.name && a.stretches === b.stretches;
  }
  return provablyEqual(a.dim, b.dim, facts);
}

export function sameShape(a: Shape, b: Shape, facts: DimFacts): boolean {
  return a.length === b.length && a.every((axis, i) => b[i] !== undefined && sameAxis(axis, b[i], facts));
}

/** The dimensions in some shapes, for a message about them. */
export function dimsIn(...shapes: readonly Shape[]): readonly Dim[] {
  return shapes.flatMap((shape) => shape.flatMap((axis) => (axis.kind === "dim" ? [axis.dim] : [])));
}
