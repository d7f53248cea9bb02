/** Outputs of a program by name. */
import type { Graph, ValueId } from "../ir/graph/graph.ts";
import { invariant } from "../support/invariant.ts";

export function outputOf(graph: Graph, name: string): ValueId {
  const found = graph.outputs.find((output) => output.name === name);
  invariant(found !== undefined, `${graph.name} has no output ${name}`);
  return found.value;
}
