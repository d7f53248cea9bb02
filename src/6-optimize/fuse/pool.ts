/** The drafts of a program while they are merged: who makes what, who reads whom, and bodies built when asked for. */
import type { ValueId } from "../../ir/graph/graph.ts";
import type { Read } from "../../ir/kernel/kernel.ts";
import { invariant } from "../../support/invariant.ts";
import { type Body, buildBody } from "./build-body.ts";
import { type Draft, type FuseContext, isSource, valueAt } from "./draft.ts";

/** A draft under its number. */
export type DraftId = number;

const nobody: ReadonlySet<DraftId> = new Set();

export class Pool {
  readonly context: FuseContext;
  readonly #drafts = new Map<DraftId, Draft>();
  readonly #bodies = new Map<DraftId, Body>();
  readonly #homes = new Map<ValueId, DraftId>();
  /** Pairs that were found not to fit; a draft that changes gets a new number. */
  readonly #unfit = new Set<string>();
  readonly #readers = new Map<ValueId, Set<DraftId>>();
  /** Drafts whose body is to be built before anybody can be asked who reads what. */
  readonly #unbuilt = new Set<DraftId>();
  #next = 0;

  constructor(context: FuseContext, drafts: readonly Draft[]) {
    this.context = context;
    for (const draft of drafts) this.put(draft);
  }

  get ids(): readonly DraftId[] {
    return [...this.#drafts.keys()];
  }

  /** The draft that stores a value; undefined for sources and what is inlined. */
  homeOf(value: ValueId): DraftId | undefined {
    return this.#homes.get(value);
  }

  draft(id: DraftId): Draft {
    const draft = this.#drafts.get(id);
    invariant(draft !== undefined, `no draft ${id}`);
    return draft;
  }

  has(id: DraftId): boolean {
    return this.#drafts.has(id);
  }

  put(draft: Draft): DraftId {
    const id = this.#next++;
    this.#unbuilt.add(id);
    this.#drafts.set(id, draft);
    for (const value of draft.stored.keys()) this.#homes.set(value, id);
    return id;
  }

  remove(id: DraftId): void {
    for (const value of this.draft(id).stored.keys()) this.#homes.delete(value);
    this.forget(id);
    this.#drafts.delete(id);
    this.#unbuilt.delete(id);
  }

  /** The draft under a new number. */
  replace(id: DraftId, draft: Draft): void {
    this.remove(id);
    this.put(draft);
  }

  isUnfit(left: DraftId, right: DraftId): boolean {
    return this.#unfit.has(`${left},${right}`);
  }

  noteUnfit(left: DraftId, right: DraftId): void {
    this.#unfit.add(`${left},${right}`);
  }

  /** Another draft stores something now that this one had inlined. */
  forget(id: DraftId): void {
    if (!this.#drafts.has(id)) return;
    for (const { value } of this.#bodies.get(id)?.reads ?? []) this.#readers.get(value)?.delete(id);
    this.#bodies.delete(id);
    this.#unbuilt.add(id);
  }

  body(id: DraftId): Body {
    const known = this.#bodies.get(id);
    if (known !== undefined) return known;
    const body = this.tryBody(this.draft(id));
    invariant(body !== null, () => `draft of ${[...this.draft(id).stored.keys()]} cannot be built`);
    this.#bodies.set(id, body);
    this.#unbuilt.delete(id);
    for (const { value } of body.reads) {
      const readers = this.#readers.get(value);
      if (readers === undefined) this.#readers.set(value, new Set([id]));
      else readers.add(id);
    }
    return body;
  }

  /** The body a draft would have in place of the drafts `instead`. */
  tryBody(draft: Draft, ...instead: readonly DraftId[]): Body | null {
    return buildBody(this.context, draft, (value) => {
      const home = this.#homes.get(value);
      return home !== undefined && !instead.includes(home);
    });
  }

  /** The drafts whose values a draft reads, with the reads. */
  producersOf(id: DraftId): ReadonlyMap<DraftId, readonly Read[]> {
    const producers = new Map<DraftId, Read[]>();
    for (const read of this.body(id).reads) {
      if (isSource(valueAt(this.context, read.value))) continue;
      const home = this.#homes.get(read.value);
      invariant(home !== undefined, `nobody makes value ${read.value}`);
      producers.set(home, [...(producers.get(home) ?? []), read]);
    }
    return producers;
  }

  /** The drafts that read a value. */
  readersOf(value: ValueId): ReadonlySet<DraftId> {
    for (const id of this.#unbuilt) this.body(id);
    return this.#readers.get(value) ?? nobody;
  }

  /** Is there a way from `from` to `to` through at least one other draft? */
  reachesThroughOthers(from: DraftId, to: DraftId): boolean {
    const seen = new Set<DraftId>();
    const visit = (id: DraftId, direct: boolean): boolean => {
      for (const producer of this.producersOf(id).keys()) {
        if (producer === from) {
          if (!direct) return true;
          continue;
        }
        if (seen.has(producer)) continue;
        seen.add(producer);
        if (visit(producer, false)) return true;
      }
      return false;
    };
    return visit(to, true);
  }

  /** Producers before their readers; among those, earlier values first. */
  order(): readonly DraftId[] {
    const ranks = new Map(this.ids.map((id) => [id, this.#rank(id)]));
    const byRank = (a: DraftId, b: DraftId) => ranks.get(a)! - ranks.get(b)!;
    const ids = [...this.ids].sort(byRank);
    const done = new Set<DraftId>();
    const open = new Set<DraftId>();
    const order: DraftId[] = [];
    const visit = (id: DraftId): void => {
      if (done.has(id)) return;
      invariant(!open.has(id), "kernels wait for each other");
      open.add(id);
      for (const producer of [...this.producersOf(id).keys()].sort(byRank)) visit(producer);
      open.delete(id);
      done.add(id);
      order.push(id);
    };
    for (const id of ids) visit(id);
    return order;
  }

  #rank(id: DraftId): number {
    return Math.min(...this.draft(id).stored.keys());
  }
}
