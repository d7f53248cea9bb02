/** Every layer, activation, optimizer and schedule of the standard library against numbers from PyTorch (reference.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluateGraph } from "../../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../../src/ir/rules/tensor.ts";
import { lowerSource, numbersOf, persistents, scalar } from "../compile-source.ts";
import { evaluateExpression } from "../evaluate-expression.ts";

type Plain = { readonly dtype: "f32" | "i32" | "bool"; readonly shape: readonly number[]; readonly data: number[] };
type Contents = Readonly<Record<string, readonly number[]>>;
type Expected = {
  readonly cases: readonly {
    readonly name: string;
    readonly expression: string;
    readonly inputs: Readonly<Record<string, Plain>>;
    readonly parameters: Readonly<Record<string, Plain>>;
    readonly result: Plain;
    readonly tolerance: number;
  }[];
  readonly optimizers: readonly {
    readonly name: string;
    readonly expression: string;
    readonly start: Contents;
    readonly steps: readonly { readonly gradients: Contents; readonly norm: number; readonly after: Contents }[];
  }[];
  readonly schedules: readonly {
    readonly name: string;
    readonly expression: string;
    readonly total: number;
    readonly values: readonly number[];
  }[];
};
const expected: Expected = JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8"));

describe("functions and layers", () => {
  it.each(expected.cases)("$name", ({ expression, inputs, parameters, result, tolerance }) => {
    const actual = evaluateExpression(expression, { inputs: tensors(inputs), parameters: tensors(parameters) });
    expect(actual.shape).toEqual(result.shape);
    expectClose(numbersOf(actual), result.data, tolerance);
  });
});

describe("Dropout in training", () => {
  const x = tensor(
    "f32",
    [100, 40],
    Float64Array.from({ length: 4000 }, () => 3),
  );
  const host = { seed: scalar("u32", 5), step: scalar("i32", 1), sample: scalar("i32", 0) };
  const dropped = (expression: string) =>
    numbersOf(evaluateExpression(expression, { inputs: { x }, host, training: true }));

  it("zeroes a share of the elements and scales the rest", () => {
    const numbers = dropped("Dropout(0.3)(x)");
    for (const value of numbers) expect([0, 3 / 0.7].some((kept) => Math.abs(kept - value) < 1e-6)).toBe(true);
    // 4,000 draws: the standard error of the share is 0.007.
    expect(Math.abs(numbers.filter((value) => value === 0).length / 4000 - 0.3)).toBeLessThan(0.03);
  });

  it("with probability 0 draws nothing", () => {
    expect(numbersOf(evaluateExpression("Dropout(0.0)(x)", { inputs: { x }, training: true }))).toEqual([...x.data]);
  });
});

describe("optimizers", () => {
  it.each(expected.optimizers)("$name", ({ expression, start, steps }) => {
    const bundle = lowerSource(trainingOf(expression), "run", new Map([["chars.vocab", 2]]));
    let contents: Contents = start;
    steps.forEach(({ gradients, norm, after }, i) => {
      const given = { ...contents, ...renamed(gradients, (name) => `gradient/${name}`) };
      const { outputs, updates } = evaluateGraph(bundle.programs.update!, {
        inputs: { step: scalar("i32", i + 1), total: scalar("f32", steps.length) },
        persistents: persistents(bundle, given),
      });
      contents = Object.fromEntries([...updates].map(([id, value]) => [bundle.tensors[id]!.path, numbersOf(value)]));
      expectClose(numbersOf(outputs.grad_norm), [norm], 1e-6);
      for (const [name, numbers] of Object.entries(after)) expectClose(contents[name]!, numbers, 1e-6);
    });
  });

  /** A model with parameters `a` [2, 3] and `b` [3], which is all that the optimizer sees of it. */
  const trainingOf = (optimizer: string) => `
    use std.*
    model Two(V: dim) {
      a: param[2, 3] = zeros
      b: param[3] = zeros
      fn forward(ids: i32[B, T]) -> [B, T, V] =
        f32(ids[:, :, none]) * f32(iota(V)) + sum(a @ b)
    }
    tokenizer chars { kind = char_level()  fit = "x.txt" }
    data corpus { source = text("x.txt")  tokenizer = chars  window = 4 }
    train run {
      model = Two(V = chars.vocab)  data = corpus  objective = causal_lm()
      optimizer = ${optimizer}
      batch = 2  clip = 2.5  until = 3 steps
    }`;
});

describe("schedules", () => {
  it.each(expected.schedules)("$name", ({ expression, total, values }) => {
    const actual = values.map((_, i) => {
      const inputs = { t: scalar("i32", i + 1), total: scalar("f32", total) };
      return numbersOf(evaluateExpression(`f32(t) * 0 + (${expression}).at(t, total)`, { inputs }))[0]!;
    });
    expectClose(actual, values, 1e-6);
  });
});

function expectClose(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  const worst = Math.max(...actual.map((x, i) => Math.abs(x - wanted[i]!) / Math.max(1, Math.abs(wanted[i]!))));
  expect(worst).toBeLessThan(tolerance);
}

function tensors(plain: Readonly<Record<string, Plain>>): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.entries(plain).map(([name, { dtype, shape, data }]) => [name, tensor(dtype, shape, data)]),
  );
}

function renamed(contents: Contents, rename: (name: string) => string): Contents {
  return Object.fromEntries(Object.entries(contents).map(([name, numbers]) => [rename(name), numbers]));
}
