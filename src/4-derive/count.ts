/** `count`: each term's weight, summed over the step's micro-batches before any gradient is computed. */
import { GraphBuilder } from "../ir/graph/builder.ts";
import { copyNeeded } from "../ir/graph/copy.ts";
import type { Bundle, Graph } from "../ir/graph/graph.ts";
import { invariant } from "../support/invariant.ts";
import { accumulate } from "./accumulate.ts";
import { outputOf } from "./outputs.ts";
import { weightOf } from "./tensors.ts";

/** The part of `loss` that computes weights; a weight depends on data only. */
export function deriveCount(bundle: Bundle, loss: Graph): Graph {
  const b = new GraphBuilder("count", bundle.tensors);
  const weights = bundle.terms.map((_, k) => outputOf(loss, `weight.${k}`));
  const copies = copyNeeded(b, loss, weights);
  for (const id of copies.values()) {
    const { kind } = b.valueOf(id).op;
    invariant(kind !== "persistent" && kind !== "random", `a loss weight depends on a ${kind}`);
  }
  for (const [k, weight] of weights.entries()) {
    accumulate(b, weightOf(bundle.tensors, k), copies.get(weight)!, bundle.microSteps);
  }
  return b.finish();
}
