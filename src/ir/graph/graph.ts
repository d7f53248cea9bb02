/**
 * The Graph: one program as a list of values in topological order, each made by one op of a closed set.
 *
 * Pure: the only way to change state is `updates`, which take effect together after all values are computed.
 * Every op has a row in each table of ir/rules/. No dynamic scalar (step, seed, position) is ever a constant.
 */
import type { Span } from "../../diagnostics/report.ts";
import type { Mesh, MeshAxis, Sharding, TensorType } from "../types.ts";
import type { ScalarFunction } from "./scalar-function.ts";

/** Position of a value in `Graph.values`. Minted by the builder. */
export type ValueId = number & { readonly __brand: "ValueId" };
/** Position of a tensor in `Bundle.tensors`. */
export type PersistentId = number & { readonly __brand: "PersistentId" };

export type Op =
  /** A scalar (rank 0) known at compile time; bool as 0 or 1. */
  | { readonly kind: "constant"; readonly value: number }
  /** What the host uploads before the program runs: data fields, step, seed. */
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "persistent"; readonly id: PersistentId }
  /** i32: the index along `axis`. */
  | { readonly kind: "iota"; readonly axis: number }
  /**
   * uniform in [0, 1) or standard normal: a pure function of (seed, stream, step, sample, element). With `sample`
   * (the global index of the first row of axis 0) an element's number counts within its row, else within the tensor.
   */
  | {
      readonly kind: "random";
      readonly distribution: "uniform" | "normal";
      readonly stream: number;
      readonly seed: ValueId;
      readonly step: ValueId;
      readonly sample: ValueId | null;
    }
  /** Elementwise; all operands have the result's shape (see `broadcast`). */
  | { readonly kind: "apply"; readonly fn: ScalarFunction; readonly args: readonly ValueId[] }
  /** Both sides are evaluated; the one not taken gets gradient zero. */
  | { readonly kind: "select"; readonly condition: ValueId; readonly then: ValueId; readonly else: ValueId }
  | { readonly kind: "cast"; readonly of: ValueId }
  /** The same bits under another dtype of equal width. */
  | { readonly kind: "bits"; readonly of: ValueId }
  | { readonly kind: "reshape"; readonly of: ValueId }
  /** Result axis i is operand axis `permutation[i]`. */
  | { readonly kind: "transpose"; readonly of: ValueId; readonly permutation: readonly number[] }
  /** Operand axis i becomes result axis `axes[i]` (increasing); it keeps its size or is 1 and stretches. Others are new. */
  | { readonly kind: "broadcast"; readonly of: ValueId; readonly axes: readonly number[] }
  /** Result index i reads `start + i * stride`; strides are positive. */
  | {
      readonly kind: "slice";
      readonly of: ValueId;
      readonly starts: readonly number[];
      readonly strides: readonly number[];
    }
  /** Starts are i32 scalars, one an axis, clamped so that the window lies inside. */
  | { readonly kind: "dynamicSlice"; readonly of: ValueId; readonly starts: readonly ValueId[] }
  | {
      readonly kind: "dynamicUpdate";
      readonly of: ValueId;
      readonly with: ValueId;
      readonly starts: readonly ValueId[];
    }
  /** `low[i]` elements of `value` before and `high[i]` after, along each axis. */
  | {
      readonly kind: "pad";
      readonly of: ValueId;
      readonly low: readonly number[];
      readonly high: readonly number[];
      readonly value: number;
    }
  | { readonly kind: "concat"; readonly parts: readonly ValueId[]; readonly axis: number }
  /** The axes (increasing) disappear. Float sums accumulate in f32 whatever the operand's dtype. */
  | { readonly kind: "reduce"; readonly fn: ReduceFunction; readonly of: ValueId; readonly axes: readonly number[] }
  /** i32: position of the first extreme along the axis, which disappears. */
  | { readonly kind: "argReduce"; readonly fn: "max" | "min"; readonly of: ValueId; readonly axis: number }
  /** The k largest along the last axis, descending, ties by position: their values or their positions. */
  | { readonly kind: "topK"; readonly of: ValueId; readonly k: number; readonly yields: "values" | "indices" }
  | { readonly kind: "cumulative"; readonly fn: ReduceFunction; readonly of: ValueId; readonly axis: number }
  /**
   * The general einsum of two operands: a label an axis; labels absent from `out` are summed. A label occurs at most
   * once an operand, and a summed label occurs in both. Accumulates in f32.
   */
  | {
      readonly kind: "contract";
      readonly left: ValueId;
      readonly right: ValueId;
      readonly leftLabels: readonly number[];
      readonly rightLabels: readonly number[];
      readonly outLabels: readonly number[];
    }
  /** Axis `axis` of `of` is replaced by the axes of `indices` (i32, in range). */
  | { readonly kind: "gather"; readonly of: ValueId; readonly indices: ValueId; readonly axis: number }
  /** The transpose of gather: rows of `updates` set in, or added to, `into` at `indices` along `axis`. `set` indices are distinct. */
  | {
      readonly kind: "scatter";
      readonly mode: "set" | "add";
      readonly into: ValueId;
      readonly indices: ValueId;
      readonly updates: ValueId;
      readonly axis: number;
    }
  | { readonly kind: "stopGradient"; readonly of: ValueId }
  /** To and from `type.encoding`. */
  | { readonly kind: "encode"; readonly of: ValueId }
  | { readonly kind: "decode"; readonly of: ValueId }
  | { readonly kind: "allReduce"; readonly fn: ReduceFunction; readonly of: ValueId; readonly over: MeshAxis }
  | { readonly kind: "allGather"; readonly of: ValueId; readonly axis: number; readonly over: MeshAxis }
  | { readonly kind: "reduceScatter"; readonly of: ValueId; readonly axis: number; readonly over: MeshAxis }
  | { readonly kind: "send"; readonly of: ValueId; readonly to: number; readonly over: MeshAxis }
  | { readonly kind: "receive"; readonly from: number; readonly over: MeshAxis };

export type OpKind = Op["kind"];
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>;
export type ReduceFunction = "sum" | "max" | "min";

/** Where a value comes from in the user's program. `loop`: the list of layers it belongs to (`blocks`, 3). */
export type Origin = {
  readonly path: string;
  readonly span: Span;
  readonly loop?: { readonly list: string; readonly index: number };
};

/** How often a value changes: the widest of its operands'. */
export type Variation = "never" | "step" | "microStep" | "sample";

export type Value = {
  readonly id: ValueId;
  readonly op: Op;
  readonly type: TensorType;
  readonly sharding: Sharding;
  readonly origin: Origin;
  readonly variesBy: Variation;
};

export type GraphInput = { readonly name: string; readonly value: ValueId; readonly type: TensorType };
export type GraphOutput = { readonly name: string; readonly value: ValueId };
export type GraphUpdate = { readonly target: PersistentId; readonly value: ValueId };

export type Graph = {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  /** Topological: operands come before their users. `values[i].id === i`. */
  readonly values: readonly Value[];
  readonly outputs: readonly GraphOutput[];
  readonly updates: readonly GraphUpdate[];
};

/** A tensor that outlives a program. `path` is its name in checkpoints (`blocks.0.attn.qkv.weight`). */
export type Persistent = {
  readonly id: PersistentId;
  readonly path: string;
  readonly role: "parameter" | "state" | "gradient" | "average" | "cache" | "metric" | "mask";
  readonly type: TensorType;
  readonly trainable: boolean;
  /** Another tensor that shares this one's storage. */
  readonly tiedTo?: PersistentId;
  readonly sharding: Sharding;
  readonly origin: Origin;
};

/**
 * The programs of a job.
 *
 * | name | inputs | effect |
 * |---|---|---|
 * | `init` | seed | sets parameters and state |
 * | `loss` | data fields, seed, step, sample | outputs `numerator.k`, `weight.k`; phase 4 turns it into the next two |
 * | `count` | data fields, micro | adds each term's weight to its `metric` tensor |
 * | `microStep` | data fields, seed, step, sample, micro | adds to gradients; outputs `numerator.k`, `weight.k` |
 * | `update` | step, total | clips, applies the optimizer; outputs `grad_norm`, `lr` |
 * | `evaluate` | data fields | as `loss`, with `training = false` |
 * | `prefill` | data fields, `last` (i32[1]: position read) | outputs `logits` [B, V] at that position |
 * | `decode`, `observe` | | later: one token against a cache; statistics for compression |
 */
export type ProgramName =
  | "init"
  | "loss"
  | "count"
  | "microStep"
  | "update"
  | "evaluate"
  | "prefill"
  | "decode"
  | "observe";

/** One summand of the loss: coefficient · numerator / weight (0 where weight is 0). Outputs `numerator.k` and `weight.k`. */
export type LossTerm = { readonly name: string; readonly coefficient: number };

/** What one job compiles to: programs that share persistent tensors. */
export type Bundle = {
  readonly tensors: readonly Persistent[];
  readonly programs: Readonly<Partial<Record<ProgramName, Graph>>>;
  readonly terms: readonly LossTerm[];
  /** Micro-steps per step: batch / (micro · dp). */
  readonly microSteps: number;
  readonly mesh: Mesh;
};
