/**
 * `microStep`: the loss of one micro-batch and its part of every gradient.
 *
 * loss = Σₖ coefficientₖ · numeratorₖ / Wₖ with Wₖ the weight of the *whole* batch, which `count` has left in
 * `metric/weight.k`. So d loss / d numeratorₖ = coefficientₖ / Wₖ, 0 where Wₖ is 0, and the sum of the micro-steps'
 * gradients is the batch's gradient however it was split.
 */
import { GraphBuilder } from "../ir/graph/builder.ts";
import { copyNeeded, rootsOf } from "../ir/graph/copy.ts";
import type { Bundle, Graph, Persistent, PersistentId, ValueId } from "../ir/graph/graph.ts";
import { full } from "../ir/graph/shorthand.ts";
import { accumulate } from "./accumulate.ts";
import { gradients, type Seed } from "./gradients.ts";
import { outputOf } from "./outputs.ts";
import { gradientOf, trainableOf, weightOf } from "./tensors.ts";

export function deriveMicroStep(bundle: Bundle, loss: Graph): Graph {
  const { tensors, microSteps } = bundle;
  const b = new GraphBuilder("microStep", tensors);
  const copies = copyNeeded(b, loss, rootsOf(loss));
  for (const { name, value } of loss.outputs) b.output(name, copies.get(value)!);
  for (const { target, value } of loss.updates) b.update(target, copies.get(value)!);

  const reads = readsOfParameters(b, [...copies.values()]);
  const seeds = bundle.terms.map(({ coefficient }, k): Seed => {
    const numerator = copies.get(outputOf(loss, `numerator.${k}`))!;
    const gradient = b.at(b.valueOf(numerator).origin, () => seedOf(b, weightOf(tensors, k), coefficient));
    return { value: numerator, gradient };
  });
  const found = gradients(b, seeds, new Set([...reads.values()].flat()));

  for (const parameter of trainableOf(tensors)) {
    b.at(parameter.origin, () => {
      const parts = (reads.get(parameter.id) ?? []).flatMap((read) => found.get(read) ?? []);
      const target = gradientOf(tensors, parameter);
      accumulate(b, target, sumOf(b, parts, parameter), microSteps);
    });
  }
  return b.finish();
}

/** The values that read each trainable parameter, through tied tensors too. */
function readsOfParameters(b: GraphBuilder, values: readonly ValueId[]): ReadonlyMap<PersistentId, readonly ValueId[]> {
  const trainable = new Set(trainableOf(b.tensors).map(({ id }) => id));
  const reads = new Map<PersistentId, ValueId[]>();
  for (const value of values) {
    const { op } = b.valueOf(value);
    if (op.kind !== "persistent") continue;
    const storage = b.tensors[op.id]!.tiedTo ?? op.id;
    if (trainable.has(storage)) reads.set(storage, [...(reads.get(storage) ?? []), value]);
  }
  return reads;
}

/** coefficient / weight, 0 where the weight is 0. */
function seedOf(b: GraphBuilder, weight: PersistentId, coefficient: number): ValueId {
  const total = b.persistent(weight);
  const zero = b.constant(0, "f32");
  const share = b.apply("div", b.constant(coefficient, "f32"), total);
  return b.select(b.apply("eq", total, zero), zero, share);
}

/** A parameter that the loss does not read has gradient 0. */
function sumOf(b: GraphBuilder, parts: readonly ValueId[], parameter: Persistent): ValueId {
  const [first, ...others] = parts;
  if (first === undefined) return full(b, 0, b.persistent(parameter.id));
  return others.reduce((sum, part) => b.apply("add", sum, part), first);
}
