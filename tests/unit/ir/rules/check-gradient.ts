import { expect } from "vitest";
import { gradients } from "../../../../src/4-derive/gradients.ts";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId, ValueId } from "../../../../src/ir/graph/graph.ts";
import { evaluateGraph } from "../../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../../src/ir/rules/tensor.ts";
import { elementCount, replicated, tensorType } from "../../../../src/ir/types.ts";

import type { Case, Sizes } from "./vjp-cases.ts";

function parameter(id: number, shape: readonly number[]): Persistent {
  const path = `p${id}`;
  const origin = { path, span: { file: "", start: 0, end: 0 } };
  const type = tensorType("f32", shape);
  return {
    id: id as PersistentId,
    path,
    role: "parameter",
    type,
    trainable: true,
    sharding: replicated(shape.length),
    origin,
  };
}

/** d Σ f(x) / dx. */
export function gradientAt(
  shape: readonly number[],
  data: readonly number[],
  build: (b: GraphBuilder, x: ValueId) => ValueId,
): readonly number[] {
  const b = new GraphBuilder("test", [parameter(0, shape)]);
  const x = b.persistent(0 as PersistentId);
  const result = build(b, x);
  const loss = b.reduce(
    "sum",
    result,
    b.typeOf(result).shape.map((_, axis) => axis),
  );
  const found = gradients(b, [{ value: loss, gradient: b.constant(1, "f32") }], new Set([x]));
  b.output("gradient", found.get(x)!);
  const given = { inputs: {}, persistents: new Map([[0 as PersistentId, tensor("f32", shape, data)]]) };
  return [...evaluateGraph(b.finish(), given).outputs.gradient!.data];
}

/** Gradients of Σ w · f(xs) for random w and xs; each may be off by 1e-6 of the norm of all of them. */
export function checkGradient(example: Case, size: Sizes, seed: number): void {
  const next = numbers(seed);
  const shapes = example.of(size);
  const tensors = shapes.map((shape, id) => parameter(id, shape));
  const b = new GraphBuilder("test", tensors);
  const xs = tensors.map(({ id }) => b.persistent(id));
  const result = example.build(b, xs, size);
  const { shape } = b.typeOf(result);
  const weights = b.input("weights", tensorType("f32", shape));
  const axes = shape.map((_, axis) => axis);
  const loss = b.reduce("sum", b.apply("mul", result, weights), axes);
  b.output("loss", loss);
  const found = gradients(b, [{ value: loss, gradient: b.constant(1, "f32") }], new Set(xs));
  for (const [i, x] of xs.entries()) b.output(`gradient.${i}`, found.get(x)!);
  const graph = b.finish();

  const [low, high] = example.domain ?? [-2, 2];
  // Far enough apart that no step crosses a place where two of them are equal.
  const count = shapes.reduce((sum, each) => sum + elementCount(each), 0);
  const ranks = Array.from({ length: count }, (_, i) => [next(), i] as const).sort(([x], [y]) => x - y);
  const draw = (of: readonly number[], element: () => number): Tensor =>
    tensor("f32", of, Array.from({ length: elementCount(of) }, element));
  const inputs = { weights: draw(shape, () => 2 * next() - 1) };
  const apart = () => low + ((high - low) * (ranks.pop()![1] + 0.5 * next())) / count;
  const persistents = new Map(tensors.map(({ id, type }) => [id, draw(type.shape, apart)]));
  const { outputs } = evaluateGraph(graph, { inputs, persistents });

  const difference: number[] = [];
  const gradient: number[] = [];
  for (const [i, { id }] of tensors.entries()) {
    const at = persistents.get(id)!;
    for (const [k, x] of at.data.entries()) {
      const step = 1e-5;
      const lossAt = (moved: number): number => {
        const data = [...at.data].with(k, moved);
        const others = new Map(persistents).set(id, tensor("f32", at.shape, data));
        return evaluateGraph(graph, { inputs, persistents: others }).outputs.loss!.data[0]!;
      };
      difference.push((lossAt(x + step) - lossAt(x - step)) / (2 * step));
      gradient.push(outputs[`gradient.${i}`]!.data[k]!);
    }
  }
  const norm = Math.hypot(...difference);
  for (const [k, expected] of difference.entries()) {
    expect(Math.abs(gradient[k]! - expected)).toBeLessThanOrEqual(1e-6 * norm + 1e-8);
  }
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
