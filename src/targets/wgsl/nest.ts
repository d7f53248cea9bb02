/**
 * The Nest: a planned kernel made plain for emission. Axes of size 1 are gone, neighbours that are always walked
 * together are one axis, and every access is one flat position in a slot.
 */
import { atomsOf, axisIndex, constantIndex, intervalOf, keyOf, type Ranges } from "../../ir/kernel/index-expr.ts";
import { linearize, substitute } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, Kernel, NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";
import { argumentsBesideReads, nodesIn } from "../../ir/kernel/node-arguments.ts";
import { simplify } from "../../ir/kernel/normal-form.ts";
import type { PlannedKernel } from "../../ir/plan/plan.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";

/** Where one read or write goes: an element position in a slot, the access's offset included. */
export type Place = {
  readonly slot: number;
  readonly dtype: Dtype;
  readonly position: IndexExpr;
  /** Without the clauses that always hold. */
  readonly guard: Guard;
};

export type Nest = {
  readonly kernel: Kernel;
  readonly domain: readonly number[];
  readonly reduce: readonly number[];
  /** Domain axes, then reduced ones. */
  readonly ranges: Ranges;
  readonly body: readonly ScalarNode[];
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
};

export function nestOf(planned: PlannedKernel): Nest {
  return mergeAxes(dropUnitAxes(flatten(planned)));
}

/** The nest of a kernel that has no slots yet: a slot for each read and write. */
export function nestOfKernel(kernel: Kernel): Nest {
  const reads = kernel.reads.map((_, slot) => ({ slot, offset: 0 }));
  const writes = kernel.writes.map((_, index) => ({ slot: reads.length + index, offset: 0 }));
  return nestOf({ kernel, schedule: { kind: "interpreted" }, slots: [], reads, writes });
}

/** Positions instead of index maps. */
function flatten({ kernel, reads, writes }: PlannedKernel): Nest {
  const ranges: Ranges = { axes: [...kernel.domain, ...kernel.reduce] };
  const place = (at: Kernel["reads"][number] | Kernel["writes"][number], access: PlannedKernel["reads"][number]) => {
    invariant(at.type.encoding.kind === "dense", `${at.type.encoding.kind} storage in a kernel for WGSL`);
    const linear = linearize(at.index, at.type.shape, ranges);
    return {
      slot: access.slot,
      dtype: at.type.dtype,
      position: simplify({ kind: "add", left: linear, right: constantIndex(access.offset) }, ranges),
      guard: at.guard ?? [],
    };
  };
  return {
    kernel,
    domain: kernel.domain,
    reduce: kernel.reduce,
    ranges,
    body: kernel.body,
    reads: kernel.reads.map((read, index) => place(read, reads[index]!)),
    writes: kernel.writes.map((write, index) => place(write, writes[index]!)),
  };
}

function dropUnitAxes(nest: Nest): Nest {
  const sizes = [...nest.domain, ...nest.reduce];
  const kept = sizes.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const images = sizes.map((size, axis) => (size === 1 ? constantIndex(0) : axisIndex(kept.indexOf(axis))));
  const rank = nest.domain.length;
  return renamed(
    nest,
    images,
    kept.filter((axis) => axis < rank).map((axis) => sizes[axis]!),
    kept.filter((axis) => axis >= rank).map((axis) => sizes[axis]!),
  );
}

/** Merges neighbours (both parallel or both reduced) as long as no expression grows a quotient by it. */
function mergeAxes(nest: Nest): Nest {
  const rank = nest.domain.length;
  for (let outer = nest.domain.length + nest.reduce.length - 2; outer >= 0; outer--) {
    if (outer === rank - 1) continue;
    const merged = merge(nest, outer);
    if (quotients(merged) <= quotients(nest)) return mergeAxes(merged);
  }
  return nest;
}

function merge(nest: Nest, outer: number): Nest {
  const rank = nest.domain.length;
  const sizes = [...nest.domain, ...nest.reduce];
  const inner = sizes[outer + 1]!;
  const images = sizes.map((_, axis): IndexExpr => {
    const both = axisIndex(outer);
    if (axis === outer) return { kind: "div", of: both, by: inner };
    if (axis === outer + 1) return { kind: "mod", of: both, by: inner };
    return axisIndex(axis > outer ? axis - 1 : axis);
  });
  const joined = (axes: readonly number[], at: number) => axes.toSpliced(at, 2, axes[at]! * axes[at + 1]!);
  const isDomain = outer < rank;
  return renamed(
    nest,
    images,
    isDomain ? joined(nest.domain, outer) : nest.domain,
    isDomain ? nest.reduce : joined(nest.reduce, outer - rank),
  );
}

/** The same nest over other axes: `images` gives each old axis as an expression of the new ones. */
function renamed(nest: Nest, images: readonly IndexExpr[], domain: readonly number[], reduce: readonly number[]): Nest {
  const ranges: Ranges = { axes: [...domain, ...reduce] };
  const rename = (expr: IndexExpr) => substitute(expr, images, ranges);
  const renameGuard = (guard: Guard): Guard =>
    guard
      .map((clause) => ({ ...clause, expr: rename(clause.expr) }))
      .filter(({ expr, from, to }) => {
        const { low, high } = intervalOf(expr, ranges);
        return low < from || high >= to;
      });
  const renamePlace = (place: Place): Place => ({
    ...place,
    position: rename(place.position),
    guard: renameGuard(place.guard),
  });
  const body = nest.body.map((node): ScalarNode => {
    if (node.op.kind === "index") return { ...node, op: { ...node.op, expr: rename(node.op.expr) } };
    if (node.op.kind === "inside") return { ...node, op: { ...node.op, guard: renameGuard(node.op.guard) } };
    return node;
  });
  return {
    kernel: nest.kernel,
    domain,
    reduce,
    ranges,
    body,
    reads: nest.reads.map(renamePlace),
    writes: nest.writes.map(renamePlace),
  };
}

/** How many quotients and remainders the nest computes. */
function quotients(nest: Nest): number {
  return expressionsOf(nest).reduce((sum, expr) => sum + (keyOf(expr).match(/[/%]/g)?.length ?? 0), 0);
}

/** Every index expression of the nest. */
function expressionsOf(nest: Nest): readonly IndexExpr[] {
  const places = [...nest.reads, ...nest.writes].flatMap(expressionsOfPlace);
  const inBody = nest.body.flatMap(({ op }) => {
    if (op.kind === "index") return [op.expr];
    return op.kind === "inside" ? op.guard.map(({ expr }) => expr) : [];
  });
  return [...places, ...inBody];
}

/** Axes on which a place depends, those of nodes used as indices not included. */
export function axesOf(place: Place): ReadonlySet<number> {
  return new Set(expressionsOfPlace(place).flatMap((expr) => [...atomsOf(expr).axes]));
}

/** The nodes a node uses, those in its indices and guards included. */
export function argumentsInNest({ reads }: Nest, { op }: ScalarNode): readonly NodeId[] {
  return op.kind === "read" ? nodesIn(expressionsOfPlace(reads[op.read]!)) : argumentsBesideReads(op);
}

function expressionsOfPlace({ position, guard }: Place): readonly IndexExpr[] {
  return [position, ...guard.map(({ expr }) => expr)];
}
