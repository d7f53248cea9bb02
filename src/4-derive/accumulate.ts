/** Sums over the micro-steps of one step, kept in a tensor. */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { PersistentId, ValueId } from "../ir/graph/graph.ts";
import { stretch } from "../ir/graph/shorthand.ts";
import { tensorType } from "../ir/types.ts";

/**
 * target := micro = 0 ? value : target + value. With one micro-step a step simply target := value, and the program does
 * not ask for `micro`.
 */
export function accumulate(b: GraphBuilder, target: PersistentId, value: ValueId, microSteps: number): void {
  if (microSteps === 1) {
    b.update(target, value);
    return;
  }
  const { shape } = b.typeOf(value);
  const micro = b.input("micro", tensorType("i32", []));
  const first = stretch(b, b.apply("eq", micro, b.constant(0, "i32")), shape);
  b.update(target, b.select(first, value, b.apply("add", b.persistent(target), value)));
}
