/** Every VJP against central differences of the evaluator, in float64, on random shapes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../../../../src/4-derive/gradients.ts";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { OpKind, Persistent, PersistentId, ValueId } from "../../../../src/ir/graph/graph.ts";
import type { ScalarFunction } from "../../../../src/ir/graph/scalar-function.ts";
import { applyTo } from "../../../../src/ir/graph/shorthand.ts";
import { evaluateGraph } from "../../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../../src/ir/rules/tensor.ts";
import { elementCount, replicated, tensorType } from "../../../../src/ir/types.ts";

type Sizes = { readonly a: number; readonly b: number; readonly c: number };

type Case = {
  /** Shapes of the tensors that are differentiated. */
  readonly of: (sizes: Sizes) => readonly (readonly number[])[];
  readonly build: (b: GraphBuilder, xs: readonly ValueId[], sizes: Sizes) => ValueId;
  /** Where their elements lie. */
  readonly domain?: readonly [number, number];
};

const matrix = ({ a, b }: Sizes) => [[a, b]];
const cube = ({ a, b, c }: Sizes) => [[a, b, c]];
const pair = ({ a, b }: Sizes) => [
  [a, b],
  [a, b],
];

/** One argument, or two of the same shape. */
const scalarCases: { readonly [F in ScalarFunction]: "flat" | { readonly domain: readonly [number, number] } } = {
  neg: { domain: [-2, 2] },
  abs: { domain: [0.1, 2] },
  sign: "flat",
  floor: "flat",
  ceil: "flat",
  round: "flat",
  exp: { domain: [-2, 2] },
  log: { domain: [0.2, 3] },
  sqrt: { domain: [0.2, 3] },
  rsqrt: { domain: [0.2, 3] },
  tanh: { domain: [-2, 2] },
  erf: { domain: [-2, 2] },
  sin: { domain: [-3, 3] },
  cos: { domain: [-3, 3] },
  not: "flat",
  isFinite: "flat",
  add: { domain: [-2, 2] },
  sub: { domain: [-2, 2] },
  mul: { domain: [-2, 2] },
  div: { domain: [0.3, 2] },
  pow: { domain: [0.3, 2] },
  min: { domain: [-2, 2] },
  max: { domain: [-2, 2] },
  floorDiv: "flat",
  mod: "flat",
  eq: "flat",
  ne: "flat",
  lt: "flat",
  le: "flat",
  gt: "flat",
  ge: "flat",
  and: "flat",
  or: "flat",
};

const unaryFunctions = "neg abs exp log sqrt rsqrt tanh erf sin cos".split(" ");

const i32 = (b: GraphBuilder, value: number): ValueId => b.constant(value, "i32");

/** Indices i · 2 mod size: some rows more than once, some never. */
function someIndices(b: GraphBuilder, count: number, size: number): ValueId {
  const doubled = applyTo(b, "mul", b.iota([count], 0), 2);
  return b.apply("mod", doubled, b.broadcast(i32(b, size), [count], []));
}

/** By op; a string says why there is nothing to differentiate. */
const cases: { readonly [K in OpKind]: string | readonly Case[] } = {
  constant: "a source",
  input: "a source",
  persistent: "a source",
  iota: "a source",
  random: "a source",
  apply: [],
  select: [
    {
      of: pair,
      build: (b, [x, y]) => b.select(applyTo(b, "lt", b.iota(b.typeOf(x!).shape, 0), 1), x!, y!),
    },
  ],
  cast: [{ of: matrix, build: (b, [x]) => b.cast(b.cast(x!, "f16"), "f32") }],
  bits: "no numbers",
  reshape: [{ of: cube, build: (b, [x], { a, b: n, c }) => b.reshape(x!, [a * n, c]) }],
  transpose: [{ of: cube, build: (b, [x]) => b.transpose(x!, [2, 0, 1]) }],
  broadcast: [
    { of: matrix, build: (b, [x], { a, b: n }) => b.broadcast(x!, [2, a, 3, n], [1, 3]) },
    { of: ({ b }) => [[1, b]], build: (b, [x], { b: n }) => b.broadcast(x!, [4, n], [0, 1]) },
  ],
  slice: [
    { of: () => [[7, 5]], build: (b, [x]) => b.slice(x!, [1, 2], [2, 3], [3, 1]) },
    { of: () => [[9]], build: (b, [x], { a }) => b.slice(x!, [1], [a], [2]) },
  ],
  dynamicSlice: [{ of: () => [[4, 5]], build: (b, [x], { a }) => b.dynamicSlice(x!, [i32(b, a), i32(b, 1)], [2, 3]) }],
  dynamicUpdate: [
    {
      of: () => [
        [4, 5],
        [2, 3],
      ],
      build: (b, [x, y], { a }) => b.dynamicUpdate(x!, y!, [i32(b, a), i32(b, -1)]),
    },
  ],
  pad: [{ of: matrix, build: (b, [x]) => b.pad(x!, [1, 0], [2, 3], 0.5) }],
  concat: [
    {
      of: ({ a, b, c }) => [
        [a, b],
        [a, c],
      ],
      build: (b, [x, y]) => b.concat([x!, y!, x!], 1),
    },
  ],
  reduce: [
    { of: cube, build: (b, [x]) => b.reduce("sum", x!, [0, 2]) },
    { of: cube, build: (b, [x]) => b.reduce("max", x!, [1]) },
    { of: cube, build: (b, [x]) => b.reduce("min", x!, [0, 1, 2]) },
  ],
  argReduce: "positions",
  topK: [{ of: ({ a }) => [[a, 5]], build: (b, [x], { b: k }) => b.topK(x!, k, "values") }],
  cumulative: [
    { of: cube, build: (b, [x]) => b.cumulative("sum", x!, 1) },
    { of: matrix, build: (b, [x]) => b.cumulative("max", x!, 1) },
    { of: matrix, build: (b, [x]) => b.cumulative("min", x!, 0) },
  ],
  contract: [
    // [batch, i, k] · [batch, k, j] → [j, batch, i]
    {
      of: ({ a, b, c }) => [
        [a, b, c],
        [a, c, 3],
      ],
      build: (b, [x, y]) => b.contract(x!, y!, [0, 1, 2], [0, 2, 3], [3, 0, 1]),
    },
    { of: pair, build: (b, [x, y]) => b.contract(x!, y!, [0, 1], [0, 1], []) },
    { of: ({ a, b }) => [[a], [b]], build: (b, [x, y]) => b.contract(x!, y!, [0], [1], [1, 0]) },
    { of: ({ a }) => [[a, a]], build: (b, [x]) => b.contract(x!, x!, [0, 1], [1, 2], [0, 2]) },
  ],
  gather: [
    { of: cube, build: (b, [x], { b: n }) => b.gather(x!, someIndices(b, 4, n), 1) },
    { of: matrix, build: (b, [x], { a }) => b.gather(x!, b.reshape(someIndices(b, 6, a), [2, 3]), 0) },
  ],
  scatter: [
    {
      of: ({ a, b }) => [
        [a, b],
        [a, 4],
      ],
      build: (b, [x, y], { b: n }) => b.scatter("add", x!, someIndices(b, 4, n), y!, 1),
    },
    {
      of: ({ b }) => [
        [4, b],
        [2, b],
      ],
      build: (b, [x, y]) => b.scatter("set", x!, applyTo(b, "mul", b.iota([2], 0), 3), y!, 0),
    },
  ],
  stopGradient: "nothing passes",
  encode: "rounding: see the straight-through test",
  decode: "rounding: see the straight-through test",
  allReduce: "comes after differentiation",
  allGather: "comes after differentiation",
  reduceScatter: "comes after differentiation",
  send: "comes after differentiation",
  receive: "comes after differentiation",
};

const sizes = fc.record({
  a: fc.integer({ min: 1, max: 4 }),
  b: fc.integer({ min: 1, max: 4 }),
  c: fc.integer({ min: 1, max: 3 }),
});
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("against finite differences", () => {
  const ops = Object.entries(cases).flatMap(([kind, list]) =>
    typeof list === "string" ? [] : list.map((example, i) => [`${kind} ${i}`, example] as const),
  );
  test.each(ops)("%s", (_, example) => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => checkGradient(example, size, seed)),
      { numRuns: 25 },
    );
  });

  const functions = Object.entries(scalarCases).flatMap(([fn, given]) =>
    given === "flat" ? [] : [[fn as ScalarFunction, given.domain] as const],
  );
  test.each(functions)("%s", (fn, domain) => {
    const unary = unaryFunctions.includes(fn);
    const example: Case = { of: unary ? matrix : pair, build: (b, xs) => b.apply(fn, ...xs), domain };
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => checkGradient(example, size, seed)),
      { numRuns: 25 },
    );
  });
});

describe("where a derivative does not exist", () => {
  test("a maximum shares its gradient evenly among equals", () => {
    expect(gradientAt([4], [1, 3, 3, 2], (b, x) => b.reduce("max", x, [0]))).toEqual([0, 0.5, 0.5, 0]);
  });

  test("elementwise min and max give half to each of two equals", () => {
    const build = (b: GraphBuilder, x: ValueId) => b.apply("max", x, applyTo(b, "mul", x, 0));
    expect(gradientAt([3], [-1, 0, 1], build)).toEqual([0, 0.5, 1]);
  });

  test("|x| has gradient 0 at 0", () => {
    expect(gradientAt([1], [0], (b, x) => b.apply("abs", x))).toEqual([0]);
  });

  test("x^y has no gradient for y at x = 0", () => {
    const build = (b: GraphBuilder, y: ValueId) => b.apply("pow", applyTo(b, "mul", b.stopGradient(y), 0), y);
    expect(gradientAt([1], [2], build)).toEqual([0]);
  });
});

describe("the side not taken gets gradient zero, not 0 · ∞", () => {
  const positive = (b: GraphBuilder, x: ValueId, value: ValueId) =>
    b.select(b.apply("gt", x, applyTo(b, "mul", x, 0)), value, applyTo(b, "mul", x, 0));
  const notPositive = (b: GraphBuilder, x: ValueId, value: ValueId) =>
    b.select(applyTo(b, "le", x, 0), applyTo(b, "mul", x, 0), value);
  const builds: readonly (readonly [string, (b: GraphBuilder, x: ValueId) => ValueId])[] = [
    ["log x", (b, x) => b.apply("log", x)],
    ["√x", (b, x) => b.apply("sqrt", x)],
    ["x log x", (b, x) => b.apply("mul", x, b.apply("log", x))],
    [
      "1/x, summed and repeated",
      (b, x) => {
        const inverse = b.apply("div", applyTo(b, "add", applyTo(b, "mul", x, 0), 1), x);
        return b.reshape(b.reduce("sum", b.reshape(inverse, [3, 1]), [1]), [3]);
      },
    ],
    [
      "log(1 + eˣ) of a large number",
      (b, x) => {
        const large = b.apply("exp", applyTo(b, "mul", applyTo(b, "add", x, -3), -500));
        return b.apply("log", applyTo(b, "add", large, 1));
      },
    ],
  ];
  test.each(builds)("%s", (_, build) => {
    for (const choose of [positive, notPositive]) {
      const gradient = gradientAt([3], [0, -1, 3], (b, x) => choose(b, x, build(b, x)));
      expect(gradient.slice(0, 2)).toEqual([0, 0]);
      expect(Number.isFinite(gradient[2])).toBe(true);
      expect(gradient[2]).not.toBe(0);
    }
  });
});

describe("what passes nothing, and what passes everything", () => {
  test("stopGradient, casts to integers and positions", () => {
    expect(gradientAt([2], [1, 2], (b, x) => b.apply("mul", x, b.stopGradient(x)))).toEqual([1, 2]);
    expect(gradientAt([2], [1, 2], (b, x) => b.apply("mul", x, b.cast(b.cast(x, "i32"), "f32")))).toEqual([1, 2]);
  });

  test("encoding is straight-through", () => {
    const encoding = { kind: "blocks", bits: 4, block: 2, code: "linear", scale: "f32" } as const;
    expect(gradientAt([3], [1, 0.3, 2], (b, x) => b.decode(b.encode(x, encoding)))).toEqual([1, 1, 1]);
  });
});

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
function gradientAt(
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
function checkGradient(example: Case, size: Sizes, seed: number): void {
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
