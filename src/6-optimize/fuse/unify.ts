/**
 * One iteration space for two drafts that meet in a value: `p` makes the element that `c` reads.
 *
 * Both sides say which element in mixed-radix digits of their axes. Digits are matched from the right, an axis is split
 * where the other side has two digits for it ([B·T] against [B, T]), and both are rewritten over the common axes.
 */
import { asAffine, axisIndex } from "../../ir/kernel/index-expr.ts";
import type { IndexExpr, IndexMap } from "../../ir/kernel/kernel.ts";
import type { Draft } from "./draft.ts";

/** `left[a]`, `right[a]`: each side's axis over the common axes, domain first. */
export type CommonSpace = {
  readonly domain: readonly number[];
  readonly reduce: readonly number[];
  readonly left: readonly IndexExpr[];
  readonly right: readonly IndexExpr[];
};

type Space = Pick<Draft, "domain" | "reduce">;
export type Side = { readonly space: Space; readonly coords: IndexMap };

/** Null where the spaces do not fit. `mayLoop`: a draft without reduction may run inside the other's reduced axes. */
export function unify(left: Side, right: Side, shape: readonly number[], mayLoop: boolean): CommonSpace | null {
  const atoms: number[] = [];
  const parts = { left: new Map<number, number[]>(), right: new Map<number, number[]>() };

  for (let dimension = 0; dimension < shape.length; dimension++) {
    const leftDigits = digitsOf(left.coords[dimension]!, left.space, shape[dimension]!);
    const rightDigits = digitsOf(right.coords[dimension]!, right.space, shape[dimension]!);
    if (leftDigits === null || rightDigits === null) return null;
    if ([...leftDigits].some((axis) => parts.left.has(axis))) return null;
    if ([...rightDigits].some((axis) => parts.right.has(axis))) return null;
    if (!align(leftDigits, rightDigits)) return null;
  }

  const rest = { left: unmatched(left.space, parts.left), right: unmatched(right.space, parts.right) };
  const reduces = { left: left.space.reduce.length > 0, right: right.space.reduce.length > 0 };
  if (reduces.left && reduces.right) {
    if (rest.left.domain.length > 0 || rest.right.domain.length > 0) return null;
    if (rest.left.reduce.length !== left.space.reduce.length && rest.left.reduce.length > 0) return null;
    if (!align(rest.left.reduce, rest.right.reduce)) return null;
    if (!sameScopes()) return null;
  } else if (reduces.left || reduces.right) {
    const [looping, flat] = reduces.left ? [rest.left, rest.right] : [rest.right, rest.left];
    if (looping.domain.length > 0) return null;
    if (flat.domain.length > 0) {
      if (!mayLoop) return null;
      if (!(reduces.left ? align(looping.reduce, flat.domain) : align(flat.domain, looping.reduce))) return null;
    } else if (looping.reduce.length > 0) {
      // The flat side runs once a domain point: none of its axes may have met a reduced one.
      const space = reduces.left ? left.space : right.space;
      const met = reduces.left ? parts.left : parts.right;
      if (space.reduce.some((size, i) => size > 1 && met.has(space.domain.length + i))) return null;
    } else if (!mayLoop) return null;
  } else if (rest.left.domain.length > 0 || rest.right.domain.length > 0) return null;

  const leads = reduces.left ? "left" : reduces.right ? "right" : "right";
  return rewrite(leads);

  /** Matches two digit lists from the least significant end; splits where sizes differ. */
  function align(leftAxes: readonly number[], rightAxes: readonly number[]): boolean {
    const a = leftAxes.map((axis) => ({ axis, size: sizeOf(left.space, axis) }));
    const b = rightAxes.map((axis) => ({ axis, size: sizeOf(right.space, axis) }));
    while (a.length > 0 && b.length > 0) {
      const x = a.at(-1)!;
      const y = b.at(-1)!;
      const size = Math.min(x.size, y.size);
      if (Math.max(x.size, y.size) % size !== 0) return false;
      const atom = atoms.push(size) - 1;
      prepend(parts.left, x.axis, atom);
      prepend(parts.right, y.axis, atom);
      x.size /= size;
      y.size /= size;
      if (x.size === 1) a.pop();
      if (y.size === 1) b.pop();
    }
    return a.length === 0 && b.length === 0;
  }

  function sameScopes(): boolean {
    const scope = (space: Space, map: ReadonlyMap<number, number[]>) =>
      new Map([...map].flatMap(([axis, list]) => list.map((atom) => [atom, axis >= space.domain.length] as const)));
    const [a, b] = [scope(left.space, parts.left), scope(right.space, parts.right)];
    return [...a].every(([atom, reduced]) => b.get(atom) === reduced);
  }

  /** The leading side's axes in their order, each as its parts. */
  function rewrite(leader: "left" | "right"): CommonSpace {
    const space = leader === "left" ? left.space : right.space;
    const order: number[] = [];
    let domainCount = 0;
    for (let axis = 0; axis < rankOf(space); axis++) {
      const pieces = parts[leader].get(axis) ?? (sizeOf(space, axis) > 1 ? [atoms.push(sizeOf(space, axis)) - 1] : []);
      parts[leader].set(axis, pieces);
      order.push(...pieces);
      if (axis < space.domain.length) domainCount = order.length;
    }
    const sizes = order.map((atom) => atoms[atom]!);
    const position = new Map(order.map((atom, i) => [atom, i]));
    const over = (side: Space, map: ReadonlyMap<number, number[]>) =>
      Array.from({ length: rankOf(side) }, (_, axis) => {
        let expr: IndexExpr = { kind: "constant", value: 0 };
        for (const atom of map.get(axis) ?? []) {
          const scaled: IndexExpr = { kind: "mul", of: expr, by: atoms[atom]! };
          expr = { kind: "add", left: scaled, right: axisIndex(position.get(atom)!) };
        }
        return expr;
      });
    return {
      domain: sizes.slice(0, domainCount),
      reduce: sizes.slice(domainCount),
      left: over(left.space, parts.left),
      right: over(right.space, parts.right),
    };
  }
}

/** The axes whose mixed-radix number the expression is, most significant first; null for anything else. */
export function digitsOf(expr: IndexExpr, space: Space, size: number): readonly number[] | null {
  const affine = asAffine(expr);
  if (affine === null || affine.constant !== 0) return null;
  const terms = [...affine.coefficients].filter(([axis]) => sizeOf(space, axis) > 1).sort((a, b) => a[1] - b[1]);
  let stride = 1;
  for (const [axis, coefficient] of terms) {
    if (coefficient !== stride) return null;
    stride *= sizeOf(space, axis);
  }
  return stride === size ? terms.map(([axis]) => axis).reverse() : null;
}

function sizeOf(space: Space, axis: number): number {
  return axis < space.domain.length ? space.domain[axis]! : space.reduce[axis - space.domain.length]!;
}

function rankOf(space: Space): number {
  return space.domain.length + space.reduce.length;
}

function unmatched(space: Space, parts: ReadonlyMap<number, number[]>): { domain: number[]; reduce: number[] } {
  const free = Array.from({ length: rankOf(space) }, (_, axis) => axis).filter(
    (axis) => !parts.has(axis) && sizeOf(space, axis) > 1,
  );
  return {
    domain: free.filter((axis) => axis < space.domain.length),
    reduce: free.filter((axis) => axis >= space.domain.length),
  };
}

function prepend(map: Map<number, number[]>, axis: number, atom: number): void {
  map.set(axis, [atom, ...(map.get(axis) ?? [])]);
}
