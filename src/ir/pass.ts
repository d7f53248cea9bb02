/** A pass over graphs: a named pure value. What it needs and what it gives stands in its doc comment. */
import type { Graph, Persistent } from "./graph/graph.ts";

export type GraphPass = {
  /** As `--after` and the verifier name it. */
  readonly name: string;
  readonly run: (graph: Graph, tensors: readonly Persistent[]) => Graph;
};
