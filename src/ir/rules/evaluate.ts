/**
 * What a graph means: float64, slow and obvious. Every pass and every kernel answers to this.
 *
 * Floats are never rounded on the way (a cast to f16 keeps the number), integers wrap at 32 bits, constants are the
 * numbers their dtype holds. One device: collectives over a mesh axis of size 1 are the identity.
 */
import { invariant } from "../../support/invariant.ts";
import type { Graph, PersistentId } from "../graph/graph.ts";
import { type Dtype, tensorType } from "../types.ts";
import { evaluateOp, type Given } from "./evaluate-op.ts";
import { fill, type Tensor } from "./tensor.ts";

export type { Given };
export type Evaluated = {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly updates: ReadonlyMap<PersistentId, Tensor>;
};

export function evaluateGraph(graph: Graph, given: Given): Evaluated {
  const values = evaluateValues(graph, given);
  return {
    outputs: Object.fromEntries(graph.outputs.map(({ name, value }) => [name, values[value]!])),
    updates: new Map(graph.updates.map(({ target, value }) => [target, values[value]!])),
  };
}

/** Every value, by its id. */
export function evaluateValues(graph: Graph, given: Given): readonly Tensor[] {
  const values: Tensor[] = [];
  for (const { op, type } of graph.values) {
    const result = evaluateOp(op, type, (id) => values[id]!, given);
    invariant(String(result.shape) === String(type.shape), `${op.kind} gave [${result.shape}] for [${type.shape}]`);
    values.push(result);
  }
  return values;
}

/** A scalar for tests and hosts. */
export function scalarTensor(dtype: Dtype, value: number): Tensor {
  return fill(tensorType(dtype, []), () => value);
}
