/** Ops that move elements. */
import { elementCount } from "../../../src/ir/types.ts";
import { either, exactly } from "./bounds.ts";
import { type Growing, type Grown, hash } from "./growing.ts";
import type { Instruction } from "./instructions.ts";

/** A value of any dtype, with an axis. */
function anything(g: Growing, n: number): Grown {
  const dtype = (["f32", "f32", "f32", "i32", "bool"] as const)[n % 5]!;
  return g.some(n, dtype, ({ type }) => type.shape.length > 0);
}

const keepIfFits = (g: Growing, x: Grown, shape: readonly number[], build: () => Grown["id"]): void => {
  if (g.fits(shape, x.bounds)) g.keep(build(), x.bounds);
};

/** Where a part of an axis begins and how long it is. */
function part(size: number, n: number): readonly [start: number, length: number] {
  const start = size === 0 ? 0 : n % size;
  return [start, size === 0 ? 0 : 1 + (hash(n, 7) % (size - start))];
}

export const layout: { readonly [name: string]: Instruction } = {
  flatten: (g, [n]) => {
    const x = anything(g, n);
    g.keep(g.b.reshape(x.id, [elementCount(x.type.shape)]), x.bounds);
  },
  insertOne: (g, [n, m]) => {
    const x = anything(g, n);
    if (x.type.shape.length < 4) g.keep(g.b.reshape(x.id, x.type.shape.toSpliced(m % 3, 0, 1)), x.bounds);
  },
  splitAxis: (g, [n, m]) => {
    const x = anything(g, n);
    const axis = m % x.type.shape.length;
    const size = x.type.shape[axis]!;
    const by = [2, 3, 5, 7].find((factor) => size > factor && size % factor === 0);
    if (by === undefined || x.type.shape.length > 3) return;
    g.keep(g.b.reshape(x.id, x.type.shape.toSpliced(axis, 1, by, size / by)), x.bounds);
  },
  mergeAxes: (g, [n, m]) => {
    const x = anything(g, n);
    const { shape } = x.type;
    if (shape.length < 2) return;
    const axis = m % (shape.length - 1);
    g.keep(g.b.reshape(x.id, shape.toSpliced(axis, 2, shape[axis]! * shape[axis + 1]!)), x.bounds);
  },
  transpose: (g, [n, m]) => {
    const x = anything(g, n);
    const order = x.type.shape.map((_, axis) => axis).sort((a, b) => hash(m, a) - hash(m, b));
    g.keep(g.b.transpose(x.id, order), x.bounds);
  },
  newAxis: (g, [n, m, k]) => {
    const x = anything(g, n);
    const at = m % (x.type.shape.length + 1);
    const shape = x.type.shape.toSpliced(at, 0, g.sizes[k % g.sizes.length]!);
    const axes = shape.map((_, axis) => axis).filter((axis) => axis !== at);
    if (shape.length <= 4) keepIfFits(g, x, shape, () => g.b.broadcast(x.id, shape, axes));
  },
  repeatScalar: (g, [n, m]) => {
    const x = g.some(n, "f32", ({ type }) => type.shape.length === 0);
    if (x.type.shape.length > 0) return;
    const shape = g.shape(m, 1);
    keepIfFits(g, x, shape, () => g.b.broadcast(x.id, shape, []));
  },
  stretch: (g, [n, m]) => {
    const x = anything(g, n);
    const shape = x.type.shape.map((size, axis) => (size === 1 ? g.sizes[hash(m, axis) % g.sizes.length]! : size));
    const axes = shape.map((_, axis) => axis);
    keepIfFits(g, x, shape, () => g.b.broadcast(x.id, shape, axes));
  },
  slice: (g, [n, m, k]) => {
    const x = anything(g, n);
    const strides = x.type.shape.map((_, axis) => 1 + (hash(k, axis) % 6 === 0 ? 1 : 0));
    const parts = x.type.shape.map((size, axis) => part(size, hash(m, axis)));
    const sizes = parts.map(([, length], axis) => Math.ceil(length / strides[axis]!));
    g.keep(
      g.b.slice(
        x.id,
        parts.map(([start]) => start),
        sizes,
        strides,
      ),
      x.bounds,
    );
  },
  pad: (g, [n, m, k]) => {
    const x = g.some(n, "f32", ({ type }) => type.shape.length > 0);
    const low = x.type.shape.map((_, axis) => hash(m, axis) % 3);
    const high = x.type.shape.map((_, axis) => hash(k, axis) % 3);
    const shape = x.type.shape.map((size, axis) => low[axis]! + size + high[axis]!);
    const value = [0, 0, 1, -0.5][m % 4]!;
    const bounds = either(x.bounds, exactly(1, 1));
    if (g.fits(shape, bounds)) g.keep(g.b.pad(x.id, low, high, value), bounds);
  },
  concat: (g, [n, m, k]) => {
    const x = anything(g, n);
    const axis = k % x.type.shape.length;
    const y = g.like(m, x);
    const parts = k % 3 === 0 ? [x, y, x] : [y, x];
    const bounds = either(x.bounds, y.bounds);
    const shape = x.type.shape.with(axis, parts.length * x.type.shape[axis]!);
    if (!g.fits(shape, bounds)) return;
    g.keep(
      g.b.concat(
        parts.map(({ id }) => id),
        axis,
      ),
      bounds,
    );
  },
};
