/**
 * The Kernel: a nest of parallel axes (`domain`) around a nest of reduced axes (`reduce`), and a scalar graph that is
 * evaluated inside. Every family has this one form:
 *
 * - *map*: no reduced axes; each domain point computes and writes.
 * - *row*: reductions over the trailing axes and elementwise work around them. A node that depends on a reduced axis
 *   is in scope `inner`; a `reduce` node brings it back to scope `domain`, and inner nodes may use that again
 *   (softmax: max → exp → sum → divide, all in one kernel).
 * - *contract*: one sum of a product of two reads over the reduced axes; the rest of the body is its epilogue.
 * - *attention*, *index*, *random*: recognised later by structure; the same form.
 *
 * Typed, plain data, no text. Bounds are proven or guarded here, never in an emitter.
 */
import type { PersistentId, ReduceFunction, ValueId } from "../graph/graph.ts";
import type { ScalarFunction } from "../graph/scalar-function.ts";
import type { Dtype, Encoding, TensorType } from "../types.ts";

export type KernelFamily = "map" | "row" | "contract" | "attention" | "index" | "random";

/** Position of a node in `Kernel.body`. */
export type NodeId = number & { readonly __brand: "NodeId" };

/**
 * A quasi-affine integer expression over the kernel's axes: domain axes first, then reduced ones, all from 0.
 * `div` and `mod` are floor division and remainder of non-negative expressions. `node` is an i32 computed in the body.
 */
export type IndexExpr =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "axis"; readonly axis: number }
  | { readonly kind: "add"; readonly left: IndexExpr; readonly right: IndexExpr }
  | { readonly kind: "mul"; readonly of: IndexExpr; readonly by: number }
  | { readonly kind: "div"; readonly of: IndexExpr; readonly by: number }
  | { readonly kind: "mod"; readonly of: IndexExpr; readonly by: number }
  | { readonly kind: "node"; readonly node: NodeId };

/** One expression an axis of the tensor that is read or written. */
export type IndexMap = readonly IndexExpr[];

/** Holds where every `from <= expr < to`. */
export type Guard = readonly { readonly expr: IndexExpr; readonly from: number; readonly to: number }[];

/** `value` is a graph value or, through it, a persistent or input tensor; a read outside its guard yields 0. */
export type Read = {
  readonly value: ValueId;
  readonly type: TensorType;
  readonly index: IndexMap;
  readonly guard?: Guard;
  readonly decode?: Encoding;
};

export type Write = {
  readonly value: ValueId;
  readonly type: TensorType;
  readonly node: NodeId;
  readonly index: IndexMap;
  readonly guard?: Guard;
  readonly encode?: Encoding;
  readonly accumulate?: "add";
};

export type ScalarNode = {
  readonly id: NodeId;
  readonly dtype: Dtype;
  readonly scope: "domain" | "inner";
  readonly op:
    | { readonly kind: "constant"; readonly value: number }
    /** The value of an index expression, as i32. */
    | { readonly kind: "index"; readonly expr: IndexExpr }
    /** bool: does the guard hold here? */
    | { readonly kind: "inside"; readonly guard: Guard }
    | { readonly kind: "read"; readonly read: number }
    | { readonly kind: "apply"; readonly fn: ScalarFunction; readonly args: readonly NodeId[] }
    | { readonly kind: "select"; readonly condition: NodeId; readonly then: NodeId; readonly else: NodeId }
    | { readonly kind: "cast"; readonly of: NodeId }
    | { readonly kind: "bits"; readonly of: NodeId }
    /** seed, step, sample, element: u32 nodes (see `random` of the graph). */
    | {
        readonly kind: "random";
        readonly distribution: "uniform" | "normal";
        readonly stream: number;
        readonly seed: NodeId;
        readonly step: NodeId;
        readonly sample: NodeId;
        readonly element: NodeId;
      }
    /** Over all reduced axes; the operand is `inner`, the result `domain`. */
    | { readonly kind: "reduce"; readonly fn: ReduceFunction; readonly of: NodeId };
};

/** Topological, `body[i].id === i`. */
export type ScalarGraph = readonly ScalarNode[];

/** Scalar operations and bytes moved if every tensor is touched once. */
export type Cost = { readonly flops: number; readonly bytes: number };

export type Kernel = {
  readonly family: KernelFamily;
  readonly domain: readonly number[];
  readonly reduce: readonly number[];
  readonly body: ScalarGraph;
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  readonly cost: Cost;
  /** What was fused and why; printed by `llmc plan` and at the head of the emitted code. */
  readonly why: string;
};

/**
 * Kernels in topological order of their values, between the program's inputs and its outputs and updates.
 * `types` and `sources` describe every value that some kernel reads or writes.
 */
export type KernelGraph = {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly value: ValueId; readonly type: TensorType }[];
  readonly persistents: readonly {
    readonly id: PersistentId;
    readonly value: ValueId;
    readonly type: TensorType;
  }[];
  readonly kernels: readonly Kernel[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueId; readonly type: TensorType }[];
  /** `value` may be written straight into the tensor's storage where nothing reads the old content afterwards. */
  readonly updates: readonly {
    readonly target: PersistentId;
    readonly value: ValueId;
    readonly type: TensorType;
  }[];
};

/** Does an access move along a reduced axis, or to a place that is computed there? */
export function dependsOnReduced(kernel: Pick<Kernel, "domain" | "body">, map: IndexMap): boolean {
  const inner = (expr: IndexExpr): boolean => {
    switch (expr.kind) {
      case "constant":
        return false;
      case "axis":
        return expr.axis >= kernel.domain.length;
      case "node":
        return kernel.body[expr.node]?.scope === "inner";
      case "add":
        return inner(expr.left) || inner(expr.right);
      case "mul":
      case "div":
      case "mod":
        return inner(expr.of);
    }
  };
  return map.some(inner);
}
