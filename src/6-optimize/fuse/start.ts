/**
 * The first drafts: one for each reduction and contraction with the elementwise tail that only it feeds, and one for
 * each other value that must lie in memory (results, and what contractions read).
 */
import type { OpOf, ValueId } from "../../ir/graph/graph.ts";
import { operandsOf } from "../../ir/graph/operands.ts";
import { asAffine, axisIndex, type Ranges } from "../../ir/kernel/index-expr.ts";
import { linearize, substituteMap } from "../../ir/kernel/index-maps.ts";
import type { IndexMap } from "../../ir/kernel/kernel.ts";
import { elementCount } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import {
  type Draft,
  type FuseContext,
  isContract,
  isElementwise,
  isHeavy,
  isSource,
  shapeOf,
  valueAt,
} from "./draft.ts";
import { isBijective, isView, push } from "./views.ts";

export function firstDrafts(context: FuseContext): Draft[] {
  const stored = new Set<ValueId>();
  const drafts: Draft[] = [];

  // Last first: where two products meet in one sum, the later one takes it along.
  const heavies = context.graph.values.filter((value) => context.live[value.id] && isHeavy(value)).reverse();
  const claimed = new Set<ValueId>();
  for (const { id } of heavies) {
    const space = spaceOf(context, id);
    const tail = tailOf(context, id, space, claimed);
    stored.add(tail.value);
    drafts.push(alongMemory(context, { ...space, stored: new Map([[tail.value, tail.coords]]) }));
  }

  const lookups = sharedLookups(context);
  for (const value of context.graph.values) {
    if (!context.live[value.id]) continue;
    if (context.results.has(value.id) || lookups.has(value.id)) store(value.id);
    if (value.op.kind === "contract") {
      store(memoryOf(context, value.op.left, stored));
      store(memoryOf(context, value.op.right, stored));
    }
  }
  return drafts.sort((a, b) => lastOf(a) - lastOf(b));

  function store(id: ValueId): void {
    if (stored.has(id) || isSource(valueAt(context, id))) return;
    stored.add(id);
    drafts.push(mapDraft(context, id));
  }
}

/** What comes out of a table by index and has several users: looked up once, not by each of them. */
function sharedLookups(context: FuseContext): ReadonlySet<ValueId> {
  const shared = new Set<ValueId>();
  const open = new Set<ValueId>();
  for (const value of context.graph.values) {
    if (!context.live[value.id] || !(isElementwise(value) || isView(value.op) || value.op.kind === "gather")) continue;
    if (value.op.kind !== "gather" && !operandsOf(value.op).some((operand) => open.has(operand))) continue;
    if (context.users[value.id]!.length > 1 && !isView(value.op)) shared.add(value.id);
    else open.add(value.id);
  }
  return shared;
}

/** A kernel that makes one value, a point an element. */
export function mapDraft(context: FuseContext, id: ValueId): Draft {
  const domain = shapeOf(context, id);
  return {
    domain,
    reduce: [],
    stored: new Map([
      [id, domain.map((size, axis) => (size === 1 ? { kind: "constant", value: 0 } : axisIndex(axis)))],
    ]),
    heavies: new Map(),
  };
}

function lastOf(draft: Draft): number {
  return Math.max(...draft.stored.keys());
}

/** The iteration space of a reduction or contraction, without what is stored. */
function spaceOf(context: FuseContext, id: ValueId): Omit<Draft, "stored"> {
  const { op } = valueAt(context, id);
  invariant(op.kind === "reduce" || op.kind === "contract", "a reduction or contraction");
  return op.kind === "reduce" ? reduceSpace(context, id, op) : contractSpace(context, id, op);
}

function reduceSpace(context: FuseContext, id: ValueId, op: OpOf<"reduce">): Omit<Draft, "stored"> {
  const shape = shapeOf(context, op.of);
  const domain = shape.filter((_, axis) => !op.axes.includes(axis));
  const reduce = op.axes.map((axis) => shape[axis]!);
  const axes = [...domain, ...reduce];
  const coords = domain.map((_, axis) => indexAlong(axis, axes));
  const inner = reduce.map((_, axis) => indexAlong(domain.length + axis, axes));
  return { domain, reduce, heavies: new Map([[id, { coords, inner }]]) };
}

/** Batch axes, then those of one operand, then those of the other, in the result's order where that is possible. */
function contractSpace(context: FuseContext, id: ValueId, op: OpOf<"contract">): Omit<Draft, "stored"> {
  const size = new Map<number, number>();
  op.leftLabels.forEach((label, i) => {
    size.set(label, shapeOf(context, op.left)[i]!);
  });
  op.rightLabels.forEach((label, i) => {
    size.set(label, shapeOf(context, op.right)[i]!);
  });
  const both = op.outLabels.filter((label) => op.leftLabels.includes(label) && op.rightLabels.includes(label));
  const left = op.outLabels.filter((label) => op.leftLabels.includes(label) && !op.rightLabels.includes(label));
  const right = op.outLabels.filter((label) => op.rightLabels.includes(label) && !op.leftLabels.includes(label));
  const rightFirst =
    left.length > 0 && right.length > 0 && op.outLabels.indexOf(right[0]!) < op.outLabels.indexOf(left[0]!);
  const outer = rightFirst ? [...both, ...right, ...left] : [...both, ...left, ...right];
  const summed = op.leftLabels.filter((label) => !op.outLabels.includes(label));
  const labels = [...outer, ...summed];
  const axes = labels.map((label) => size.get(label)!);
  const at = (label: number) => indexAlong(labels.indexOf(label), axes);
  return {
    domain: axes.slice(0, outer.length),
    reduce: axes.slice(outer.length),
    heavies: new Map([[id, { coords: op.outLabels.map(at), inner: summed.map(at) }]]),
  };
}

function indexAlong(axis: number, axes: readonly number[]) {
  return axes[axis] === 1 ? ({ kind: "constant", value: 0 } as const) : axisIndex(axis);
}

/**
 * Follows a value through its only user while that is elementwise or shows the same elements, so that what reaches
 * memory is `x @ w + bias` and not `x @ w`.
 */
function tailOf(
  context: FuseContext,
  id: ValueId,
  space: Omit<Draft, "stored">,
  claimed: Set<ValueId>,
): { readonly value: ValueId; readonly coords: IndexMap } {
  const ranges: Ranges = { axes: [...space.domain, ...space.reduce] };
  let value = id;
  let coords = space.heavies.get(id)!.coords;
  claimed.add(id);
  while (!context.results.has(value)) {
    const users = context.users[value]!;
    const user = users.length === 1 ? valueAt(context, users[0]!) : undefined;
    if (user === undefined || claimed.has(user.id)) break;
    let next: IndexMap;
    if (isElementwise(user)) next = coords;
    else if (isView(user.op) && isBijective(user.op, shapeOf(context, value), user.type.shape)) {
      next = push(user.op, shapeOf(context, value), user.type.shape, coords, ranges);
      if (next.some((expr) => asAffine(expr) === null)) break;
    } else break;
    if (elementCount(user.type.shape) !== elementCount(shapeOf(context, value))) break;
    if (user.op.kind === "random") break;
    value = user.id;
    coords = next;
    claimed.add(value);
  }
  return { value, coords };
}

/**
 * The order of a product's axes in which the last one runs along memory where the result is written: neighbouring
 * threads then write side by side.
 */
function alongMemory(context: FuseContext, draft: Draft): Draft {
  const last = draft.domain.length - 1;
  const [[id, coords]] = [...draft.stored] as [[ValueId, IndexMap]];
  const ranges: Ranges = { axes: [...draft.domain, ...draft.reduce] };
  const strides = asAffine(linearize(coords, shapeOf(context, id), ranges))?.coefficients;
  const along = draft.domain.findIndex((size, axis) => size > 1 && strides?.get(axis) === 1);
  if (!isContract(context, draft) || along < 0 || along === last) return draft;
  // Axes that follow one another in memory stay together.
  const order = draft.domain.map((_, axis) => axis).sort((a, b) => (strides?.get(b) ?? 0) - (strides?.get(a) ?? 0));
  const moved = draft.domain.map((_, axis) => axisIndex(order.indexOf(axis)));
  const axes = [...moved, ...draft.reduce.map((_, i) => axisIndex(draft.domain.length + i))];
  const domain = order.map((axis) => draft.domain[axis]!);
  const to: Ranges = { axes: [...domain, ...draft.reduce] };
  const move = (map: IndexMap) => substituteMap(map, axes, to);
  return {
    domain,
    reduce: draft.reduce,
    stored: new Map([[id, move(coords)]]),
    heavies: new Map(
      [...draft.heavies].map(([heavy, { coords, inner }]) => [heavy, { coords: move(coords), inner: move(inner) }]),
    ),
  };
}

/** What a contraction's operand is read from: views are index maps, everything else must be in memory. */
function memoryOf(context: FuseContext, operand: ValueId, stored: ReadonlySet<ValueId>): ValueId {
  const path: ValueId[] = [];
  let id = operand;
  while (!stored.has(id)) {
    const { op } = valueAt(context, id);
    if (!isView(op)) break;
    path.push(id);
    id = op.of;
  }
  if (stored.has(id) || isSource(valueAt(context, id))) return id;
  // Nobody else asks for the layout below a view of all elements: keep the layout that is asked for.
  for (const view of path.reverse()) {
    const { op, type } = valueAt(context, view);
    if (!isView(op) || !isBijective(op, shapeOf(context, id), type.shape) || context.users[id]!.length !== 1) break;
    id = view;
  }
  return id;
}
