/**
 * Phase 5: from one graph a program to one a device. On a mesh of one device everything stays where it is; what is
 * checked is that nobody has split anything yet.
 */
import type { Bundle, Graph } from "../ir/graph/graph.ts";
import type { Mesh, Sharding } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";

export function partition(bundle: Bundle, mesh: Mesh): Bundle {
  invariant(mesh.dp === 1 && mesh.tp === 1 && mesh.pp === 1, "this version partitions for one device only");
  for (const tensor of bundle.tensors) invariant(isReplicated(tensor.sharding), `${tensor.path} is sharded`);
  for (const graph of Object.values(bundle.programs)) verifyReplicated(graph);
  return { ...bundle, mesh };
}

function verifyReplicated(graph: Graph): void {
  for (const value of graph.values) {
    invariant(isReplicated(value.sharding), `%${value.id} of ${graph.name} is sharded`);
  }
}

function isReplicated(sharding: Sharding): boolean {
  return sharding.partial === undefined && sharding.axes.every((axis) => axis === null);
}
