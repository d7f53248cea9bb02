/**
 * From a draft to a scalar graph: asks for each stored value at its place and inlines what lies between it and memory.
 *
 * Reshapes, transposes, broadcasts, slices, pads, concatenations, constants and iotas never reach memory: they are
 * index maps, guards and constants here.
 */
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import { type Interval, keyOfGuard, keyOfMap } from "../../ir/kernel/index-expr.ts";
import { add, linearize } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, IndexMap, NodeId, Read, ScalarNode, Write } from "../../ir/kernel/kernel.ts";
import type { Dtype } from "../../ir/types.ts";
import { InvariantError, invariant } from "../../support/invariant.ts";
import {
  type Draft,
  type ElementwiseOp,
  type FuseContext,
  type Heavy,
  isElementwise,
  isSource,
  shapeOf,
  valueAt,
} from "./draft.ts";
import { inlineConcat, inlinePad } from "./inline-edges.ts";
import { NodeList } from "./node-list.ts";
import { isView, pull } from "./views.ts";

/** Where a value was asked for while a body was built. */
export type Visit = { readonly coords: IndexMap; readonly scope: ScalarNode["scope"] };

export type Body = {
  readonly nodes: readonly ScalarNode[];
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  /** Elementwise values computed here. */
  readonly visits: ReadonlyMap<ValueId, readonly Visit[]>;
  readonly nodeRanges: ReadonlyMap<NodeId, Interval>;
};

/**
 * The body of a draft, or null where it cannot be one kernel: a reduction is asked for at another place than its own.
 * `inMemory` tells which values other kernels have put there.
 */
export function buildBody(context: FuseContext, draft: Draft, inMemory: (value: ValueId) => boolean): Body | null {
  const list = new NodeList(draft);
  const { ranges } = list;
  const built = new Map<string, NodeId>();
  const visits = new Map<ValueId, Visit[]>();
  const writes: Write[] = [];
  try {
    for (const [id, coords] of draft.stored) {
      writes.push({ value: id, type: valueAt(context, id).type, node: build(id, coords, []), index: coords });
    }
  } catch (error) {
    if (error instanceof Elsewhere) return null;
    throw error;
  }
  return { nodes: list.nodes, reads: list.reads, writes, visits, nodeRanges: list.nodeRanges };

  function build(id: ValueId, coords: IndexMap, guard: Guard): NodeId {
    const key = `${id}|${keyOfMap(coords)}|${keyOfGuard(guard)}`;
    const known = built.get(key);
    if (known !== undefined) return known;
    const node = buildNew(valueAt(context, context.canonical(id)), coords, guard);
    built.set(key, node);
    return node;
  }

  function buildNew(value: Value, coords: IndexMap, guard: Guard): NodeId {
    const heavy = draft.heavies.get(value.id);
    if (heavy !== undefined) {
      if (keyOfMap(heavy.coords) !== keyOfMap(coords)) throw new Elsewhere();
      return value.op.kind === "contract" ? product(value, value.op, heavy) : reduction(value, heavy);
    }
    if (isSource(value) || (inMemory(value.id) && !draft.stored.has(value.id))) {
      const conditions = distinct(guard);
      const guarded = conditions.length === 0 ? {} : { guard: conditions };
      return list.read({ value: value.id, type: value.type, index: coords, ...guarded });
    }
    if (!isElementwise(value)) return rename(value, coords, guard);
    const node = compute(value, coords, guard);
    const visit = { coords, scope: list.at(node).scope };
    visits.set(value.id, [...(visits.get(value.id) ?? []), visit]);
    return node;
  }

  /** Ops that make no numbers: where do the elements come from? */
  function rename(value: Value, coords: IndexMap, guard: Guard): NodeId {
    const { op, type } = value;
    if (isView(op)) return build(op.of, pull(op, shapeOf(context, op.of), type.shape, coords, ranges), guard);
    switch (op.kind) {
      case "constant":
        return list.constant(type.dtype, op.value);
      case "iota":
        return list.index(coords[op.axis]!);
      case "dynamicSlice": {
        const from = shapeOf(context, op.of);
        const map = coords.map((expr, i) => {
          const last = from[i]! - type.shape[i]!;
          return last === 0 ? expr : add(list.clamped(build(op.starts[i]!, [], guard), last), expr, ranges);
        });
        return build(op.of, map, guard);
      }
      case "pad":
        return inlinePad(list, build, value, op, shapeOf(context, op.of), { coords, guard });
      case "concat": {
        const sizeOf = (part: ValueId) => shapeOf(context, part)[op.axis]!;
        return inlineConcat(list, build, value, op, sizeOf, { coords, guard });
      }
      case "gather": {
        const rank = shapeOf(context, op.indices).length;
        const row = build(op.indices, coords.slice(op.axis, op.axis + rank), guard);
        const at = list.clamped(row, shapeOf(context, op.of)[op.axis]! - 1);
        return build(op.of, coords.toSpliced(op.axis, rank, at), guard);
      }
      case "reduce":
      case "contract":
        throw new Elsewhere();
      case "input":
      case "persistent":
      case "apply":
      case "select":
      case "cast":
      case "bits":
      case "random":
        throw new InvariantError(`${op.kind} is computed or read, not renamed`);
      case "dynamicUpdate":
      case "argReduce":
      case "topK":
      case "cumulative":
      case "scatter":
      case "encode":
      case "decode":
      case "allReduce":
      case "allGather":
      case "reduceScatter":
      case "send":
      case "receive":
        throw new InvariantError(`${op.kind} reaches fusion: decompose rewrites it`);
    }
  }

  function compute({ op, type }: Value & { readonly op: ElementwiseOp }, coords: IndexMap, guard: Guard): NodeId {
    const at = (id: ValueId) => build(id, coords, guard);
    switch (op.kind) {
      case "apply":
        return list.push(type.dtype, { kind: "apply", fn: op.fn, args: op.args.map(at) });
      case "select":
        return list.select(at(op.condition), at(op.then), at(op.else), type.dtype);
      case "cast":
        return list.cast(at(op.of), type.dtype);
      case "bits":
        return list.push(type.dtype, { kind: "bits", of: at(op.of) });
      case "random":
        return random(op, type.dtype, type.shape, coords, guard);
    }
  }

  /** An element's number counts within its sample's row where there are samples, else within the tensor. */
  function random(op: OpOf<"random">, dtype: Dtype, shape: readonly number[], coords: IndexMap, guard: Guard): NodeId {
    const scalar = (id: ValueId) => list.cast(build(id, [], guard), "u32");
    const bySample = op.sample !== null;
    const row = bySample ? list.cast(list.index(coords[0]!), "u32") : list.constant("u32", 0);
    const element = linearize(coords.slice(bySample ? 1 : 0), shape.slice(bySample ? 1 : 0), ranges);
    return list.push(dtype, {
      kind: "random",
      distribution: op.distribution,
      stream: op.stream,
      seed: scalar(op.seed),
      step: scalar(op.step),
      sample: op.sample === null ? row : list.push("u32", { kind: "apply", fn: "add", args: [scalar(op.sample), row] }),
      element: list.cast(list.index(element), "u32"),
    });
  }

  function reduction({ op, type }: Value, heavy: Heavy): NodeId {
    invariant(op.kind === "reduce", "a reduction");
    const [inner, outer] = [[...heavy.inner], [...heavy.coords]];
    const coords = shapeOf(context, op.of).map((_, axis) => (op.axes.includes(axis) ? inner : outer).shift()!);
    const wide = accumulator(type.dtype);
    return list.cast(list.reduce(op.fn, list.cast(build(op.of, coords, []), wide), wide), type.dtype);
  }

  function product({ type }: Value, op: OpOf<"contract">, heavy: Heavy): NodeId {
    const place = new Map<number, IndexExpr>(op.outLabels.map((label, i) => [label, heavy.coords[i]!]));
    const summed = op.leftLabels.filter((label) => !place.has(label));
    for (const [i, label] of summed.entries()) place.set(label, heavy.inner[i]!);
    const at = (labels: readonly number[]) => labels.map((label) => place.get(label)!);
    const wide = accumulator(type.dtype);
    const left = list.cast(build(op.left, at(op.leftLabels), []), wide);
    const right = list.cast(build(op.right, at(op.rightLabels), []), wide);
    const term = list.push(wide, { kind: "apply", fn: "mul", args: [left, right] });
    return list.cast(list.reduce("sum", term, wide), type.dtype);
  }
}

/** A reduction was asked for where this kernel does not make it. */
class Elsewhere extends Error {}

function distinct(guard: Guard): Guard {
  const seen = new Set<string>();
  return guard.filter((condition) => {
    const key = keyOfGuard([condition]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Float sums accumulate in f32. */
function accumulator(dtype: Dtype): Dtype {
  return dtype === "f16" ? "f32" : dtype;
}
