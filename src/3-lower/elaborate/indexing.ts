/** `x[i]`, `x[a:b]`, `x[..., none]`, `weight[ids]`: slices, then dropped and new axes, then at most one gather. */
import type { Span } from "../../diagnostics/report.ts";
import { unsupported } from "../../diagnostics/report.ts";
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { ValueId } from "../../ir/graph/graph.ts";
import { invariant } from "../../support/invariant.ts";

/** An index with its expressions evaluated; negative numbers count from the end. */
export type TensorIndex =
  | { readonly kind: "rest" }
  | { readonly kind: "slice"; readonly from: number | null; readonly to: number | null }
  | { readonly kind: "at"; readonly position: number }
  | { readonly kind: "new" }
  | { readonly kind: "gather"; readonly indices: ValueId };

export function indexTensor(graph: GraphBuilder, x: ValueId, indices: readonly TensorIndex[], span: Span): ValueId {
  const { shape } = graph.typeOf(x);
  const consumed = indices.filter((index) => index.kind !== "rest" && index.kind !== "new").length;
  invariant(consumed <= shape.length, () => `${consumed} indices for [${shape}]`);
  const whole: TensorIndex = { kind: "slice", from: null, to: null };
  const fill = Array.from({ length: shape.length - consumed }, () => whole);
  const withRest = indices.some((index) => index.kind === "rest") ? indices : [...indices, { kind: "rest" } as const];
  const full = withRest.flatMap((index): readonly TensorIndex[] => (index.kind === "rest" ? fill : [index]));

  const starts: number[] = [];
  const sizes: number[] = [];
  const kept: number[] = [];
  let gather: { readonly axis: number; readonly indices: ValueId } | null = null;
  for (const index of full) {
    const size = shape[starts.length] ?? 0;
    if (index.kind === "new") kept.push(1);
    else if (index.kind === "slice") {
      const from = fromEnd(index.from ?? 0, size);
      const to = fromEnd(index.to ?? size, size);
      invariant(0 <= from && from <= to && to <= size, () => `slice ${from}:${to} leaves an axis of ${size}`);
      starts.push(from);
      sizes.push(to - from);
      kept.push(to - from);
    } else if (index.kind === "at") {
      const position = fromEnd(index.position, size);
      invariant(0 <= position && position < size, () => `index ${index.position} leaves an axis of ${size}`);
      starts.push(position);
      sizes.push(1);
    } else if (index.kind === "gather") {
      if (gather !== null) unsupported(span, "an index by two tensors");
      gather = { axis: kept.length, indices: index.indices };
      starts.push(0);
      sizes.push(size);
      kept.push(size);
    }
  }
  const isWhole = sizes.every((size, axis) => size === shape[axis]);
  const sliced = isWhole ? x : graph.slice(x, starts, sizes);
  const sameShape = kept.length === sizes.length && kept.every((size, axis) => size === sizes[axis]);
  const shaped = sameShape ? sliced : graph.reshape(sliced, kept);
  return gather === null ? shaped : graph.gather(shaped, gather.indices, gather.axis);
}

/** `a, b = t`: the parts along the leading axis, without it. */
export function splitLeading(graph: GraphBuilder, x: ValueId): readonly ValueId[] {
  const { shape } = graph.typeOf(x);
  const [count, ...rest] = shape;
  invariant(count !== undefined, "a scalar does not split");
  return Array.from({ length: count }, (_, i) =>
    graph.reshape(graph.slice(x, [i, ...rest.map(() => 0)], [1, ...rest]), rest),
  );
}

function fromEnd(position: number, size: number): number {
  return position < 0 ? position + size : position;
}
