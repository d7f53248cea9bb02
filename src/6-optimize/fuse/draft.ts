/**
 * What fusion works on: the graph with its users, and drafts of kernels.
 *
 * A draft is an iteration space and the values made in it. Nothing else is decided: the scalar graph follows by asking
 * for the stored values and inlining what is not stored elsewhere (build-body.ts).
 */
import type { Graph, Op, Value, ValueId } from "../../ir/graph/graph.ts";
import type { IndexMap } from "../../ir/kernel/kernel.ts";
import type { Profile } from "../../ir/plan/profile.ts";

/** A reduction or contraction at home in a draft: where its result and its summed axes lie in the draft's axes. */
export type Heavy = { readonly coords: IndexMap; readonly inner: IndexMap };

export type Draft = {
  readonly domain: readonly number[];
  readonly reduce: readonly number[];
  /** Values written to memory, each with the element that one point of the space makes. */
  readonly stored: ReadonlyMap<ValueId, IndexMap>;
  readonly heavies: ReadonlyMap<ValueId, Heavy>;
};

export type FuseContext = {
  readonly graph: Graph;
  readonly profile: Profile;
  /** Users of each value among the live ones, without repetition. */
  readonly users: readonly (readonly ValueId[])[];
  /** Reachable from an output or an update. */
  readonly live: readonly boolean[];
  /** Outputs and updated values: they must lie in memory at the end. */
  readonly results: ReadonlySet<ValueId>;
  /** For a new content of a tensor the value that is its old one. */
  readonly replaces: ReadonlyMap<ValueId, ValueId>;
  /** One value for each persistent tensor, tied ones included. */
  readonly canonical: (value: ValueId) => ValueId;
};

export function valueAt(context: FuseContext, id: ValueId): Value {
  return context.graph.values[id]!;
}

export function shapeOf(context: FuseContext, id: ValueId): readonly number[] {
  return valueAt(context, id).type.shape;
}

/** The two ops that loop over something which is not in their result. */
export function isHeavy(value: Value): boolean {
  return value.op.kind === "reduce" || value.op.kind === "contract";
}

/** Ops that compute one number from one number of each operand; `random` from where it stands. */
export type ElementwiseOp = Extract<Op, { readonly kind: "apply" | "select" | "cast" | "bits" | "random" }>;
type ElementwiseValue = Value & { readonly op: ElementwiseOp };

export function isElementwise(value: Value): value is ElementwiseValue {
  const { kind } = value.op;
  return kind === "apply" || kind === "select" || kind === "cast" || kind === "bits" || kind === "random";
}

/** Lies in memory without a kernel. */
export function isSource(value: Value): boolean {
  return value.op.kind === "input" || value.op.kind === "persistent";
}

export function isContract(context: FuseContext, draft: Draft): boolean {
  return [...draft.heavies.keys()].some((id) => valueAt(context, id).op.kind === "contract");
}
