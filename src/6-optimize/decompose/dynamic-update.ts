/** A window written at dynamic starts: each element asks whether it lies inside, and reads the window there. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, ValueId } from "../../ir/graph/graph.ts";
import { applyTo, axesWithout, full, stretch } from "../../ir/graph/shorthand.ts";

export function dynamicUpdateByChoice(b: GraphBuilder, op: OpOf<"dynamicUpdate">): ValueId {
  const { shape } = b.typeOf(op.of);
  const window = b.typeOf(op.with).shape;
  let spread = op.with;
  let inside: ValueId | null = null;
  for (const [axis, start] of op.starts.entries()) {
    const [size, whole] = [window[axis]!, shape[axis]!];
    if (size === whole) continue;
    // Position within the window of each index of the axis, clamped to it so that what lies outside reads anything.
    const first = applyTo(b, "min", applyTo(b, "max", start, 0), whole - size);
    const within = b.apply("sub", b.iota([whole], 0), stretch(b, first, [whole]));
    spread = b.gather(spread, applyTo(b, "min", applyTo(b, "max", within, 0), size - 1), axis);
    const here = b.apply("and", b.apply("le", full(b, 0, within), within), applyTo(b, "lt", within, size));
    const everywhere = b.broadcast(here, shape, axesWithout(shape, axesWithout(shape, [axis])));
    inside = inside === null ? everywhere : b.apply("and", inside, everywhere);
  }
  return inside === null ? spread : b.select(inside, spread, op.of);
}
