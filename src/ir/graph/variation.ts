/** How often a value changes: the widest of its operands', from how often inputs and tensors do. */
import type { Persistent, Variation } from "./graph.ts";

const order: readonly Variation[] = ["never", "step", "microStep", "sample"];

export function widest(variations: readonly Variation[]): Variation {
  return order[Math.max(0, ...variations.map((variation) => order.indexOf(variation)))]!;
}

/** Scalars of the host by name; anything else is a data field. */
export function variationOfInput(name: string): Variation {
  return Object.hasOwn(scalarInputs, name) ? scalarInputs[name as keyof typeof scalarInputs] : "sample";
}

const scalarInputs = {
  seed: "never",
  total: "never",
  step: "step",
  micro: "microStep",
  sample: "microStep",
} as const;

export const variationOfRole: Readonly<Record<Persistent["role"], Variation>> = {
  parameter: "step",
  state: "step",
  average: "step",
  mask: "step",
  gradient: "microStep",
  metric: "microStep",
  cache: "sample",
};
