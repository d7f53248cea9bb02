/** The axes of one role counted as one: elements, or groups of four along the last axis. */
import { type Context, defineIn } from "../../context.ts";
import type { Nest } from "../../nest.ts";
import { pointOf } from "../../points.ts";
import { call, unsigned } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";

export type Extent = {
  readonly axes: readonly { readonly axis: number; readonly size: number }[];
  readonly size: number;
  /** Groups of four, the last one perhaps not full. */
  readonly groups: number;
  /** Do groups of four never cross the end of the last axis? */
  readonly whole: boolean;
  readonly lastAxis: number | null;
};

export function extentOf({ ranges }: Nest, axes: readonly number[]): Extent {
  const sized = axes.map((axis) => ({ axis, size: ranges.axes[axis]! }));
  const size = sized.reduce((product, one) => product * one.size, 1);
  const last = sized.at(-1);
  return {
    axes: sized,
    size,
    groups: Math.ceil(size / 4),
    whole: last !== undefined && last.size % 4 === 0,
    lastAxis: last?.axis ?? null,
  };
}

/** The axes at an element's number. */
export function elementAt(context: Context, block: Block, extent: Extent, number: Expr): ReadonlyMap<number, Expr> {
  return pointOf(context, block, number, extent.axes, "i");
}

/** The axes at a group's number, the last one counted in groups. */
export function groupAt(context: Context, block: Block, extent: Extent, number: Expr): ReadonlyMap<number, Expr> {
  const axes = extent.axes.map(({ axis, size }) => ({ axis, size: axis === extent.lastAxis ? size / 4 : size }));
  return pointOf(context, block, number, axes, "i");
}

/** `number`, or the last that exists where it may lie beyond. */
export function clamped(context: Context, block: Block, number: Expr, count: number, exact: boolean): Expr {
  if (exact) return number;
  return defineIn(context, block, "clamped", call("min", [number, unsigned(count - 1)]));
}
