/**
 * Which elementwise values are worth memory. Three reasons: a kernel would read too many tensors or grow too long, a
 * long chain of scalars would be computed again for every element, or several kernels would repeat a costly one.
 */

import type { ValueId } from "../../ir/graph/graph.ts";
import { operandsOf } from "../../ir/graph/operands.ts";
import type { IndexMap } from "../../ir/kernel/kernel.ts";
import { bytesPerElement, elementCount } from "../../ir/types.ts";
import type { Body } from "./build-body.ts";
import { type Draft, shapeOf, valueAt } from "./draft.ts";
import { isLeaf, leafBytes, operations, treeOf } from "./estimate.ts";
import { fits, isKernel } from "./merge.ts";
import type { DraftId, Pool } from "./pool.ts";
import { mapDraft } from "./start.ts";
import { digitsOf } from "./unify.ts";

/** A body longer than this is cut. */
const longestBody = 400;
/** Points that share one element of a costly value, from which on it is stored. */
const repeats = 8;
/** Operations from which on a value is costly to repeat. */
const costly = 8;
/** Memory must be this much cheaper than repeating: it also has to be held. */
const worthwhile = 0.8;
/** Seconds a dispatch costs beside its work. */
const dispatchSeconds = 5e-6;

/** Cuts drafts that are too wide, too long, or repeat scalar chains. */
export function storeWhatIsTooMuch(pool: Pool): void {
  const queue = [...pool.order()];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const body = pool.body(id);
    const choice = fits(pool, pool.draft(id), body, id)
      ? (repeatedScalar(pool, id, body) ?? (body.nodes.length > longestBody ? middleOf(pool, id, body) : null))
      : widest(pool, id, body);
    if (choice === null) continue;
    storeAlone(pool, choice);
    queue.unshift(pool.homeOf(choice)!, id);
  }
}

/**
 * Stores one value that several drafts compute where repeating it costs more than memory: the one that saves most. True
 * if there was one.
 */
export function storeWhatIsShared(pool: Pool): boolean {
  const users = new Map<ValueId, DraftId[]>();
  for (const id of pool.order()) {
    for (const value of pool.body(id).visits.keys()) {
      const known = users.get(value);
      if (known === undefined) users.set(value, [id]);
      else known.push(id);
    }
  }
  const gains = new Map<ValueId, number>();
  for (const [value, drafts] of users) {
    const gain = drafts.length < 2 || pool.homeOf(value) !== undefined ? 0 : gainOf(pool, value, drafts);
    if (gain > 0) gains.set(value, gain);
  }
  const best = [...gains.keys()].sort((a, b) => gains.get(b)! - gains.get(a)! || a - b);
  for (const choice of best) {
    const value = neededBelow(pool, choice, users, gains);
    const drafts = users.get(value)!;
    if (!storeAt(pool, value, drafts)) continue;
    for (const id of drafts) pool.forget(id);
    return true;
  }
  return false;
}

/**
 * 1 + tanh x saves a little more than tanh x, but where the same drafts want tanh x for something else too, both would
 * be stored. Follows such operands while they save nearly as much.
 */
function neededBelow(
  pool: Pool,
  value: ValueId,
  users: ReadonlyMap<ValueId, readonly DraftId[]>,
  gains: ReadonlyMap<ValueId, number>,
): ValueId {
  const { context } = pool;
  for (const operand of operandsOf(valueAt(context, value).op)) {
    const gain = gains.get(operand) ?? 0;
    if (gain < 0.7 * gains.get(value)! || users.get(operand)!.length < users.get(value)!.length) continue;
    if (context.users[operand]!.length > 1) return neededBelow(pool, operand, users, gains);
  }
  return value;
}

/** Seconds saved by storing a value that these drafts compute, in the profile's estimate; 0 where it does not pay. */
function gainOf(pool: Pool, value: ValueId, drafts: readonly DraftId[]): number {
  const { bandwidth, flops } = pool.context.profile.roofline;
  const size = elementCount(shapeOf(pool.context, value));
  const bytes = size * bytesPerElement[valueAt(pool.context, value).type.dtype];
  const [read, count] = [leafBytes(pool, value, size), operations(pool, value)];
  // A short chain over constants and indices, or of one number, is never worth a place: masks, `micro == 0`.
  if ((read === 0 || size === 1) && count < costly) return 0;
  const [leaves, work] = [read / bandwidth, count / flops];
  const inline = drafts.reduce((sum, id) => sum + leaves + work * evaluationsIn(pool, value, id), 0);
  const store = leaves + work * size + (drafts.length * bytes) / bandwidth;
  return store < worthwhile * inline ? inline - store : 0;
}

/** How often a draft computes a value: the points of the scope it stands in. */
function evaluationsIn(pool: Pool, value: ValueId, id: DraftId): number {
  const { domain, reduce } = pool.draft(id);
  const visits = pool.body(id).visits.get(value) ?? [];
  const inner = visits.some(({ scope }) => scope === "inner");
  return elementCount(domain) * (inner ? elementCount(reduce) : 1);
}

/**
 * In the first draft that computes it if it makes each element once, else in a draft of its own. False where neither
 * goes: a draft of its own would read from the first one and be read by it.
 */
function storeAt(pool: Pool, value: ValueId, drafts: readonly DraftId[]): boolean {
  const first = drafts[0]!;
  const draft = pool.draft(first);
  const visit = pool
    .body(first)
    .visits.get(value)!
    .find(({ coords }) => coversSpace(pool, draft, value, coords));
  if (visit !== undefined) {
    const stored: [ValueId, IndexMap][] = [...draft.stored, [value, visit.coords]];
    const grown: Draft = { ...draft, stored: new Map(stored.sort((a, b) => a[0] - b[0])) };
    const body = pool.tryBody(grown, first);
    if (body !== null && isKernel(pool, grown, body, first)) {
      pool.replace(first, grown);
      return true;
    }
  }
  if (treeOf(pool, value).some((id) => pool.homeOf(id) === first || draft.heavies.has(id))) return false;
  if (gainOf(pool, value, drafts) < dispatchSeconds) return false;
  storeAlone(pool, value);
  return true;
}

function coversSpace(pool: Pool, draft: Draft, value: ValueId, coords: IndexMap): boolean {
  const shape = shapeOf(pool.context, value);
  const axes = new Set<number>();
  for (const [i, expr] of coords.entries()) {
    const digits = digitsOf(expr, draft, shape[i]!);
    if (digits === null) return false;
    for (const axis of digits) axes.add(axis);
  }
  const points = elementCount(draft.domain) * elementCount(draft.reduce);
  const size = elementCount(shape);
  if (size === points) return true;
  return size === elementCount(draft.domain) && [...axes].every((axis) => axis < draft.domain.length);
}

function storeAlone(pool: Pool, value: ValueId): void {
  pool.put(mapDraft(pool.context, value));
  for (const id of pool.ids) if (pool.homeOf(value) !== id) pool.forget(id);
}

/** The outermost scalar-like value of many operations that a draft computes once for each of many points. */
function repeatedScalar(pool: Pool, id: DraftId, body: Body): ValueId | null {
  const { context } = pool;
  const draft = pool.draft(id);
  let choice: ValueId | null = null;
  for (const value of body.visits.keys()) {
    if (draft.stored.has(value)) continue;
    if (evaluationsIn(pool, value, id) < repeats * elementCount(shapeOf(context, value))) continue;
    if (operations(pool, value) < costly || dependsOnHeavy(pool, draft, value)) continue;
    if (choice === null || value > choice) choice = value;
  }
  return choice;
}

/** Does a value need a reduction that is made in this very draft? */
function dependsOnHeavy(pool: Pool, draft: Draft, value: ValueId): boolean {
  return treeOf(pool, value).some((id) => draft.heavies.has(id));
}

/** A small value that stands for many tensors: the smallest of those with at least half of the leaves a kernel may read. */
function widest(pool: Pool, id: DraftId, body: Body): ValueId | null {
  const { context } = pool;
  const limit = context.profile.limits.maxStorageBuffersPerShaderStage - 1;
  const draft = pool.draft(id);
  const candidates: { readonly value: ValueId; readonly leaves: number; readonly size: number }[] = [];
  for (const value of body.visits.keys()) {
    if (draft.stored.has(value) || dependsOnHeavy(pool, draft, value)) continue;
    const leaves = treeOf(pool, value).filter((leaf) => isLeaf(pool, leaf)).length;
    if (leaves <= limit && leaves > 1) candidates.push({ value, leaves, size: elementCount(shapeOf(context, value)) });
  }
  const most = Math.max(...candidates.map(({ leaves }) => leaves));
  const many = candidates.filter(({ leaves }) => leaves >= Math.min(most, limit / 2));
  many.sort((a, b) => a.size - b.size || b.leaves - a.leaves || a.value - b.value);
  return many[0]?.value ?? null;
}

/** A value with about half of the work below it. */
function middleOf(pool: Pool, id: DraftId, body: Body): ValueId | null {
  const draft = pool.draft(id);
  let choice: ValueId | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const value of body.visits.keys()) {
    if (draft.stored.has(value) || dependsOnHeavy(pool, draft, value)) continue;
    const distance = Math.abs(treeOf(pool, value).length - treeOf(pool, [...draft.stored.keys()].at(-1)!).length / 2);
    if (distance < nearest) [choice, nearest] = [value, distance];
  }
  return choice;
}
