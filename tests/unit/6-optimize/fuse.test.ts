/** What fusion makes of the shapes that matter: how many kernels, and that each is right. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../../src/4-derive/gradients.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId, ValueId } from "../../../src/ir/graph/graph.ts";
import { full, repeat } from "../../../src/ir/graph/shorthand.ts";
import type { KernelGraph } from "../../../src/ir/kernel/kernel.ts";
import { printKernelGraph } from "../../../src/ir/kernel/print-kernel.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { tensor } from "../../../src/ir/rules/tensor.ts";
import { elementCount, replicated, type TensorType, tensorType } from "../../../src/ir/types.ts";
import { compileGraph, runCompiled } from "../../laws/on-reference.ts";

const f32 = (...shape: number[]): TensorType => tensorType("f32", shape);

describe("fusion", () => {
  it("makes softmax one row kernel", async () => {
    const g = graph();
    const x = g.b.input("x", f32(8, 12, 16));
    g.b.output("y", softmax(g.b, x));
    expect(families(await g.check())).toEqual(["row"]);
  });

  it("makes softmax's gradient one row kernel beside it", async () => {
    const g = graph();
    const x = g.b.input("x", f32(8, 12, 16));
    const y = softmax(g.b, x);
    g.b.output("y", y);
    g.b.output("dx", gradientOf(g.b, y, x));
    // Nothing separates them here: both walk the same rows.
    expect(families(await g.check())).toEqual(["row"]);
  });

  it("makes layer norm one row kernel", async () => {
    const g = graph();
    g.b.output("y", layerNorm(g, g.b.input("x", f32(96, 64)), 64));
    const kernels = await g.check();
    expect(families(kernels)).toEqual(["row"]);
    expect(kernels.kernels[0]!.body.filter(({ op }) => op.kind === "reduce")).toHaveLength(2);
  });

  it("makes layer norm's gradients one row kernel and one for columns", async () => {
    const g = graph();
    const x = g.b.input("x", f32(96, 64));
    const y = layerNorm(g, x, 64);
    const dy = g.b.input("dy", f32(96, 64));
    const wanted = [x, g.parameter(0), g.parameter(1)];
    const found = gradients(g.b, [{ value: y, gradient: dy }], new Set(wanted));
    wanted.forEach((value, i) => {
      g.b.output(`d${i}`, found.get(value)!);
    });
    const kernels = await g.check();
    expect(kernels.kernels.map(({ family, domain }) => [family, domain])).toEqual([
      ["row", [96]],
      ["row", [64]],
    ]);
  });

  it("keeps bias, activation and residual in the product", async () => {
    const g = graph();
    const x = g.b.input("x", f32(12, 8, 16));
    const w = g.tensor(f32(16, 16));
    const bias = g.tensor(f32(16));
    const product = g.b.contract(x, w, [0, 1, 2], [3, 2], [0, 1, 3]);
    const sum = g.b.apply("add", product, repeat(g.b, bias, [12, 8, 16], [0, 1]));
    g.b.output("y", g.b.apply("add", x, g.b.apply("tanh", sum)));
    const kernels = await g.check();
    expect(families(kernels)).toEqual(["contract"]);
    expect(kernels.kernels[0]).toMatchObject({ domain: [96, 16], reduce: [16] });
  });

  it("adds a gradient to its tensor in the product that makes it", async () => {
    const g = graph();
    const x = g.b.input("x", f32(12, 16));
    const dy = g.b.input("dy", f32(12, 8));
    const micro = g.b.input("micro", tensorType("i32", []));
    const old = g.tensor(f32(8, 16), "gradient");
    const fresh = g.b.contract(dy, x, [0, 1], [0, 2], [1, 2]);
    const first = g.b.broadcast(g.b.apply("eq", micro, g.b.constant(0, "i32")), [8, 16], []);
    g.b.update(0 as PersistentId, g.b.select(first, fresh, g.b.apply("add", old, fresh)));
    const kernels = await g.check();
    expect(families(kernels)).toEqual(["contract"]);
  });

  it("reads q, k and v where the projection left them, all maps affine", async () => {
    const g = graph();
    const [B, T, H, K] = [2, 6, 4, 8];
    const qkv = g.b.contract(g.b.input("x", f32(B, T, 10)), g.tensor(f32(3 * H * K, 10)), [0, 1, 2], [3, 2], [0, 1, 3]);
    const heads = g.b.transpose(g.b.reshape(qkv, [B, T, 3, H, K]), [2, 0, 3, 1, 4]);
    const part = (i: number) => g.b.reshape(g.b.slice(heads, [i, 0, 0, 0, 0], [1, B, H, T, K]), [B, H, T, K]);
    const scores = g.b.contract(part(0), part(1), [0, 1, 2, 3], [0, 1, 4, 3], [0, 1, 2, 4]);
    const mixed = g.b.contract(softmax(g.b, scores), part(2), [0, 1, 2, 3], [0, 1, 3, 4], [0, 1, 2, 4]);
    g.b.output("y", g.b.reshape(g.b.transpose(mixed, [0, 2, 1, 3]), [B, T, H * K]));
    const kernels = await g.check();
    expect(families(kernels)).toEqual(["contract", "contract", "row", "contract"]);
    expect(printKernelGraph(kernels)).not.toMatch(/[/%] /);
  });

  it("computes a chain of scalars once, not for every element", async () => {
    const g = graph();
    const t = g.b.input("t", f32());
    const rate = g.b.apply("mul", g.b.apply("cos", t), g.b.apply("pow", t, g.b.constant(0.5, "f32")));
    const p = g.tensor(f32(64, 4));
    g.b.update(0 as PersistentId, g.b.apply("sub", p, g.b.broadcast(rate, [64, 4], [])));
    const kernels = await g.check();
    expect(kernels.kernels.map(({ domain }) => domain)).toEqual([[], [256]]);
  });

  it("never materialises a mask or a broadcast", async () => {
    const g = graph();
    const x = g.b.input("x", f32(8, 16, 16));
    const sees = g.b.apply("ge", g.b.iota([16, 16], 0), g.b.iota([16, 16], 1));
    const mask = g.b.select(sees, full(g.b, 0, x, [16, 16]), full(g.b, -1e9, x, [16, 16]));
    g.b.output("y", softmax(g.b, g.b.apply("add", x, repeat(g.b, mask, [8, 16, 16], [0]))));
    expect(families(await g.check())).toEqual(["row"]);
  });

  it("keeps within the adapter's bindings", async () => {
    const g = graph();
    let sum = g.b.input("x", f32(32));
    for (let i = 0; i < 20; i++) sum = g.b.apply("add", sum, g.tensor(f32(32)));
    g.b.output("y", sum);
    const kernels = await g.check();
    for (const { reads, writes } of kernels.kernels) {
      expect(new Set([...reads, ...writes].map(({ value }) => value)).size).toBeLessThanOrEqual(8);
    }
    expect(kernels.kernels.length).toBeLessThanOrEqual(4);
  });

  it("says where a kernel comes from and what it holds", async () => {
    const g = graph();
    const x = g.b.input("x", f32(8, 12, 16));
    const origin = { path: "blocks.0.attn", span: { file: "a.llm", start: 0, end: 1 } };
    g.b.output(
      "y",
      g.b.at(origin, () => softmax(g.b, x)),
    );
    expect((await g.check()).kernels[0]!.why).toBe("blocks.0.attn: 2 reductions, 3 elementwise");
  });
});

function families({ kernels }: KernelGraph): readonly string[] {
  return kernels.map(({ family }) => family);
}

/** A builder with tensors on the side, and a check of the compiled graph against the evaluator on random numbers. */
function graph() {
  const tensors: Persistent[] = [];
  const b = new GraphBuilder("test", tensors);
  const parameters: ValueId[] = [];
  const addTensor = (type: TensorType, role: Persistent["role"] = "parameter"): ValueId => {
    const id = tensors.length as PersistentId;
    const origin = { path: `t${id}`, span: { file: "", start: 0, end: 0 } };
    tensors.push({ id, path: `t${id}`, role, type, trainable: true, sharding: replicated(type.shape.length), origin });
    parameters.push(b.persistent(id));
    return parameters[id]!;
  };
  const check = async (): Promise<KernelGraph> => {
    const g = b.finish();
    const seed = Math.floor(Math.random() * 2 ** 32);
    const numbers = fc.sample(fc.float({ min: Math.fround(-0.75), max: Math.fround(1.25), noNaN: true }), {
      seed,
      numRuns: 997,
    });
    let next = 0;
    const random = (type: TensorType) => {
      const element = () => (type.dtype === "f32" ? numbers[next++ % numbers.length]! : 1);
      return tensor(type.dtype, type.shape, Array.from({ length: elementCount(type.shape) }, element));
    };
    const inputs = Object.fromEntries(g.inputs.map(({ name, type }) => [name, random(type)]));
    const persistents = new Map(tensors.map(({ id, type }) => [id, random(type)]));
    const expected = evaluateGraph(g, { inputs, persistents });
    const { kernels, program } = compileGraph(g, tensors);
    const actual = await runCompiled(program, tensors, { inputs, persistents });
    for (const [name, { data }] of Object.entries(expected.outputs)) close(actual.outputs[name]!, data, `seed ${seed}`);
    for (const [id, { data }] of expected.updates) close(actual.tensors.get(id)!, data, `seed ${seed}`);
    return kernels;
  };
  return { b, tensor: addTensor, parameter: (i: number) => parameters[i]!, check };
}

function close(actual: readonly number[], expected: ArrayLike<number>, what: string): void {
  const scale = Math.max(1, ...Array.from(expected, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
  for (const [i, x] of actual.entries()) {
    if (Number.isNaN(expected[i]) && Number.isNaN(x)) continue;
    expect(Math.abs(x - expected[i]!), `element ${i}, ${what}`).toBeLessThanOrEqual(1e-5 * scale);
  }
}

function softmax(b: GraphBuilder, x: ValueId): ValueId {
  const { shape } = b.typeOf(x);
  const last = shape.length - 1;
  const spread = (v: ValueId) => repeat(b, v, shape, [last]);
  const e = b.apply("exp", b.apply("sub", x, spread(b.stopGradient(b.reduce("max", x, [last])))));
  return b.apply("div", e, spread(b.reduce("sum", e, [last])));
}

function layerNorm(g: ReturnType<typeof graph>, x: ValueId, size: number): ValueId {
  const { b } = g;
  const { shape } = b.typeOf(x);
  const last = shape.length - 1;
  const mean = (v: ValueId) => {
    const sum = b.reduce("sum", v, [last]);
    return b.apply("div", sum, full(b, size, sum));
  };
  const spread = (v: ValueId) => repeat(b, v, shape, [last]);
  const centred = b.apply("sub", x, spread(mean(x)));
  const variance = mean(b.apply("mul", centred, centred));
  const scale = b.apply("rsqrt", b.apply("add", variance, full(b, 1e-5, variance)));
  const rows = shape.slice(0, last).map((_, i) => i);
  const weight = repeat(b, g.tensor(f32(size)), shape, rows);
  const bias = repeat(b, g.tensor(f32(size)), shape, rows);
  return b.apply("add", b.apply("mul", b.apply("mul", centred, spread(scale)), weight), bias);
}

/** The gradient of Σ y ⊙ dy for an input dy. */
function gradientOf(b: GraphBuilder, y: ValueId, x: ValueId): ValueId {
  const gradient = b.input("dy", b.typeOf(y));
  return gradients(b, [{ value: y, gradient }], new Set([x])).get(x)!;
}
