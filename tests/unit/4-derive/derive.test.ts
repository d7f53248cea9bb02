/** `loss` becomes `count` and `microStep`: their numbers against finite differences of the whole batch's loss. */
import { describe, expect, test } from "vitest";
import { derive } from "../../../src/4-derive/derive.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Bundle, Graph, Persistent, PersistentId, ValueId } from "../../../src/ir/graph/graph.ts";
import { stretch } from "../../../src/ir/graph/shorthand.ts";
import { evaluateGraph, scalarTensor } from "../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { verifyGraph } from "../../../src/ir/rules/verify.ts";
import { elementCount, replicated, singleDevice, type TensorType, tensorType } from "../../../src/ir/types.ts";

const rows = 3;
const width = 4;

function persistent(id: number, path: string, shape: readonly number[], more: Partial<Persistent> = {}): Persistent {
  const origin = { path, span: { file: "", start: 0, end: 0 } };
  const type = tensorType("f32", shape);
  const sharding = replicated(shape.length);
  return { id: id as PersistentId, path, role: "parameter", type, trainable: true, sharding, origin, ...more };
}

/** Two uses of w (one through a tied tensor), a frozen and an unread parameter. */
const tensors = [
  persistent(0, "w", [width, 2]),
  persistent(1, "head", [width, 2], { tiedTo: 0 as PersistentId, trainable: true }),
  persistent(2, "frozen", [2], { trainable: false }),
  persistent(3, "unread", [5]),
  persistent(4, "bias", [2]),
];

/** Σ mask · tanh(x·w + bias)² / Σ mask + 0.5 · Σ (x·head · frozen) / count, over `micro` rows. */
function lossGraph(micro: number): Graph {
  const b = new GraphBuilder("loss", tensors);
  const x = b.input("x", tensorType("f32", [micro, width]));
  const mask = b.cast(b.input("mask", tensorType("bool", [micro, 2])), "f32");
  const product = (w: number): ValueId => b.contract(x, b.persistent(w as PersistentId), [0, 1], [1, 2], [0, 2]);
  const layer = { path: "blocks.0", span: { file: "", start: 0, end: 0 }, loop: { list: "blocks", index: 0 } };
  const hidden = b.at(layer, () =>
    b.apply("tanh", b.apply("add", product(0), b.broadcast(b.persistent(4 as PersistentId), [micro, 2], [1]))),
  );
  const squares = b.apply("mul", b.apply("mul", hidden, hidden), mask);
  const scaled = b.apply("mul", product(1), b.broadcast(b.persistent(2 as PersistentId), [micro, 2], [1]));
  b.output("numerator.0", b.reduce("sum", squares, [0, 1]));
  b.output("weight.0", b.reduce("sum", mask, [0, 1]));
  b.output("numerator.1", b.reduce("sum", scaled, [0, 1]));
  b.output("weight.1", b.reduce("sum", stretch(b, b.constant(1, "f32"), [micro]), [0]));
  return b.finish();
}

function bundleOf(micro: number, microSteps: number, extra: readonly Persistent[] = []): Bundle {
  const terms = [
    { name: "squares", coefficient: 1 },
    { name: "scaled", coefficient: 0.5 },
  ];
  return {
    tensors: [...tensors, ...extra],
    programs: { loss: lossGraph(micro) },
    terms,
    microSteps,
    mesh: singleDevice,
  };
}

const numbers = (count: number, from: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(from + 1.7 * i));
const batch = { x: numbers(rows * 2 * width, 1), mask: [1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0] };
const parameters: ReadonlyMap<number, readonly number[]> = new Map([
  [0, numbers(8, 2)],
  [1, numbers(8, 2)],
  [2, numbers(2, 3)],
  [3, numbers(5, 4)],
  [4, numbers(2, 5)],
]);

type State = Map<PersistentId, Tensor>;

/** Zeros everywhere but in the parameters. */
function initialState(all: readonly Persistent[], changed?: (state: Map<number, number[]>) => void): State {
  const data = new Map([...parameters].map(([id, values]) => [id, [...values]]));
  changed?.(data);
  const of = ({ id, type }: Persistent): Tensor =>
    tensor("f32", type.shape, data.get(id) ?? new Float64Array(elementCount(type.shape)).fill(99));
  return new Map(all.map((each) => [each.id, of(each)]));
}

/** Runs `count` for every micro-batch, then `microStep` for every one. */
function step(bundle: Bundle, micro: number, mask = batch.mask): State {
  const state = initialState(bundle.tensors);
  for (const name of ["count", "microStep"] as const) {
    const graph = bundle.programs[name]!;
    verifyGraph(graph, bundle.tensors, "derive");
    for (let m = 0; m < bundle.microSteps; m++) {
      const part = (all: readonly number[], each: number) => all.slice(m * micro * each, (m + 1) * micro * each);
      const inputs = {
        x: tensor("f32", [micro, width], part(batch.x, width)),
        mask: tensor("bool", [micro, 2], part(mask, 2)),
        micro: scalarTensor("i32", m),
      };
      for (const [id, value] of evaluateGraph(graph, { inputs, persistents: state }).updates) state.set(id, value);
    }
  }
  return state;
}

/** The loss of the whole batch as the definition says. */
function lossOf(state: State): number {
  const inputs = { x: tensor("f32", [rows * 2, width], batch.x), mask: tensor("bool", [rows * 2, 2], batch.mask) };
  const { outputs } = evaluateGraph(lossGraph(rows * 2), { inputs, persistents: state });
  const at = (name: string): number => outputs[name]!.data[0]!;
  return at("numerator.0") / at("weight.0") + (0.5 * at("numerator.1")) / at("weight.1");
}

function find(bundle: Bundle, path: string): PersistentId {
  return bundle.tensors.find((each) => each.path === path)!.id;
}

describe("gradients of a batch", () => {
  const whole = derive(bundleOf(rows * 2, 1));
  const state = step(whole, rows * 2);

  test.each(["w", "bias"])("%s: as finite differences, through the tied tensor too", (path) => {
    const id = tensors.find((each) => each.path === path)!.id;
    const gradient = state.get(find(whole, `gradient/${path}`))!.data;
    for (const [k, got] of gradient.entries()) {
      const moved = (by: number): number =>
        lossOf(
          initialState(whole.tensors, (data) => {
            for (const each of path === "w" ? [0, 1] : [id]) data.get(each)![k]! += by;
          }),
        );
      expect(got).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    }
  });

  test("a parameter that the loss does not read has gradient 0, a frozen and a tied one have none", () => {
    expect([...state.get(find(whole, "gradient/unread"))!.data]).toEqual([0, 0, 0, 0, 0]);
    const paths = whole.tensors.map(({ path }) => path);
    expect(paths).not.toContain("gradient/frozen");
    expect(paths).not.toContain("gradient/head");
  });

  test.each([
    [3, 2],
    [2, 3],
    [1, 6],
  ])("micro = %i changes nothing", (micro, microSteps) => {
    const parts = derive(bundleOf(micro, microSteps));
    const split = step(parts, micro);
    for (const path of ["gradient/w", "gradient/bias", "metric/weight.0", "metric/weight.1"]) {
      const [one, many] = [state.get(find(whole, path))!.data, split.get(find(parts, path))!.data];
      for (const [k, value] of one.entries()) expect(many[k]).toBeCloseTo(value, 12);
    }
  });

  test("a weight of 0 gives gradient 0, not 0 / 0", () => {
    const nothing = step(
      whole,
      rows * 2,
      batch.mask.map(() => 0),
    );
    expect([...nothing.get(find(whole, "gradient/bias"))!.data]).toEqual([0, 0]);
  });
});

describe("the programs", () => {
  const { programs, tensors: all } = derive(bundleOf(rows, 2));

  test("loss is gone, and the others ask only for what they use", () => {
    expect(Object.keys(programs).sort()).toEqual(["count", "microStep"]);
    expect(programs.count!.inputs.map(({ name }) => name)).toEqual(["mask", "micro"]);
    expect(programs.microStep!.inputs.map(({ name }) => name)).toEqual(["x", "mask", "micro"]);
    const single = derive(bundleOf(rows, 1)).programs;
    expect(single.microStep!.inputs.map(({ name }) => name)).toEqual(["x", "mask"]);
  });

  test("microStep outputs what loss did; count outputs nothing", () => {
    const names = programs.microStep!.outputs.map(({ name }) => name);
    expect(names).toEqual(["numerator.0", "weight.0", "numerator.1", "weight.1"]);
    expect(programs.count!.outputs).toEqual([]);
  });

  test("a layer's gradients stand at the layer", () => {
    const inLayer = programs.microStep!.values.filter(({ origin }) => origin.loop?.list === "blocks");
    const backward = inLayer.filter(({ op }) => op.kind === "contract");
    expect(backward.length).toBeGreaterThanOrEqual(2);
  });

  test("tensors that phase 3 has made are used as they are", () => {
    const origin = { path: "theirs", span: { file: "", start: 0, end: 0 } };
    const theirs = persistent(5, "gradient/w", [width, 2], { role: "gradient", trainable: false, origin });
    const again = derive(bundleOf(rows, 2, [theirs]));
    expect(again.tensors.filter(({ path }) => path === "gradient/w")).toEqual([theirs]);
    expect(again.programs.microStep!.updates.map(({ target }) => target)).toContain(theirs.id);
    expect(again.tensors.map(({ id }) => id)).toEqual(again.tensors.map((_, i) => i));
    expect(all.length).toBe(again.tensors.length);
  });

  test("a bundle without a loss stays as it is", () => {
    const bundle: Bundle = { ...bundleOf(rows, 1), programs: {} };
    expect(derive(bundle)).toBe(bundle);
  });

  test("a weight that depends on a parameter is refused", () => {
    const b = new GraphBuilder("loss", tensors);
    const bias = b.reduce("sum", b.persistent(4 as PersistentId), [0]);
    const scalar: TensorType = tensorType("f32", []);
    b.output("numerator.0", b.input("x", scalar));
    b.output("weight.0", bias);
    const bundle = { ...bundleOf(rows, 1), programs: { loss: b.finish() }, terms: [{ name: "t", coefficient: 1 }] };
    expect(() => derive(bundle)).toThrow("a loss weight depends on a persistent");
  });
});
