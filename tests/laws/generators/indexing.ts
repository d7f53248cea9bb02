/** Ops that compute where they read or write. */
import { elementCount, tensorType } from "../../../src/ir/types.ts";
import { either, exactly, sumOf } from "./bounds.ts";
import { type Growing, type Grown, hash } from "./growing.ts";
import type { Instruction } from "./instructions.ts";

const hasRows = ({ type }: Grown): boolean => type.shape.length > 0 && elementCount(type.shape) > 0;

/** Indices into an axis; half of the time 0, 1, 2, … */
function indicesInto(g: Growing, size: number, shape: readonly number[], n: number): Grown {
  if (n % 2 === 0 && shape.length === 1 && shape[0]! <= size) return g.keep(g.b.iota(shape, 0), exactly(size));
  const data = Array.from({ length: elementCount(shape) }, (_, i) => hash(n, i) % size);
  return g.given(tensorType("i32", shape), data, exactly(size));
}

/** Some different indices of an axis. */
function distinctIndices(g: Growing, size: number, n: number): Grown {
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => hash(n, a) - hash(n, b));
  const chosen = order.slice(0, 1 + (n % size));
  return g.given(tensorType("i32", [chosen.length]), chosen, exactly(size));
}

/** Starts of a window, now and then outside the axis. */
function startsOf(g: Growing, shape: readonly number[], n: number): Grown["id"][] {
  return shape.map(
    (size, axis) => g.given(tensorType("i32", []), [(hash(n, axis) % (size + 3)) - 1], exactly(size + 2)).id,
  );
}

export const indexing: { readonly [name: string]: Instruction } = {
  gather: (g, [n, m, k]) => {
    const x = g.some(n, k % 4 === 0 ? "i32" : "f32", hasRows);
    const axis = m % x.type.shape.length;
    const indices = indicesInto(g, x.type.shape[axis]!, g.shape(k, 0).slice(0, 2), k);
    const shape = x.type.shape.toSpliced(axis, 1, ...indices.type.shape);
    if (g.fits(shape, x.bounds)) g.keep(g.b.gather(x.id, indices.id, axis), x.bounds);
  },
  scatterAdd: (g, [n, m, k]) => {
    const into = g.some(n, "f32", hasRows);
    const axis = m % into.type.shape.length;
    const indices = indicesInto(g, into.type.shape[axis]!, g.shape(k, 1).slice(0, 2), k);
    const updates = g.input("f32", into.type.shape.toSpliced(axis, 1, ...indices.type.shape), m);
    const bounds = sumOf(either(into.bounds, updates.bounds), 1 + elementCount(indices.type.shape));
    if (g.fits(updates.type.shape, bounds)) {
      g.keep(g.b.scatter("add", into.id, indices.id, updates.id, axis), bounds);
    }
  },
  scatterSet: (g, [n, m, k]) => {
    const into = g.some(n, (["f32", "i32", "bool"] as const)[k % 3]!, hasRows);
    const axis = m % into.type.shape.length;
    const indices = distinctIndices(g, into.type.shape[axis]!, k);
    const shape = into.type.shape.toSpliced(axis, 1, ...indices.type.shape);
    const updates = g.input(into.type.dtype, shape, m);
    g.keep(g.b.scatter("set", into.id, indices.id, updates.id, axis), either(into.bounds, updates.bounds));
  },
  dynamicSlice: (g, [n, m, k]) => {
    const x = g.some(n, "f32", hasRows);
    const sizes = x.type.shape.map((size, axis) => 1 + (hash(m, axis) % size));
    g.keep(g.b.dynamicSlice(x.id, startsOf(g, x.type.shape, k), sizes), x.bounds);
  },
  dynamicUpdate: (g, [n, m, k]) => {
    const x = g.some(n, "f32", hasRows);
    const sizes = x.type.shape.map((size, axis) => 1 + (hash(m, axis) % size));
    const window = g.input("f32", sizes, m);
    const starts = startsOf(g, x.type.shape, k);
    g.keep(g.b.dynamicUpdate(x.id, window.id, starts), either(x.bounds, window.bounds));
  },
};
