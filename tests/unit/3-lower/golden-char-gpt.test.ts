/** The golden program, lowered and evaluated in float64, against the losses that PyTorch found in float64. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openSafetensors } from "../../../src/formats/safetensors.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { tensor } from "../../../src/ir/rules/tensor.ts";
import { lowerSource, persistents } from "./compile-source.ts";

const golden = new URL("../../golden/char-gpt/", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, golden), "utf8");
const expected: { readonly loss: readonly number[]; readonly val_loss_before: number } = JSON.parse(
  text("expected.json"),
);

const corpus = [...text("corpus.txt")];
const alphabet = [...new Set(corpus)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
const tokens = corpus.map((character) => alphabet.indexOf(character));
const [W, micro] = [32, 4];
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

  /** Σ numerators / Σ weights over consecutive windows of a stream. */
  const lossOf = (program: "loss" | "evaluate", stream: readonly number[]): number => {
    const graph = bundle.programs[program]!;
    let [numerator, weight] = [0, 0];
    const windows = Math.floor(stream.length / W);
    for (let first = 0; first < windows; first += micro) {
      const rows = Math.min(micro, windows - first);
      const ids = tensor("i32", [micro, W], fill(stream.slice(first * W, (first + rows) * W)));
      const mask = tensor("bool", [micro, W], fill(Array.from({ length: rows * W }, () => 1)));
      const { outputs } = evaluateGraph(graph, { inputs: { ids, mask }, persistents: persistents(bundle, weights) });
      numerator += outputs["numerator.0"]!.data[0]!;
      weight += outputs["weight.0"]!.data[0]!;
    }
    return numerator / weight;
  };

  it("gives the loss of step 1", () => {
    expect(lossOf("loss", tokens.slice(0, 8 * W))).toBeCloseTo(expected.loss[0]!, 6);
  });

  it("gives the validation loss before step 1", () => {
    expect(lossOf("evaluate", tokens.slice(Math.floor(0.9 * tokens.length)))).toBeCloseTo(expected.val_loss_before, 6);
  });
});

/** Padded with zeros to a whole batch. */
function fill(numbers: readonly number[]): readonly number[] {
  return [...numbers, ...Array.from({ length: micro * W - numbers.length }, () => 0)];
}
