/** Reductions, running ones, rankings and contractions. */
import type { ReduceFunction } from "../../../src/ir/graph/graph.ts";
import { elementCount } from "../../../src/ir/types.ts";
import { type Bounds, exactly, isExact, productOf, sumOf } from "./bounds.ts";
import { type Grown, hash } from "./growing.ts";
import type { Instruction } from "./instructions.ts";

const hasAxis = ({ type }: Grown): boolean => type.shape.length > 0;
const exactWithAxis = (value: Grown): boolean => hasAxis(value) && isExact(value.bounds);

function reducedBounds(fn: ReduceFunction, x: Grown, count: number): Bounds {
  if (fn !== "sum") return x.bounds;
  return x.type.dtype === "f32" ? sumOf(x.bounds, count) : exactly(2 ** 32);
}

const reduce: (fn: ReduceFunction, dtype: "f32" | "i32") => Instruction =
  (fn, dtype) =>
  (g, [n, m]) => {
    const x = g.some(n, dtype, hasAxis);
    const { shape } = x.type;
    const some = shape.map((_, axis) => axis).filter((axis) => hash(m, axis) % 2 === 0);
    const axes = some.length === 0 ? [m % shape.length] : some;
    const bounds = reducedBounds(fn, x, elementCount(axes.map((axis) => shape[axis]!)));
    if (g.fits([], bounds, dtype)) g.keep(g.b.reduce(fn, x.id, axes), bounds);
  };

const cumulative: (fn: ReduceFunction) => Instruction =
  (fn) =>
  (g, [n, m]) => {
    const x = g.some(n, "f32", hasAxis);
    const axis = m % x.type.shape.length;
    const bounds = reducedBounds(fn, x, x.type.shape[axis]!);
    if (g.fits(x.type.shape, bounds)) g.keep(g.b.cumulative(fn, x.id, axis), bounds);
  };

export const reductions: { readonly [name: string]: Instruction } = {
  sum: reduce("sum", "f32"),
  maximum: reduce("max", "f32"),
  minimum: reduce("min", "f32"),
  sumI32: reduce("sum", "i32"),
  maximumI32: reduce("max", "i32"),
  argMax: (g, [n, m]) => {
    const x = g.some(n, m % 2 === 0 ? "f32" : "i32", exactWithAxis);
    const axis = m % x.type.shape.length;
    g.keep(g.b.argReduce(n % 2 === 0 ? "max" : "min", x.id, axis), exactly(x.type.shape[axis]!));
  },
  topK: (g, [n, m, k]) => {
    const x = g.some(n, "f32", exactWithAxis);
    const size = x.type.shape.at(-1)!;
    const yields = k % 2 === 0 ? "values" : "indices";
    const bounds = yields === "values" ? x.bounds : exactly(size);
    g.keep(g.b.topK(x.id, 1 + (m % Math.min(size, 3)), yields), bounds);
  },
  cumulativeSum: cumulative("sum"),
  cumulativeMax: cumulative("max"),
  cumulativeMin: cumulative("min"),
  /** Labels of the left are its axes; the right shares some of them and has at most one of its own. */
  contract: (g, [n, m, k]) => {
    const x = g.some(n, "f32", hasAxis);
    const left = x.type.shape.map((_, axis) => axis);
    const summed = left.filter((axis) => hash(m, axis) % 2 === 0);
    const batch = left.filter((axis) => hash(m, axis) % 4 === 1);
    const own = k % 3 === 0 ? [] : [left.length];
    const right = [...summed, ...batch, ...own].sort((a, b) => hash(k, a) - hash(k, b));
    const ownSize = g.sizes[m % g.sizes.length]!;
    const y = g.input(
      "f32",
      right.map((label) => x.type.shape[label] ?? ownSize),
      k,
    );
    const out = [...left.filter((axis) => !summed.includes(axis)), ...own].sort((a, b) => hash(n, a) - hash(n, b));
    const count = elementCount(summed.map((axis) => x.type.shape[axis]!));
    const bounds = sumOf(productOf(x.bounds, y.bounds), count);
    const shape = out.map((label) => x.type.shape[label] ?? ownSize);
    if (g.fits(shape, bounds)) g.keep(g.b.contract(x.id, y.id, left, right, out), bounds);
  },
};
