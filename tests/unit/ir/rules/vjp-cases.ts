import type { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { OpKind, ValueId } from "../../../../src/ir/graph/graph.ts";
import type { ScalarFunction } from "../../../../src/ir/graph/scalar-function.ts";
import { applyTo } from "../../../../src/ir/graph/shorthand.ts";

export type Sizes = { readonly a: number; readonly b: number; readonly c: number };

export type Case = {
  /** Shapes of the tensors that are differentiated. */
  readonly of: (sizes: Sizes) => readonly (readonly number[])[];
  readonly build: (b: GraphBuilder, xs: readonly ValueId[], sizes: Sizes) => ValueId;
  /** Where their elements lie. */
  readonly domain?: readonly [number, number];
};

export const matrix = ({ a, b }: Sizes) => [[a, b]];
const cube = ({ a, b, c }: Sizes) => [[a, b, c]];
export const pair = ({ a, b }: Sizes) => [
  [a, b],
  [a, b],
];

/** One argument, or two of the same shape. */
export const scalarCases: { readonly [F in ScalarFunction]: "flat" | { readonly domain: readonly [number, number] } } =
  {
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

export const unaryFunctions = "neg abs exp log sqrt rsqrt tanh erf sin cos".split(" ");

const i32 = (b: GraphBuilder, value: number): ValueId => b.constant(value, "i32");

/** Indices i · 2 mod size: some rows more than once, some never. */
function someIndices(b: GraphBuilder, count: number, size: number): ValueId {
  const doubled = applyTo(b, "mul", b.iota([count], 0), 2);
  return b.apply("mod", doubled, b.broadcast(i32(b, size), [count], []));
}

/** By op; a string says why there is nothing to differentiate. */
export const cases: { readonly [K in OpKind]: string | readonly Case[] } = {
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
