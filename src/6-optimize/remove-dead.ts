/** Removes every value that no output and no update needs, inputs included. Graph → Graph. */
import { GraphBuilder } from "../ir/graph/builder.ts";
import { copyNeeded, rootsOf } from "../ir/graph/copy.ts";
import type { GraphPass } from "../ir/pass.ts";

export const removeDead: GraphPass = {
  name: "remove-dead",
  run: (graph, tensors) => {
    const b = new GraphBuilder(graph.name, tensors);
    const copies = copyNeeded(b, graph, rootsOf(graph));
    for (const { name, value } of graph.outputs) b.output(name, copies.get(value)!);
    for (const { target, value } of graph.updates) b.update(target, copies.get(value)!);
    return b.finish();
  },
};
