/** What one kernel's emission knows and collects, and the frames its values live in. */
import type { NodeId } from "../../ir/kernel/kernel.ts";
import { Helpers } from "./functions/helpers.ts";
import type { Nest } from "./nest.ts";
import { dependencesOf } from "./nest-dependences.ts";
import { name } from "./syntax/build.ts";
import type { Block, Expr, Lanes, Type } from "./syntax/tree.ts";

/** One axis is walked `lanes` elements at a time; its variable counts these groups. */
export type Vector = { readonly axis: number; readonly lanes: Lanes };

export type Context = {
  readonly nest: Nest;
  readonly vector: Vector | null;
  /** Element type of each slot. */
  readonly slots: readonly Type[];
  /** The axes on which each node depends. */
  readonly dependences: readonly ReadonlySet<number>[];
  readonly helpers: Helpers;
  readonly mint: (prefix: string) => string;
};

/**
 * A place in the nest: the axes bound so far, and what has been computed there. A value is computed in the outermost
 * frame that binds its axes, so nothing is recomputed in a loop that does not change it.
 */
export type Frame = {
  readonly parent: Frame | null;
  readonly block: Block;
  /** Each bound axis's expression; of the vector axis, the group's number. */
  readonly axes: ReadonlyMap<number, Expr>;
  /** A branch: what is first needed inside is computed inside. */
  readonly branch: boolean;
  readonly values: Map<NodeId, Expr>;
  readonly indices: Map<string, Expr>;
};

export function createContext(nest: Nest, vector: Vector | null, slots: readonly Type[]): Context {
  const counts = new Map<string, number>();
  return {
    nest,
    vector,
    slots,
    dependences: dependencesOf(nest),
    helpers: new Helpers(),
    mint: (prefix) => {
      const count = counts.get(prefix) ?? 0;
      counts.set(prefix, count + 1);
      return `${prefix}_${count}`;
    },
  };
}

/** The same emission under another vector axis. */
export function withVector(context: Context, vector: Vector | null): Context {
  return { ...context, vector };
}

export function openFrame(parent: Frame | null, block: Block, axes: ReadonlyMap<number, Expr>): Frame {
  return { parent, block, axes, branch: false, values: new Map(), indices: new Map() };
}

export function openBranch(parent: Frame, block: Block): Frame {
  return { parent, block, axes: new Map(), branch: true, values: new Map(), indices: new Map() };
}

/** The outermost frame that binds all of `axes`; branches around the place are not left needlessly. */
export function homeOf(frame: Frame, axes: ReadonlySet<number>): Frame {
  let home = frame;
  while (home.parent !== null && !binds(home, axes) && !(home.branch && binds(home.parent, axes))) home = home.parent;
  return home;
}

function binds(frame: Frame, axes: ReadonlySet<number>): boolean {
  for (const axis of frame.axes.keys()) if (axes.has(axis)) return true;
  return false;
}

export function axisIn(frame: Frame, axis: number): Expr | undefined {
  for (let at: Frame | null = frame; at !== null; at = at.parent) {
    const bound = at.axes.get(axis);
    if (bound !== undefined) return bound;
  }
  return undefined;
}

export function valueIn(frame: Frame, node: NodeId): Expr | undefined {
  for (let at: Frame | null = frame; at !== null; at = at.parent) {
    const value = at.values.get(node);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Computes `value` in the block under a new name; what is a name or a literal already stays it. */
export function defineIn(context: Context, block: Block, prefix: string, value: Expr): Expr {
  if (value.kind === "name" || value.kind === "literal") return value;
  const minted = context.mint(prefix);
  block.push({ kind: "let", name: minted, value });
  return name(minted, value.type);
}
