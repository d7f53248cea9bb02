/**
 * How often the reduced axes are walked: a reduction whose operand uses another's result waits for it. Writes of what
 * is not reduced go with the first walk that has all they need, but what replaces a slot's content with the last: until
 * then it may be read again.
 */
import type { NodeId } from "../../ir/kernel/kernel.ts";
import type { Context } from "./context.ts";
import { argumentsInNest, axesOf } from "./nest.ts";

export type Passes = {
  readonly passes: readonly { readonly reductions: readonly NodeId[]; readonly writes: readonly number[] }[];
  /** Writes at each domain point, after all walks. */
  readonly last: readonly number[];
};

export function planPasses({ nest, dependences }: Context): Passes {
  // The walks that lie behind a node: a reduction of depth d is complete after walk d - 1.
  const depths: number[] = [];
  for (const node of nest.body) {
    const of = argumentsInNest(nest, node).map((argument) => depths[argument]!);
    depths.push(Math.max(0, ...of) + (node.op.kind === "reduce" ? 1 : 0));
  }
  const rank = nest.domain.length;
  const isInner = (write: number) => {
    const axes = [...axesOf(nest.writes[write]!), ...dependences[nest.kernel.writes[write]!.node]!];
    return axes.some((axis) => axis >= rank);
  };
  const writes = [...nest.writes.keys()];
  const depthOf = (write: number) => depths[nest.kernel.writes[write]!.node]!;
  const isInPlace = (write: number) => nest.reads.some(({ slot }) => slot === nest.writes[write]!.slot);
  const walks = Math.max(
    ...depths.map((depth, id) => (nest.body[id]!.op.kind === "reduce" ? depth : 0)),
    ...writes.map((write) => (isInner(write) ? depthOf(write) + 1 : 0)),
    0,
  );
  const walkOf = (write: number) => (isInPlace(write) ? walks - 1 : depthOf(write));
  return {
    passes: Array.from({ length: walks }, (_, walk) => ({
      reductions: nest.body.filter(({ op, id }) => op.kind === "reduce" && depths[id] === walk + 1).map(({ id }) => id),
      writes: writes.filter((write) => isInner(write) && walkOf(write) === walk),
    })),
    last: writes.filter((write) => !isInner(write)),
  };
}
