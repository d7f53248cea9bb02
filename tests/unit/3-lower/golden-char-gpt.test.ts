/** The golden program, lowered and evaluated in float64, against the losses that PyTorch found in float64. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { derive } from "../../../src/4-derive/derive.ts";
import { openSafetensors } from "../../../src/formats/safetensors.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { lowerSource, persistents, scalar } from "./compile-source.ts";

const golden = new URL("../../golden/char-gpt/", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, golden), "utf8");
const expected: {
  readonly loss: readonly number[];
  readonly grad_norm: readonly number[];
  readonly lr: readonly number[];
  readonly val_loss_before: number;
} = JSON.parse(text("expected.json"));

const corpus = [...text("corpus.txt")];
const alphabet = [...new Set(corpus)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
const tokens = corpus.map((character) => alphabet.indexOf(character));
const [W, micro, steps] = [32, 4, 2];
const facts = new Map([["chars.vocab", alphabet.length]]);

describe("the golden program", () => {
  const bundle = lowerSource(text("program.llm"), "reference", facts);
  const file = openSafetensors(fileURLToPath(new URL("init.safetensors", golden)));
  const weights = Object.fromEntries([...file.tensors.keys()].map((name) => [name, file.readFloats(name)]));

  it("has the reference's parameters", () => {
    const ours = bundle.tensors.filter(({ role }) => role === "parameter").map(({ path, type }) => [path, type.shape]);
    const theirs = [...file.tensors].map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  const batchOf = (stream: readonly number[], first: number, rows: number) => ({
    ids: tensor("i32", [micro, W], padded(stream.slice(first * W, (first + rows) * W))),
    mask: tensor("bool", [micro, W], padded(Array.from({ length: rows * W }, () => 1))),
  });

  it("gives the validation loss before step 1", () => {
    const stream = tokens.slice(Math.floor(0.9 * tokens.length));
    const windows = Math.floor(stream.length / W);
    const contents = persistents(bundle, weights);
    let [numerator, weight] = [0, 0];
    for (let first = 0; first < windows; first += micro) {
      const inputs = batchOf(stream, first, Math.min(micro, windows - first));
      const { outputs } = evaluateGraph(bundle.programs.evaluate!, { inputs, persistents: contents });
      numerator += outputs["numerator.0"]!.data[0]!;
      weight += outputs["weight.0"]!.data[0]!;
    }
    expect(numerator / weight).toBeCloseTo(expected.val_loss_before, 6);
  });

  it("follows the first steps", () => {
    const { programs, tensors, microSteps } = derive(bundle);
    const contents = new Map(persistents({ ...bundle, tensors }, weights));
    const run = (name: "count" | "microStep" | "update", inputs: Readonly<Record<string, Tensor>>) => {
      const { outputs, updates } = evaluateGraph(programs[name]!, { inputs, persistents: contents });
      for (const [id, value] of updates) contents.set(id, value);
      return (output: string) => outputs[output]!.data[0]!;
    };
    for (let step = 1; step <= steps; step++) {
      const batches = Array.from({ length: microSteps }, (_, i) => ({
        ...batchOf(tokens, ((step - 1) * microSteps + i) * micro, micro),
        micro: scalar("i32", i),
      }));
      for (const inputs of batches) run("count", inputs);
      const means = batches.map((inputs) => run("microStep", inputs));
      const sum = (name: string) => means.reduce((total, output) => total + output(name), 0);
      const update = run("update", { step: scalar("i32", step), total: scalar("f32", 60) });
      expect(sum("numerator.0") / sum("weight.0")).toBeCloseTo(expected.loss[step - 1]!, 6);
      expect(update("grad_norm") / expected.grad_norm[step - 1]!).toBeCloseTo(1, 6);
      expect(update("lr") / expected.lr[step - 1]!).toBeCloseTo(1, 6);
    }
  });
});

/** Padded with zeros to a whole batch. */
function padded(numbers: readonly number[]): readonly number[] {
  return [...numbers, ...Array.from({ length: micro * W - numbers.length }, () => 0)];
}
