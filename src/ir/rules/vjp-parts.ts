/** The gradients that take more than a line. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { axesWithout, full, repeat } from "../graph/shorthand.ts";

/** `r` is the extreme of `of` over `axes`: g, divided by how many elements reach it, to each of those. */
export function evenlyToExtremes(
  b: GraphBuilder,
  g: ValueId,
  of: ValueId,
  r: ValueId,
  axes: readonly number[],
): ValueId {
  const { shape, dtype } = b.typeOf(of);
  const reached = b.apply("eq", of, repeat(b, r, shape, axes));
  const count = b.reduce("sum", b.cast(reached, dtype), axes);
  return b.select(reached, repeat(b, b.apply("div", g, count), shape, axes), full(b, 0, of));
}

/** Element i gets Σⱼ gⱼ over the j whose index is i. */
export function topValues(b: GraphBuilder, g: ValueId, of: ValueId, k: number): ValueId {
  const { shape } = b.typeOf(of);
  const last = shape.length - 1;
  const pairs = [...shape, k];
  const chosen = repeat(b, b.topK(of, k, "indices"), pairs, [last]);
  const spread = repeat(b, g, pairs, [last]);
  const hit = b.apply("eq", b.iota(pairs, last), chosen);
  return b.reduce("sum", b.select(hit, spread, full(b, 0, spread)), [last + 1]);
}

/** yⱼ = Σ_{i ≤ j} xᵢ, so xᵢ gets Σ_{j ≥ i} gⱼ. */
export function cumulativeSum(b: GraphBuilder, g: ValueId, axis: number): ValueId {
  const { pairs, earlier } = triangle(b, g, axis);
  const spread = repeat(b, g, pairs, [axis]);
  return b.reduce("sum", b.select(earlier, spread, full(b, 0, spread)), [axis + 1]);
}

/** The running extreme yⱼ gives gⱼ, evenly, to the i ≤ j with xᵢ = yⱼ. */
export function cumulativeExtreme(b: GraphBuilder, g: ValueId, of: ValueId, r: ValueId, axis: number): ValueId {
  const { pairs, earlier } = triangle(b, g, axis);
  const x = repeat(b, of, pairs, [axis + 1]);
  const reached = b.apply("and", earlier, b.apply("eq", x, repeat(b, r, pairs, [axis])));
  const count = b.reduce("sum", b.cast(reached, b.typeOf(g).dtype), [axis]);
  const spread = repeat(b, b.apply("div", g, count), pairs, [axis]);
  return b.reduce("sum", b.select(reached, spread, full(b, 0, spread)), [axis + 1]);
}

/** `axis` as i, a new axis after it as j, and where i ≤ j. */
function triangle(b: GraphBuilder, g: ValueId, axis: number) {
  const { shape } = b.typeOf(g);
  const pairs = shape.toSpliced(axis, 0, shape[axis]!);
  const earlier = b.apply("le", b.iota(pairs, axis), b.iota(pairs, axis + 1));
  return { pairs, earlier };
}

/**
 * Along each axis puts `stride − 1` zeros between neighbours (and after the last, cut where `whole` ends), so that the
 * result can be padded in place.
 */
export function interleaveZeros(
  b: GraphBuilder,
  g: ValueId,
  strides: readonly number[],
  whole: readonly number[],
  starts: readonly number[],
): ValueId {
  let result = g;
  for (const axis of axesWithout(whole, []).filter((axis) => strides[axis] !== 1)) {
    const { shape } = b.typeOf(result);
    const stride = strides[axis]!;
    const size = shape[axis]!;
    const apart = b.reshape(result, shape.toSpliced(axis + 1, 0, 1));
    const zeros = shape.toSpliced(axis + 1, 0, 0).map(() => 0);
    const padded = b.pad(apart, zeros, zeros.with(axis + 1, stride - 1), 0);
    const long = b.reshape(padded, shape.with(axis, size * stride));
    const length = Math.min(size * stride, whole[axis]! - starts[axis]!);
    result = b.slice(
      long,
      shape.map(() => 0),
      shape.with(axis, length),
    );
  }
  return result;
}
