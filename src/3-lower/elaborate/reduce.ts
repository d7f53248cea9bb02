/** Reductions along axes, with the axes' names kept. */
import type { ReduceFunction } from "../../ir/graph/graph.ts";
import { invariant } from "../../support/invariant.ts";
import { type Datum, tensor } from "./datum.ts";
import type { Build } from "./frame.ts";
import { asTensor, staticNumber } from "./tensor-ops.ts";

/** `axis` null: all of them. `keep` leaves axes of size 1. A bool tensor counts as 0 and 1. */
export function reduce(build: Build, fn: ReduceFunction, operand: Datum, axis: Datum | null, keep: boolean): Datum {
  const { graph } = build;
  const x = asTensor(build, operand);
  const { shape, dtype } = graph.typeOf(x);
  const axes = axis === null ? shape.map((_, at) => at) : axesOf(axis, shape.length);
  const numbers = dtype === "bool" ? graph.cast(x, "i32") : x;
  const reduced = axes.length === 0 ? numbers : graph.reduce(fn, numbers, axes);
  const names = operand.kind === "tensor" ? operand.axes : null;
  if (!keep) return tensor(reduced, names?.filter((_, at) => !axes.includes(at)) ?? null);
  const kept = graph.reshape(
    reduced,
    shape.map((size, at) => (axes.includes(at) ? 1 : size)),
  );
  return tensor(kept, names?.map((name, at) => (axes.includes(at) ? null : name)) ?? null);
}

/** Axis positions, increasing; negative ones count from the end. */
export function axesOf(axis: Datum, rank: number): readonly number[] {
  const list = axis.kind === "tuple" || axis.kind === "list" ? axis.elements : [axis];
  const positions = list.map((element) => {
    const position = staticNumber(element)?.value;
    invariant(position !== undefined, "an axis is a position");
    return position < 0 ? position + rank : position;
  });
  return positions.toSorted((a, b) => a - b);
}
