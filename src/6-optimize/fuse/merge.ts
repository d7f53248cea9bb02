/**
 * Merges drafts until none is left that can be: a producer into its reader (epilogues, softmax, norms), then drafts
 * that read the same tensor side by side, then scalars.
 */
import type { ValueId } from "../../ir/graph/graph.ts";
import { asAffine, keyOfMap, type Ranges } from "../../ir/kernel/index-expr.ts";
import { linearize, substituteMap } from "../../ir/kernel/index-maps.ts";
import { dependsOnReduced, type IndexExpr, type IndexMap, type Write } from "../../ir/kernel/kernel.ts";
import { elementCount } from "../../ir/types.ts";
import type { Body } from "./build-body.ts";
import { type Draft, type FuseContext, type Heavy, isContract, shapeOf } from "./draft.ts";
import type { DraftId, Pool } from "./pool.ts";
import { type CommonSpace, type Side, unify } from "./unify.ts";

export function mergeAll(pool: Pool): void {
  while (mergeOnce(pool)) {
    // Each merge may make room for the next.
  }
}

function mergeOnce(pool: Pool): boolean {
  let merged = false;
  for (const reader of pool.order()) {
    let id: DraftId | null = pool.has(reader) ? reader : null;
    while (id !== null) {
      const next = mergeProducer(pool, id);
      if (next !== null) merged = true;
      id = next;
    }
  }
  return mergeSiblings(pool) || merged;
}

/** Merges one of the draft's producers into it; the merged draft, or null. */
function mergeProducer(pool: Pool, reader: DraftId): DraftId | null {
  for (const [producer, reads] of pool.producersOf(reader)) {
    for (const read of reads) {
      if (read.guard !== undefined) continue;
      const id = tryMerge(pool, producer, reader, read.value, read.index);
      if (id !== null) return id;
    }
  }
  return null;
}

function tryMerge(pool: Pool, producer: DraftId, reader: DraftId, value: ValueId, index: IndexMap): DraftId | null {
  if (pool.isUnfit(producer, reader)) return null;
  const { context } = pool;
  const [p, r] = [pool.draft(producer), pool.draft(reader)];
  const contracts = [isContract(context, p), isContract(context, r)];
  if (contracts[0] && (contracts[1] || r.reduce.length > 0)) return null;
  if (contracts[1] && p.reduce.length > 0) return null;
  const common = unify(
    { space: p, coords: p.stored.get(value)! },
    { space: r, coords: index },
    shapeOf(context, value),
    !contracts[0] && !contracts[1],
  );
  if (common === null || pool.reachesThroughOthers(producer, reader)) return null;
  return adopt(pool, producer, reader, common);
}

/** Replaces two drafts by their union if that is a good kernel. */
function adopt(pool: Pool, left: DraftId, right: DraftId, common: CommonSpace): DraftId | null {
  const whole = union(pool.draft(left), pool.draft(right), common);
  const draft = prune(pool, whole, left, right);
  const nodes = pool.body(left).nodes.length + pool.body(right).nodes.length;
  const body = canFit(pool, draft, whole, left, right) ? pool.tryBody(draft, left, right) : null;
  if (body === null || body.nodes.length > nodes || !isKernel(pool, draft, body, left, right)) {
    pool.noteUnfit(left, right);
    return null;
  }
  pool.remove(left);
  pool.remove(right);
  return pool.put(draft);
}

/** Would the union bind too many tensors? Asked before its body is built. */
function canFit(pool: Pool, draft: Draft, whole: Draft, left: DraftId, right: DraftId): boolean {
  const reads = [...pool.body(left).reads, ...pool.body(right).reads].filter(({ value }) => !whole.stored.has(value));
  const inPlace = [...draft.stored.keys()].filter((value) => pool.context.replaces.has(value)).length;
  const values = new Set([...reads.map(({ value }) => value), ...draft.stored.keys()]);
  return values.size - inPlace <= limitOf(pool.context);
}

function union(left: Draft, right: Draft, common: CommonSpace): Draft {
  const ranges: Ranges = { axes: [...common.domain, ...common.reduce] };
  const parts = [
    [left, common.left],
    [right, common.right],
  ] as const;
  const move = (map: IndexMap, axes: readonly IndexExpr[]) => substituteMap(map, axes, ranges);
  const stored: [ValueId, IndexMap][] = [];
  const heavies: [ValueId, Heavy][] = [];
  for (const [draft, axes] of parts) {
    for (const [id, coords] of draft.stored) stored.push([id, move(coords, axes)]);
    for (const [id, heavy] of draft.heavies) {
      heavies.push([id, { coords: move(heavy.coords, axes), inner: move(heavy.inner, axes) }]);
    }
  }
  stored.sort((a, b) => a[0] - b[0]);
  return { domain: common.domain, reduce: common.reduce, stored: new Map(stored), heavies: new Map(heavies) };
}

/** Values that only the two drafts themselves wanted need no memory any more. */
function prune(pool: Pool, draft: Draft, left: DraftId, right: DraftId): Draft {
  const isWanted = (value: ValueId) =>
    pool.context.results.has(value) || [...pool.readersOf(value)].some((id) => id !== left && id !== right);
  return { ...draft, stored: new Map([...draft.stored].filter(([value]) => isWanted(value))) };
}

/** Would this be a good kernel in place of the drafts `instead`? */
export function isKernel(pool: Pool, draft: Draft, body: Body, ...instead: readonly DraftId[]): boolean {
  return fits(pool, draft, body, ...instead) && isParallel(pool.context, draft) && writesOnce(draft, body);
}

/**
 * A reduction over what does not vary along its axes vanishes from the body. Then results of the domain must not stand
 * beside those of the inner axes: each inner point would write them.
 */
function writesOnce(draft: Draft, body: Body): boolean {
  if (draft.reduce.length === 0 || body.nodes.some(({ op }) => op.kind === "reduce")) return true;
  const scopes = new Set(
    body.writes.map(({ index }) => dependsOnReduced({ domain: draft.domain, body: body.nodes }, index)),
  );
  return scopes.size === 1;
}

/** Distinct tensors within the binding limit. A tensor that is replaced in place is one binding with its new content. */
export function fits(pool: Pool, draft: Draft, body: Body, ...instead: readonly DraftId[]): boolean {
  const values = new Set([...body.reads, ...body.writes].map(({ value }) => value));
  for (const write of body.writes) {
    const old = pool.context.replaces.get(write.value);
    if (old !== undefined && isInPlace(pool, draft, body, write, old, instead)) values.delete(old);
  }
  return values.size <= limitOf(pool.context);
}

/** As phase 7 will see it: only this kernel reads the old content, each element where it writes it. */
function isInPlace(
  pool: Pool,
  draft: Draft,
  body: Body,
  write: Write,
  old: ValueId,
  instead: readonly DraftId[],
): boolean {
  if (pool.context.results.has(old) || ![...pool.readersOf(old)].every((id) => instead.includes(id))) return false;
  if (dependsOnReduced({ domain: draft.domain, body: body.nodes }, write.index)) return false;
  return body.reads.every(({ value, index }) => value !== old || keyOfMap(index) === keyOfMap(write.index));
}

function limitOf(context: FuseContext): number {
  return context.profile.limits.maxStorageBuffersPerShaderStage;
}

/**
 * What is written inside the reduced axes must keep the machine busy: rows, not columns (neighbouring threads would
 * write far apart), and many rows or short ones.
 */
function isParallel(context: FuseContext, draft: Draft): boolean {
  if (draft.reduce.length === 0) return true;
  const ranges: Ranges = { axes: [...draft.domain, ...draft.reduce] };
  const last = lastLong(draft);
  if (last === null) return true;
  let inner = false;
  for (const [id, coords] of draft.stored) {
    const affine = asAffine(linearize(coords, shapeOf(context, id), ranges));
    if (affine === null) return false;
    const loops = [...affine.coefficients.keys()].some((axis) => axis >= draft.domain.length);
    if (!loops) continue;
    inner = true;
    if (affine.coefficients.get(last) !== 1) return false;
  }
  const points = elementCount(draft.domain);
  return !inner || points >= 64 || (points > 1 && elementCount(draft.reduce) <= 1024);
}

/** The innermost reduced axis longer than 1. */
function lastLong(draft: Draft): number | null {
  for (let i = draft.reduce.length - 1; i >= 0; i--) if (draft.reduce[i]! > 1) return draft.domain.length + i;
  return null;
}

function mergeSiblings(pool: Pool): boolean {
  const readers = new Map<ValueId, DraftId[]>();
  const scalars: DraftId[] = [];
  for (const id of pool.order()) {
    const draft = pool.draft(id);
    const points = elementCount(draft.domain) * elementCount(draft.reduce);
    if (points === 1) scalars.push(id);
    for (const value of new Set(pool.body(id).reads.map((read) => read.value))) {
      if (elementCount(shapeOf(pool.context, value)) < points) continue;
      readers.set(value, [...(readers.get(value) ?? []), id]);
    }
  }
  for (const [value, ids] of readers) {
    for (const [left, right] of pairs(ids)) if (mergeBeside(pool, left, right, value)) return true;
  }
  for (const [left, right] of pairs(scalars)) {
    const none = { space: { domain: [], reduce: [] }, coords: [] };
    const common = unify(none, none, [], false);
    if (pool.isUnfit(left, right) || common === null || !independent(pool, left, right)) continue;
    if (adopt(pool, left, right, common) !== null) return true;
  }
  return false;
}

/** Merges two drafts that read the same elements of a tensor over the whole of equal spaces. */
function mergeBeside(pool: Pool, left: DraftId, right: DraftId, value: ValueId): boolean {
  const { context } = pool;
  if (pool.isUnfit(left, right)) return false;
  const [l, r] = [pool.draft(left), pool.draft(right)];
  if (isContract(context, l) || isContract(context, r)) return false;
  if (l.reduce.length > 0 !== r.reduce.length > 0) return false;
  const sides = (id: DraftId, draft: Draft): Side[] =>
    pool
      .body(id)
      .reads.filter((read) => read.value === value && read.guard === undefined)
      .map((read) => ({ space: draft, coords: read.index }));
  for (const a of sides(left, l)) {
    for (const b of sides(right, r)) {
      const common = unify(a, b, shapeOf(context, value), false);
      if (common === null || !coversAll(a, common) || !independent(pool, left, right)) continue;
      if (adopt(pool, left, right, common) !== null) return true;
    }
  }
  return false;
}

/** The read depends on every axis: as many elements as points. */
function coversAll(side: Side, common: CommonSpace): boolean {
  const used = new Set(side.coords.flatMap((expr) => [...(asAffine(expr)?.coefficients.keys() ?? [])]));
  const sizes = [...side.space.domain, ...side.space.reduce];
  return (
    sizes.every((size, axis) => size === 1 || used.has(axis)) &&
    elementCount(sizes) === elementCount(common.domain) * elementCount(common.reduce)
  );
}

function independent(pool: Pool, left: DraftId, right: DraftId): boolean {
  return (
    !pool.producersOf(left).has(right) &&
    !pool.producersOf(right).has(left) &&
    !pool.reachesThroughOthers(left, right) &&
    !pool.reachesThroughOthers(right, left)
  );
}

function* pairs<T>(list: readonly T[]): Generator<readonly [T, T]> {
  for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) yield [list[i]!, list[j]!];
}
