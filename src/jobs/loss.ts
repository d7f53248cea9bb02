/** The loss of a batch from what its micro-batches yield: Σ coefficient · Σ numerator / Σ weight, in float64. */
import type { Outputs } from "../devices/device.ts";
import type { LossTerm } from "../ir/graph/graph.ts";
import { invariant } from "../support/invariant.ts";

/** `parts`: outputs with `numerator.k` and `weight.k` for every term k. A term of weight 0 counts 0. */
export function combinedLoss(terms: readonly LossTerm[], parts: readonly Outputs[]): number {
  return terms.reduce((loss, { coefficient }, k) => {
    const weight = sum(parts, `weight.${k}`);
    return weight === 0 ? loss : loss + (coefficient * sum(parts, `numerator.${k}`)) / weight;
  }, 0);
}

/** A scalar f32 output. */
export function scalarOutput(outputs: Outputs, name: string): number {
  const bytes = outputs[name];
  invariant(bytes !== undefined && bytes.byteLength >= 4, `there is no output "${name}"`);
  return new Float32Array(bytes, 0, 1)[0]!;
}

function sum(parts: readonly Outputs[], name: string): number {
  return parts.reduce((total, outputs) => total + scalarOutput(outputs, name), 0);
}
