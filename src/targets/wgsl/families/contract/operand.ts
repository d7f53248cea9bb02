/**
 * One side of a contraction as fragments: four elements side by side, along the depth or along the outer axis (rows or
 * columns), whichever lies in memory.
 */
import type { NodeId } from "../../../../ir/kernel/kernel.ts";
import { type Context, type Frame, openFrame, type Vector, withVector } from "../../context.ts";
import { evaluate } from "../../evaluate.ts";
import { strideOf } from "../../indexing.ts";
import { argumentsInNest, type Place } from "../../nest.ts";
import { all, binary, compose, lane, literal, plus, select, splat, times, unsigned } from "../../syntax/build.ts";
import type { Block, Expr } from "../../syntax/tree.ts";
import { clamped, type Extent, elementAt, groupAt } from "./extent.ts";

export type Operand = {
  readonly node: NodeId;
  readonly outer: Extent;
  readonly depth: Extent;
  readonly along: "outer" | "depth";
  /** Are fragments evaluated as vectors, or element by element? */
  readonly vector: Vector | null;
};

export function operandOf(context: Context, node: NodeId, outer: Extent, depth: Extent): Operand {
  const candidates = [
    { along: "depth", extent: depth },
    { along: "outer", extent: outer },
  ] as const;
  const places = readsOf(context, node);
  const options = candidates.map(({ along, extent }) => {
    const vector: Vector | null = extent.whole ? { axis: extent.lastAxis!, lanes: 4 } : null;
    const under = withVector(context, vector);
    const count = vector === null ? 0 : places.filter(({ position }) => strideOf(under, position) === 1).length;
    return { along, vector, count };
  });
  const [byDepth, byOuter] = options as [(typeof options)[number], (typeof options)[number]];
  const best = byOuter.count > byDepth.count || (byDepth.vector === null && outer.whole) ? byOuter : byDepth;
  return { node, outer, depth, along: best.along, vector: best.vector };
}

/** Every read that a node needs. */
export function readsOf(context: Context, node: NodeId): readonly Place[] {
  const { nest } = context;
  const { op } = nest.body[node]!;
  const own = op.kind === "read" ? [nest.reads[op.read]!] : [];
  return [...own, ...argumentsInNest(nest, nest.body[node]!).flatMap((argument) => readsOf(context, argument))];
}

/** An outer position made ready before the loop over depth: a frame, or one for each of four elements. */
export type Prepared = readonly Frame[];

/** `number` counts elements where fragments lie along the depth, else groups of four; it may lie beyond the end. */
export function prepare(context: Context, frame: Frame, operand: Operand, number: Expr, exact: boolean): Prepared {
  const { outer, along, vector } = operand;
  const { block } = frame;
  const open = (axes: ReadonlyMap<number, Expr>) => openFrame(frame, block, axes);
  if (along === "depth") {
    return [open(elementAt(context, block, outer, clamped(context, block, number, outer.size, exact)))];
  }
  if (vector !== null) {
    return [open(groupAt(context, block, outer, clamped(context, block, number, outer.groups, exact)))];
  }
  return [0, 1, 2, 3].map((index) => {
    const element = plus(times(number, 4), unsigned(index));
    return open(elementAt(context, block, outer, clamped(context, block, element, outer.size, false)));
  });
}

/** A position along the depth inside the loop: a group of four where fragments lie along it, else one element. */
export type DepthPoint = {
  readonly axes: readonly ReadonlyMap<number, Expr>[];
  /** For each element of a fragment (or all of them): does it lie inside? */
  readonly inside: readonly Expr[];
};

/** `number` counts groups of four (fragments along the depth) or elements. Unless `exact` it may lie beyond the end. */
export function depthPoint(context: Context, block: Block, operand: Operand, number: Expr, exact: boolean): DepthPoint {
  const { depth, along, vector } = operand;
  const within = (index: Expr, count: number) => (exact ? all([]) : binary("<", index, unsigned(count)));
  if (along === "outer") {
    const at = elementAt(context, block, depth, clamped(context, block, number, depth.size, exact));
    return { axes: [at], inside: [within(number, depth.size)] };
  }
  if (vector !== null) {
    const at = groupAt(context, block, depth, clamped(context, block, number, depth.groups, exact));
    return { axes: [at], inside: [within(number, depth.groups)] };
  }
  const elements = [0, 1, 2, 3].map((index) => plus(times(number, 4), unsigned(index)));
  const partial = exact && depth.size % 4 === 0;
  return {
    axes: elements.map((element) =>
      elementAt(context, block, depth, clamped(context, block, element, depth.size, partial)),
    ),
    inside: elements.map((element) => (partial ? all([]) : binary("<", element, unsigned(depth.size)))),
  };
}

/** Four elements; with `masked`, zeros beyond the depth (it is enough that one side of the product does so). */
export function loadFragment(
  context: Context,
  block: Block,
  operand: Operand,
  outer: Prepared,
  depth: DepthPoint,
  masked: boolean,
): Expr {
  const under = withVector(context, operand.vector);
  const value = (frame: Frame, axes: ReadonlyMap<number, Expr>) =>
    evaluate(under, openFrame(frame, block, axes), operand.node);
  const loaded = load();
  if (!masked || depth.inside.every((inside) => inside.kind === "literal")) return loaded;
  const zero = literal("f32", 0);
  if (depth.inside.length === 1) return select(zero, loaded, depth.inside[0]!);
  return compose(depth.inside.map((inside, index) => select(zero, lane(loaded, index), inside)));

  function load(): Expr {
    if (outer.length > 1) return compose(outer.map((frame) => value(frame, depth.axes[0]!)));
    if (depth.axes.length > 1) return compose(depth.axes.map((axes) => value(outer[0]!, axes)));
    return splat(value(outer[0]!, depth.axes[0]!), 4);
  }
}
