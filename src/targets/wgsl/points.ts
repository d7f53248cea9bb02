/** One number → a point of a box: the axes' values, outermost first. */
import { type Context, defineIn } from "./context.ts";
import { modulo, over } from "./syntax/build.ts";
import type { Block, Expr } from "./syntax/tree.ts";

/** Binds `axes` to the coordinates of the point that `number` counts; `sizes` are in groups. */
export function pointOf(
  context: Context,
  block: Block,
  number: Expr,
  axes: readonly { readonly axis: number; readonly size: number }[],
  prefix: string,
): ReadonlyMap<number, Expr> {
  const point = new Map<number, Expr>();
  let stride = 1;
  for (const [index, { axis, size }] of [...axes.entries()].toReversed()) {
    const quotient = over(number, stride);
    const value = index === 0 ? quotient : modulo(quotient, size);
    point.set(axis, defineIn(context, block, `${prefix}${axis}`, value));
    stride *= size;
  }
  return point;
}
