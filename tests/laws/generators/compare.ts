/** Two results of one random graph: equal within its tolerance? */
import type { Evaluated } from "../../../src/ir/rules/evaluate.ts";
import type { Tensor } from "../../../src/ir/rules/tensor.ts";
import type { RandomGraph } from "./graphs.ts";

/** The first difference in words, or null. */
export function difference(of: RandomGraph, expected: Evaluated, got: Evaluated): string | null {
  for (const [name, tensor] of Object.entries(expected.outputs)) {
    const found = tensorDifference(name, tensor, got.outputs[name], of.tolerance[name]!);
    if (found !== null) return found;
  }
  for (const [id, tensor] of expected.updates) {
    const name = `update.${id}`;
    const found = tensorDifference(name, tensor, got.updates.get(id), of.tolerance[name]!);
    if (found !== null) return found;
  }
  return null;
}

function tensorDifference(name: string, expected: Tensor, got: Tensor | undefined, tolerance: number): string | null {
  if (got === undefined) return `${name} is missing`;
  if (got.dtype !== expected.dtype || String(got.shape) !== String(expected.shape)) {
    return `${name} is ${got.dtype}[${got.shape}], not ${expected.dtype}[${expected.shape}]`;
  }
  for (const [i, want] of expected.data.entries()) {
    const have = got.data[i]!;
    // Not `>`: a NaN where a number belongs is a difference.
    if (have !== want && !(Math.abs(have - want) <= tolerance)) {
      return `${name}[${i}] is ${have}, not ${want} (tolerance ${tolerance})`;
    }
  }
  return null;
}
