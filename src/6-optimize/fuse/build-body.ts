/**
 * From a draft to a scalar graph: asks for each stored value at its place and inlines what lies between it and memory.
 *
 * Reshapes, transposes, broadcasts, slices, pads, concatenations, constants and iotas never reach memory: they are
 * index maps, guards and constants here.
 */
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import { normalCondition } from "../../ir/kernel/conditions.ts";
import {
  atomsOf,
  constantIndex,
  type Interval,
  intervalOf,
  keyOf,
  keyOfGuard,
  keyOfMap,
  type Ranges,
} from "../../ir/kernel/index-expr.ts";
import { add, linearize } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, IndexMap, NodeId, Read, ScalarNode, Write } from "../../ir/kernel/kernel.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { type Draft, type FuseContext, type Heavy, isElementwise, isSource, shapeOf, valueAt } from "./draft.ts";
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
 * `inMemory` tells which values other kernels (or nobody) have put there.
 */
export function buildBody(context: FuseContext, draft: Draft, inMemory: (value: ValueId) => boolean): Body | null {
  const nodes: ScalarNode[] = [];
  const reads: Read[] = [];
  const nodeByKey = new Map<string, NodeId>();
  const readByKey = new Map<string, number>();
  const built = new Map<string, NodeId>();
  const visits = new Map<ValueId, Visit[]>();
  const nodeRanges = new Map<NodeId, Interval>();
  const axes = [...draft.domain, ...draft.reduce];
  const ranges: Ranges = { axes, nodes: nodeRanges };
  let fails = false;

  const writes: Write[] = [];
  for (const [id, coords] of draft.stored) {
    const node = build(id, coords, []);
    if (fails) return null;
    writes.push({ value: id, type: valueAt(context, id).type, node, index: coords });
  }
  return { nodes, reads, writes, visits, nodeRanges };

  function build(id: ValueId, coords: IndexMap, guard: Guard): NodeId {
    const key = `${id}|${keyOfMap(coords)}|${keyOfGuard(guard)}`;
    const known = built.get(key);
    if (known !== undefined) return known;
    const node = buildNew(context.canonical(id), coords, guard);
    built.set(key, node);
    return node;
  }

  function buildNew(id: ValueId, coords: IndexMap, guard: Guard): NodeId {
    const value = valueAt(context, id);
    if (fails) return 0 as NodeId;
    const heavy = draft.heavies.get(id);
    if (heavy !== undefined) {
      if (keyOfMap(heavy.coords) !== keyOfMap(coords)) {
        fails = true;
        return 0 as NodeId;
      }
      return value.op.kind === "contract" ? product(value, value.op, heavy) : reduction(value, heavy);
    }
    if (isSource(value) || (inMemory(id) && !draft.stored.has(id))) return read(value, coords, guard);
    if (isElementwise(value)) {
      const node = compute(value, coords, guard);
      const list = visits.get(id) ?? [];
      list.push({ coords, scope: nodes[node]?.scope ?? "domain" });
      visits.set(id, list);
      return node;
    }
    return rename(value, coords, guard);
  }

  /** Ops that make no numbers: where do the elements come from? */
  function rename(value: Value, coords: IndexMap, guard: Guard): NodeId {
    const { op, type } = value;
    if (isView(op)) {
      return build(op.of, pull(op, shapeOf(context, op.of), type.shape, coords, ranges), guard);
    }
    switch (op.kind) {
      case "constant":
        return constant(type.dtype, op.value);
      case "iota":
        return index(coords[op.axis]!);
      case "dynamicSlice": {
        const from = shapeOf(context, op.of);
        const map = coords.map((expr, i) => {
          const last = from[i]! - type.shape[i]!;
          if (last === 0) return expr;
          const start = clamped(build(op.starts[i]!, [], guard), last);
          return add(start, expr, ranges);
        });
        return build(op.of, map, guard);
      }
      case "pad":
        return padded(value, op, coords, guard);
      case "concat":
        return joined(value, op, coords, guard);
      case "gather": {
        const rank = shapeOf(context, op.indices).length;
        const row = build(op.indices, coords.slice(op.axis, op.axis + rank), guard);
        const size = shapeOf(context, op.of)[op.axis]!;
        const map = [...coords.slice(0, op.axis), clamped(row, size - 1), ...coords.slice(op.axis + rank)];
        return build(op.of, map, guard);
      }
      case "reduce":
      case "contract":
        fails = true;
        return 0 as NodeId;
      default:
        invariant(false, `${op.kind} reaches fusion: decompose rewrites it`);
    }
  }

  function padded(value: Value, op: OpOf<"pad">, coords: IndexMap, guard: Guard): NodeId {
    const from = shapeOf(context, op.of);
    const map = coords.map((expr, i) => add(expr, constantIndex(-op.low[i]!), ranges));
    const conditions = open(map.map((expr, i) => ({ expr, from: 0, to: from[i]! })));
    if (conditions === "never") return constant(value.type.dtype, op.value);
    if (conditions.length === 0) return build(op.of, map, guard);
    const inner = build(op.of, map, [...guard, ...conditions]);
    // A guarded read is 0 outside already.
    const node = nodes[inner];
    if (op.value === 0 && node?.op.kind === "read" && reads[node.op.read]?.guard !== undefined) return inner;
    return select(inside(conditions), inner, constant(value.type.dtype, op.value), value.type.dtype);
  }

  function joined(value: Value, op: OpOf<"concat">, coords: IndexMap, guard: Guard): NodeId {
    let offset = value.type.shape[op.axis]!;
    let result: NodeId | null = null;
    for (const part of [...op.parts].reverse()) {
      const size = shapeOf(context, part)[op.axis]!;
      offset -= size;
      const map = coords.map((expr, i) => (i === op.axis ? add(expr, constantIndex(-offset), ranges) : expr));
      const conditions = open([{ expr: map[op.axis]!, from: 0, to: size }]);
      if (conditions === "never" || size === 0) continue;
      const here = build(part, map, [...guard, ...conditions]);
      if (conditions.length === 0) return here;
      result = result === null ? here : select(inside(conditions), here, result, value.type.dtype);
    }
    invariant(result !== null, "a concatenation of nothing");
    return result;
  }

  /** The conditions that are not proven; "never" where one is refuted. */
  function open(conditions: Guard): Guard | "never" {
    const left: Guard[number][] = [];
    for (const condition of conditions) {
      const { low, high } = intervalOf(condition.expr, ranges);
      if (high < condition.from || low >= condition.to) return "never";
      if (low < condition.from || high >= condition.to) left.push(normalCondition(condition));
    }
    return left;
  }

  function compute(value: Value, coords: IndexMap, guard: Guard): NodeId {
    const { op, type } = value;
    switch (op.kind) {
      case "apply":
        return push(type.dtype, {
          kind: "apply",
          fn: op.fn,
          args: op.args.map((arg) => build(arg, coords, guard)),
        });
      case "select":
        return select(
          build(op.condition, coords, guard),
          build(op.then, coords, guard),
          build(op.else, coords, guard),
          type.dtype,
        );
      case "cast":
        return cast(build(op.of, coords, guard), type.dtype);
      case "bits":
        return push(type.dtype, { kind: "bits", of: build(op.of, coords, guard) });
      case "random": {
        const row = op.sample === null ? null : coords[0]!;
        const [rest, shape] = row === null ? [coords, type.shape] : [coords.slice(1), type.shape.slice(1)];
        const sample =
          op.sample === null || row === null
            ? constant("u32", 0)
            : push("u32", {
                kind: "apply",
                fn: "add",
                args: [cast(build(op.sample, [], guard), "u32"), cast(index(row), "u32")],
              });
        return push(type.dtype, {
          kind: "random",
          distribution: op.distribution,
          stream: op.stream,
          seed: cast(build(op.seed, [], guard), "u32"),
          step: cast(build(op.step, [], guard), "u32"),
          sample,
          element: cast(index(linearize(rest, shape, ranges)), "u32"),
        });
      }
      default:
        invariant(false, `${op.kind} is not elementwise`);
    }
  }

  function reduction(value: Value, heavy: Heavy): NodeId {
    const { op, type } = value;
    invariant(op.kind === "reduce", "a reduction");
    const coords: IndexExpr[] = [];
    let inner = 0;
    let outer = 0;
    shapeOf(context, op.of).forEach((_, axis) => {
      coords.push(op.axes.includes(axis) ? heavy.inner[inner++]! : heavy.coords[outer++]!);
    });
    const wide = accumulator(type.dtype);
    return cast(reduce(op.fn, cast(build(op.of, coords, []), wide), wide), type.dtype);
  }

  function product(value: Value, op: OpOf<"contract">, heavy: Heavy): NodeId {
    const place = new Map<number, IndexExpr>();
    op.outLabels.forEach((label, i) => {
      place.set(label, heavy.coords[i]!);
    });
    op.leftLabels
      .filter((label) => !op.outLabels.includes(label))
      .forEach((label, i) => {
        place.set(label, heavy.inner[i]!);
      });
    const at = (labels: readonly number[]) => labels.map((label) => place.get(label)!);
    const wide = accumulator(value.type.dtype);
    const left = cast(build(op.left, at(op.leftLabels), []), wide);
    const right = cast(build(op.right, at(op.rightLabels), []), wide);
    return cast(reduce("sum", push(wide, { kind: "apply", fn: "mul", args: [left, right] }), wide), value.type.dtype);
  }

  function reduce(fn: "sum" | "max" | "min", of: NodeId, dtype: Dtype): NodeId {
    if (draft.reduce.length === 0) return of;
    const operand = nodes[of]!;
    if (operand.scope === "inner") return push(dtype, { kind: "reduce", fn, of });
    // The same number at each reduced point: count them.
    if (fn !== "sum") return of;
    const count = draft.reduce.reduce((product, size) => product * size, 1);
    return push(dtype, { kind: "apply", fn: "mul", args: [of, constant(dtype, count)] });
  }

  function read(value: Value, coords: IndexMap, guard: Guard): NodeId {
    const used = distinct(guard);
    const key = `${value.id}|${keyOfMap(coords)}|${keyOfGuard(used)}`;
    let position = readByKey.get(key);
    if (position === undefined) {
      position = reads.length;
      readByKey.set(key, position);
      reads.push({ value: value.id, type: value.type, index: coords, ...(used.length === 0 ? {} : { guard: used }) });
    }
    return push(value.type.dtype, { kind: "read", read: position });
  }

  /** All conditions, once each: a read outside them must be 0. */
  function distinct(guard: Guard): Guard {
    const seen = new Set<string>();
    return guard.filter((condition) => {
      const key = keyOfGuard([condition]);
      return !seen.has(key) && seen.add(key);
    });
  }

  /** A node as an index from 0 to `last`; clamped, so that no data can leave the tensor. */
  function clamped(of: NodeId, last: number): IndexExpr {
    const { op } = nodes[of]!;
    if (last === 0) return constantIndex(0);
    if (op.kind === "index") {
      const { low, high } = intervalOf(op.expr, ranges);
      if (low >= 0 && high <= last) return op.expr;
    }
    if (op.kind === "constant") return constantIndex(Math.min(Math.max(op.value, 0), last));
    const low = push("i32", { kind: "apply", fn: "max", args: [of, constant("i32", 0)] });
    const node = push("i32", { kind: "apply", fn: "min", args: [low, constant("i32", last)] });
    nodeRanges.set(node, { low: 0, high: last });
    return { kind: "node", node };
  }

  function constant(dtype: Dtype, value: number): NodeId {
    return push(dtype, { kind: "constant", value });
  }

  function index(expr: IndexExpr): NodeId {
    return expr.kind === "constant" ? constant("i32", expr.value) : push("i32", { kind: "index", expr });
  }

  function inside(guard: Guard): NodeId {
    return push("bool", { kind: "inside", guard });
  }

  function select(condition: NodeId, then: NodeId, otherwise: NodeId, dtype: Dtype): NodeId {
    return push(dtype, { kind: "select", condition, then, else: otherwise });
  }

  function cast(of: NodeId, dtype: Dtype): NodeId {
    return nodes[of]?.dtype === dtype ? of : push(dtype, { kind: "cast", of });
  }

  function push(dtype: Dtype, op: ScalarNode["op"]): NodeId {
    const key = `${dtype} ${keyOfOp(op)}`;
    const known = nodeByKey.get(key);
    if (known !== undefined) return known;
    const id = nodes.length as NodeId;
    nodes.push({ id, dtype, scope: scopeOf(op), op });
    nodeByKey.set(key, id);
    return id;
  }

  function scopeOf(op: ScalarNode["op"]): ScalarNode["scope"] {
    const inner = (node: NodeId) => nodes[node]?.scope === "inner";
    const innerExpr = (expr: IndexExpr) => {
      const atoms = atomsOf(expr);
      return [...atoms.axes].some((axis) => axis >= draft.domain.length) || [...atoms.nodes].some(inner);
    };
    const isInner = (): boolean => {
      switch (op.kind) {
        case "constant":
        case "reduce":
          return false;
        case "index":
          return innerExpr(op.expr);
        case "inside":
          return op.guard.some(({ expr }) => innerExpr(expr));
        case "read": {
          const { index: map, guard } = reads[op.read]!;
          return map.some(innerExpr) || (guard ?? []).some(({ expr }) => innerExpr(expr));
        }
        case "apply":
          return op.args.some(inner);
        case "select":
          return [op.condition, op.then, op.else].some(inner);
        case "cast":
        case "bits":
          return inner(op.of);
        case "random":
          return [op.seed, op.step, op.sample, op.element].some(inner);
      }
    };
    return isInner() ? "inner" : "domain";
  }
}

function keyOfOp(op: ScalarNode["op"]): string {
  switch (op.kind) {
    case "constant":
      return `constant ${Object.is(op.value, -0) ? "-0" : op.value}`;
    case "index":
      return `index ${keyOf(op.expr)}`;
    case "inside":
      return `inside ${keyOfGuard(op.guard)}`;
    case "read":
      return `read ${op.read}`;
    case "apply":
      return `${op.fn} ${op.args}`;
    case "select":
      return `select ${op.condition} ${op.then} ${op.else}`;
    case "cast":
    case "bits":
      return `${op.kind} ${op.of}`;
    case "random":
      return `${op.distribution} ${op.stream} ${op.seed} ${op.step} ${op.sample} ${op.element}`;
    case "reduce":
      return `reduce ${op.fn} ${op.of}`;
  }
}

/** Float sums accumulate in f32. */
function accumulator(dtype: Dtype): Dtype {
  return dtype === "f16" ? "f32" : dtype;
}
