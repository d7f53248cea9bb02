/** Positions of extremes: argReduce and topK by comparison with the extreme itself. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { ValueId } from "../../ir/graph/graph.ts";
import { full, repeat } from "../../ir/graph/shorthand.ts";
import { rangeOf } from "../../ir/rules/convert.ts";

/** The first position whose element equals the extreme (the last one where none does: a row of NaN). */
export function firstExtreme(b: GraphBuilder, fn: "max" | "min", of: ValueId, axis: number): ValueId {
  const { shape } = b.typeOf(of);
  const extreme = repeat(b, b.reduce(fn, of, [axis]), shape, [axis]);
  return firstWhere(b, b.apply("eq", of, extreme), axis);
}

/**
 * The k largest along the last axis, one after the other, each among those not taken yet. 3k reductions: fine for the
 * small k of sampling.
 */
export function largestInTurn(b: GraphBuilder, of: ValueId, k: number, yields: "values" | "indices"): ValueId {
  const { shape, dtype } = b.typeOf(of);
  const axis = shape.length - 1;
  const column = shape.with(axis, 1);
  const lowest = full(b, rangeOf(dtype)[0], of);
  const position = b.iota(shape, axis);
  let taken = b.apply("lt", position, full(b, 0, position));
  const found: ValueId[] = [];
  for (let i = 0; i < k; i++) {
    const largest = b.reduce("max", b.select(taken, lowest, of), [axis]);
    const reaches = b.apply("and", b.apply("not", taken), b.apply("eq", of, repeat(b, largest, shape, [axis])));
    const first = firstWhere(b, reaches, axis);
    taken = b.apply("or", taken, b.apply("eq", position, repeat(b, first, shape, [axis])));
    found.push(b.reshape(yields === "values" ? largest : first, column));
  }
  return b.concat(found, axis);
}

/** i32: the smallest position that holds, the last one where none does. */
function firstWhere(b: GraphBuilder, condition: ValueId, axis: number): ValueId {
  const { shape } = b.typeOf(condition);
  const position = b.iota(shape, axis);
  return b.reduce("min", b.select(condition, position, full(b, shape[axis]! - 1, position)), [axis]);
}
