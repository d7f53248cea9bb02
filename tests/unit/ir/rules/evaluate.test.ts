/** The evaluator against NumPy and PyTorch (reference/make.py), and on cases small enough to see. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId, ValueId } from "../../../../src/ir/graph/graph.ts";
import type { ScalarFunction } from "../../../../src/ir/graph/scalar-function.ts";
import { normalOf, randomBits, randomKey, uniformOf } from "../../../../src/ir/random.ts";
import { convert, identityOf } from "../../../../src/ir/rules/convert.ts";
import { roundTo } from "../../../../src/ir/rules/dtypes.ts";
import { evaluateGraph, scalarTensor } from "../../../../src/ir/rules/evaluate.ts";
import { evaluateScalar } from "../../../../src/ir/rules/scalar-functions.ts";
import { type Tensor, tensor } from "../../../../src/ir/rules/tensor.ts";
import { type Dtype, replicated, tensorType } from "../../../../src/ir/types.ts";

type Listed = { readonly shape: readonly number[]; readonly data: readonly number[] };
type Reference = {
  readonly ops: Readonly<Record<string, Readonly<Record<string, Listed>>>>;
  readonly scalars: Readonly<Record<string, { readonly x: readonly number[]; readonly expected: readonly number[] }>>;
  readonly integers: Readonly<
    Record<string, { readonly x: readonly number[]; readonly y: number; readonly expected: readonly number[] }>
  >;
  readonly rounding: { readonly x: readonly number[]; readonly f16: readonly string[] };
};

const reference: Reference = JSON.parse(readFileSync(new URL("reference/expected.json", import.meta.url), "utf8"));

/** The result of one program over inputs by name. */
function run(
  inputs: Readonly<Record<string, Tensor>>,
  build: (b: GraphBuilder, at: (name: string) => ValueId) => ValueId,
) {
  const b = new GraphBuilder("test", []);
  const at = (name: string): ValueId => {
    const { dtype, shape } = inputs[name]!;
    return b.input(name, tensorType(dtype, shape));
  };
  b.output("result", build(b, at));
  return evaluateGraph(b.finish(), { inputs, persistents: new Map() }).outputs.result!;
}

const f32 = ({ shape, data }: Listed): Tensor => tensor("f32", shape, data);
const i32 = ({ shape, data }: Listed): Tensor => tensor("i32", shape, data);
const vector = (dtype: Dtype, ...data: readonly number[]): Tensor => tensor(dtype, [data.length], data);
const numbersOf = (of: Tensor): readonly number[] => [...of.data];

describe("as NumPy and PyTorch", () => {
  const builds: Readonly<Record<string, (b: GraphBuilder, at: (name: string) => ValueId) => ValueId>> = {
    contract: (b, at) => b.contract(at("left"), at("right"), [0, 1, 2], [1, 3, 0], [3, 2]),
    gather: (b, at) => b.gather(at("of"), at("indices"), 1),
    scatterAdd: (b, at) => b.scatter("add", at("into"), at("indices"), at("updates"), 1),
    cumulativeSum: (b, at) => b.cumulative("sum", at("of"), 1),
    cumulativeMax: (b, at) => b.cumulative("max", at("of"), 2),
    topValues: (b, at) => b.topK(at("of"), 3, "values"),
    topIndices: (b, at) => b.topK(at("of"), 3, "indices"),
    argMax: (b, at) => b.argReduce("max", at("of"), 1),
    argMin: (b, at) => b.argReduce("min", at("of"), 1),
    slice: (b, at) => b.slice(at("of"), [1, 0, 1], [1, 2, 2], [1, 2, 2]),
    pad: (b, at) => b.pad(at("of"), [0, 2, 1], [1, 0, 1], 0.5),
    transpose: (b, at) => b.transpose(at("of"), [2, 0, 1]),
    maximum: (b, at) => b.reduce("max", at("of"), [0, 2]),
  };

  test.each(Object.entries(reference.ops))("%s", (name, { expected, ...operands }) => {
    const inputs = Object.entries(operands).map(([key, value]) => [key, key === "indices" ? i32(value) : f32(value)]);
    const result = run(Object.fromEntries(inputs), builds[name]!);
    expect(result.shape).toEqual(expected!.shape);
    for (const [i, want] of expected!.data.entries()) expect(result.data[i]).toBeCloseTo(want, 12);
  });

  test.each(Object.entries(reference.scalars))("%s", (fn, { x, expected }) => {
    for (const [i, want] of expected.entries()) {
      expect(evaluateScalar(fn as ScalarFunction, "f32", x[i]!, 0)).toBeCloseTo(want, 14);
    }
  });

  test.each(Object.entries(reference.integers))("%s", (name, { x, y, expected }) => {
    const fn = name.startsWith("mod") ? "mod" : "floorDiv";
    expect(x.map((each) => evaluateScalar(fn, "i32", each, y) + 0)).toEqual(expected);
  });

  test("rounding to f16", () => {
    expect(reference.rounding.x.map((x) => roundTo("f16", x))).toEqual(
      reference.rounding.f16.map((x) => Number(x.replace("inf", "Infinity"))),
    );
  });
});

describe("by hand", () => {
  test("integers wrap at 32 bits", () => {
    const x = vector("i32", 2 ** 31 - 1, 65537, -(2 ** 31));
    expect(numbersOf(run({ x }, (b, at) => b.apply("add", at("x"), at("x"))))).toEqual([-2, 131074, 0]);
    expect(numbersOf(run({ x }, (b, at) => b.apply("mul", at("x"), at("x"))))).toEqual([1, 131073, 0]);
    const u = vector("u32", 2 ** 32 - 1, 1);
    expect(numbersOf(run({ u }, (b, at) => b.reduce("sum", at("u"), [0])))).toEqual([0]);
  });

  test("casts truncate and saturate, and bools are 0 and 1", () => {
    const x = vector("f32", -1.9, 1.9, 3e9, -3e9, Number.NaN);
    expect(numbersOf(run({ x }, (b, at) => b.cast(at("x"), "i32")))).toEqual([-1, 1, 2 ** 31 - 1, -(2 ** 31), 0]);
    expect(numbersOf(run({ x }, (b, at) => b.cast(at("x"), "u32")))).toEqual([0, 1, 3e9, 0, 0]);
    expect(numbersOf(run({ x }, (b, at) => b.cast(at("x"), "bool")))).toEqual([1, 1, 1, 1, 1]);
    expect(convert(-1, "i32", "u32")).toBe(-1);
    expect(numbersOf(run({ i: vector("i32", -1) }, (b, at) => b.cast(at("i"), "u32")))).toEqual([2 ** 32 - 1]);
    expect(numbersOf(run({ i: vector("i32", -1) }, (b, at) => b.cast(at("i"), "f32")))).toEqual([-1]);
  });

  test("bits are those of the rounded f32", () => {
    const x = vector("f32", 1, -2, 0.1);
    const bits = run({ x }, (b, at) => b.bits(at("x"), "u32"));
    expect(numbersOf(bits)).toEqual([0x3f800000, 0xc0000000, 0x3dcccccd]);
    expect(numbersOf(run({ x }, (b, at) => b.bits(b.bits(at("x"), "i32"), "f32")))).toEqual([1, -2, Math.fround(0.1)]);
  });

  test("constants are the numbers their dtype holds", () => {
    const b = new GraphBuilder("test", []);
    b.output("f32", b.constant(0.1, "f32"));
    b.output("i32", b.constant(-7, "i32"));
    const { outputs } = evaluateGraph(b.finish(), { inputs: {}, persistents: new Map() });
    expect(outputs.f32!.data[0]).toBe(Math.fround(0.1));
    expect(outputs.i32!.data[0]).toBe(-7);
  });

  test("iota, broadcast, reshape, concat", () => {
    const x = vector("f32", 1, 2);
    expect(numbersOf(run({}, (b) => b.iota([2, 3], 1)))).toEqual([0, 1, 2, 0, 1, 2]);
    expect(numbersOf(run({}, (b) => b.iota([2, 3], 0)))).toEqual([0, 0, 0, 1, 1, 1]);
    expect(numbersOf(run({ x }, (b, at) => b.broadcast(at("x"), [2, 2], [0])))).toEqual([1, 1, 2, 2]);
    expect(numbersOf(run({ x }, (b, at) => b.broadcast(b.reshape(at("x"), [1, 2, 1]), [2, 2, 2], [0, 1, 2])))).toEqual([
      1, 1, 2, 2, 1, 1, 2, 2,
    ]);
    expect(
      numbersOf(
        run({ x }, (b, at) =>
          b.concat(
            [at("x"), b.constant(0, "f32"), at("x")].filter((_, i) => i !== 1),
            0,
          ),
        ),
      ),
    ).toEqual([1, 2, 1, 2]);
  });

  test("select takes by element, and never mixes the other side in", () => {
    const c = vector("bool", 1, 0);
    const x = vector("f32", 5, Number.NaN);
    const y = vector("f32", Infinity, 7);
    expect(numbersOf(run({ c, x, y }, (b, at) => b.select(at("c"), at("x"), at("y"))))).toEqual([5, 7]);
  });

  test("windows are clamped to lie inside", () => {
    const x = vector("f32", 0, 1, 2, 3);
    const start = (value: number) => ({ x, s: scalarTensor("i32", value) });
    const slice = (value: number) => numbersOf(run(start(value), (b, at) => b.dynamicSlice(at("x"), [at("s")], [2])));
    expect([slice(-3), slice(1), slice(9)]).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    const update = (value: number) =>
      numbersOf(
        run({ ...start(value), w: vector("f32", 8, 9) }, (b, at) => b.dynamicUpdate(at("x"), at("w"), [at("s")])),
      );
    expect([update(-3), update(1), update(9)]).toEqual([
      [8, 9, 2, 3],
      [0, 8, 9, 3],
      [0, 1, 8, 9],
    ]);
  });

  test("scatter sets rows, and adds to one as often as it is named", () => {
    const into = tensor("f32", [3, 2], [0, 1, 2, 3, 4, 5]);
    const indices = vector("i32", 2, 0);
    const rows = tensor("f32", [2, 2], [10, 11, 12, 13]);
    const set = run({ into, indices, rows }, (b, at) => b.scatter("set", at("into"), at("indices"), at("rows"), 0));
    expect(numbersOf(set)).toEqual([12, 13, 2, 3, 10, 11]);
    const twice = { into, indices: vector("i32", 1, 1), rows };
    const add = run(twice, (b, at) => b.scatter("add", at("into"), at("indices"), at("rows"), 0));
    expect(numbersOf(add)).toEqual([0, 1, 24, 27, 4, 5]);
  });

  test("an index out of range is our bug", () => {
    const x = vector("f32", 1, 2);
    expect(() => run({ x, i: vector("i32", 2) }, (b, at) => b.gather(at("x"), at("i"), 0))).toThrow(
      "index 2 of an axis of 2",
    );
  });

  test("reductions of nothing are the identity", () => {
    const x = tensor("f32", [2, 0], []);
    expect(numbersOf(run({ x }, (b, at) => b.reduce("sum", at("x"), [1])))).toEqual([0, 0]);
    expect(identityOf("max", "f32")).toBe(-Infinity);
    expect(identityOf("min", "u32")).toBe(2 ** 32 - 1);
    expect(identityOf("max", "i32")).toBe(-(2 ** 31));
  });

  test("encodings lose what their codes cannot hold", () => {
    const x = vector("f32", 7, 3.4, -7, 0.2, 5, 0);
    const blocks = { kind: "blocks", bits: 4, block: 4, code: "linear", scale: "f32" } as const;
    const through = (encoding: Parameters<GraphBuilder["encode"]>[1]) =>
      numbersOf(run({ x }, (b, at) => b.decode(b.encode(at("x"), encoding))));
    expect(through({ kind: "dense" })).toEqual([7, 3.4, -7, 0.2, 5, 0]);
    expect(through(blocks).map((v) => Math.round(v * 1e9) / 1e9)).toEqual([7, 3, -7, 0, 5, 0]);
    expect(through({ ...blocks, zero: "f32" }).map((v) => Math.round(v * 1e3) / 1e3)).toEqual([
      7, 3.267, -7, 0.467, 5, 0,
    ]);
    expect(through({ kind: "sparse24", values: { kind: "dense" } })).toEqual([7, 0, -7, 0, 5, 0]);
    expect(through({ ...blocks, code: "nf4" })[1]).toBeCloseTo(7 * 0.44070982933044434, 12);
  });

  test("random numbers count within a sample's row, from the first sample's index", () => {
    const given = { seed: scalarTensor("u32", 9), step: scalarTensor("i32", 4), first: scalarTensor("i32", 6) };
    const type = tensorType("f32", [3, 2, 2]);
    const perSample = run(given, (b, at) => b.random("uniform", type, 77, at("seed"), at("step"), at("first")));
    expect(perSample.data[9]).toBe(uniformOf(randomBits(randomKey(9, 77, 4, 8), 1)));
    const whole = run(given, (b, at) => b.random("normal", type, 77, at("seed"), at("step"), null));
    expect(whole.data[9]).toBe(normalOf(randomBits(randomKey(9, 77, 4, 0), 9)));
  });

  test("updates and outputs, and inputs of another type than declared", () => {
    const origin = { path: "w", span: { file: "", start: 0, end: 0 } };
    const id = 0 as PersistentId;
    const type = tensorType("f32", [2]);
    const w: Persistent = { id, path: "w", role: "parameter", type, trainable: true, sharding: replicated(1), origin };
    const b = new GraphBuilder("test", [w]);
    const step = b.apply("sub", b.persistent(id), b.input("g", type));
    b.update(id, step);
    const graph = b.finish();
    const persistents = new Map([[id, vector("f32", 1, 2)]]);
    const { updates } = evaluateGraph(graph, { inputs: { g: vector("f32", 3, 5) }, persistents });
    expect(numbersOf(updates.get(id)!)).toEqual([-2, -3]);
    expect(() => evaluateGraph(graph, { inputs: { g: vector("i32", 3, 5) }, persistents })).toThrow("given i32[2]");
    expect(() => evaluateGraph(graph, { inputs: {}, persistents })).toThrow("g is not given");
  });

  test("collectives are the identity on one device", () => {
    const x = vector("f32", 1, 2);
    const type = tensorType("f32", [2]);
    const all = (b: GraphBuilder, at: (name: string) => ValueId) => {
      const gathered = b.allGather(b.allReduce("sum", at("x"), "dp"), 0, "tp", type);
      return b.send(b.reduceScatter(gathered, 0, "tp", type), 1, "pp");
    };
    expect(numbersOf(run({ x }, all))).toEqual([1, 2]);
    expect(() => run({ x }, (b) => b.receive(0, "pp", type))).toThrow("nobody sends");
  });
});
