/** Whole programs: the reference run, the examples, the design's programs as far as this version goes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainJob } from "../../../src/2-check/program.ts";
import { check, messages, repository, setting } from "./checker.ts";

const golden = readFileSync(join(repository, "tests/golden/char-gpt/program.llm"), "utf8");
const designs = join(repository, "tests/unit/1-parse/programs");
const design = (name: string) => readFileSync(join(designs, `${name}.llm`), "utf8");
const examples = readdirSync(join(repository, "examples")).filter((name) => name.endsWith(".llm"));
const example = (name: string) => readFileSync(join(repository, "examples", name), "utf8");

describe("the standard library", () => {
  test("is right for all sizes, whoever uses it", () => {
    expect(messages("use std.*", { everything: true })).toBe("");
  });
});

describe("the reference run", () => {
  test("has its jobs in an order to run in", () => {
    const { program, diagnostics } = check(golden);
    expect(diagnostics).toEqual([]);
    expect([...(program?.jobs.keys() ?? [])]).toEqual(["chars", "corpus", "reference", "greedy"]);
  });

  test("has the records its fields say", () => {
    const jobs = check(golden).program?.jobs;
    expect(jobs?.get("chars")).toMatchObject({
      kind: "tokenizer",
      algorithm: { kind: "char_level" },
      fit: ["corpus.txt"],
    });
    expect(jobs?.get("corpus")).toMatchObject({
      source: { kind: "text", paths: ["corpus.txt"] },
      tokenizer: "chars",
      window: 32,
      overlap: 0,
      shuffle: "none",
      split: new Map([
        ["train", 0.9],
        ["val", 0.1],
      ]),
    });
    expect(jobs?.get("reference")).toMatchObject({
      data: "corpus",
      batch: 8,
      micro: 4,
      clip: 1,
      until: { kind: "after", value: 60, unit: "step" },
      evaluate: { every: { kind: "count", value: 60, unit: "step" }, metrics: ["loss"], take: null },
      save: { every: null, keep: null, best: "val.loss" },
      log: ["jsonl"],
      precision: { kind: "f32" },
      init: { kind: "load", path: "init.safetensors" },
    });
    expect(jobs?.get("greedy")).toMatchObject({
      model: { job: "reference", checkpoint: "last" },
      prompt: "The United States ",
      decode: { kind: "argmax" },
      context: { kind: "slide", by: 1 },
      tokens: 30,
    });
  });

  test("has its model, optimizer and schedule with all arguments", () => {
    const train = check(golden).program?.jobs.get("reference");
    if (train?.kind !== "train") throw new Error("no train job");
    expect(argumentsOf(train.model)).toMatchObject({
      V: { kind: "later", job: "chars", path: ["vocab"] },
      T: { kind: "number", value: 32, integer: true },
      L: { kind: "number", value: 2, integer: true },
    });
    const optimizer = argumentsOf(train.optimizer);
    expect(optimizer.eps).toMatchObject({ kind: "number", value: 1e-8 });
    const { lr } = optimizer;
    if (lr === undefined) throw new Error("no lr");
    expect(argumentsOf(lr)).toMatchObject({
      peak: { kind: "number", value: 3e-3 },
      warmup: { kind: "quantity", value: 10, unit: "step" },
      floor: { kind: "number", value: 0.1 },
    });
  });
});

function argumentsOf(value: TrainJob["model"]): Readonly<Record<string, TrainJob["model"]>> {
  if (value.kind !== "instance") throw new Error(`${value.kind} instead of an instance`);
  return Object.fromEntries(value.args);
}

describe("examples", () => {
  test.each(examples)("%s is right", (name) => {
    expect(messages(example(name))).toBe("");
  });
});

describe("the design's character GPT", () => {
  const now = ["pretrain.precision=f32", "pretrain.log=[jsonl()]"].map(setting);

  test("waits for mixed precision and TensorBoard", () => {
    const { diagnostics } = check(design("01_char_gpt"));
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "E0900: mixed precision is not supported by this version of llmc",
      "E0900: the TensorBoard log is not supported by this version of llmc",
    ]);
  });

  test("is right without them, its numbers set from outside", () => {
    const sets = [...now, setting("L=4"), setting("pretrain.batch=32"), setting("sample.decode=top_p(90%)")];
    const { program, diagnostics } = check(design("01_char_gpt"), { sets });
    expect(diagnostics).toEqual([]);
    const train = program?.jobs.get("pretrain");
    if (train?.kind !== "train") throw new Error("no train job");
    expect(argumentsOf(train.model).L).toMatchObject({ value: 4 });
    expect(train).toMatchObject({
      batch: 32,
      micro: 16,
      until: {
        kind: "any",
        bounds: [
          { kind: "after", value: 5000, unit: "step" },
          { kind: "stalled", metric: "val.loss", patience: 5 },
        ],
      },
      save: { every: { kind: "count", value: 500, unit: "step" }, keep: 3, best: "val.loss" },
    });
    expect(program?.jobs.get("sample")).toMatchObject({ decode: { kind: "topP", p: 0.9, temperature: 1 } });
  });

  test("asks for heads that divide the width", () => {
    const { diagnostics } = check(design("01_char_gpt"), { sets: [...now, setting("H=5")] });
    expect(diagnostics.map(({ code }) => code)).toEqual(["E0210"]);
    expect(diagnostics[0]?.help).toContain("1 2 3 4 6 8 12");
  });

  test("keeps data and model in step", () => {
    const { diagnostics } = check(design("01_char_gpt"), { sets: [...now, setting("shakespeare.window=512")] });
    expect(diagnostics.map(({ code }) => code)).toEqual(["E0405"]);
  });
});

describe("the design's other programs", () => {
  const names = readdirSync(designs).map((name) => name.replace(/\.llm$/, ""));
  const others = names.filter((name) => !["01_char_gpt", "07_std_excerpt"].includes(name));
  const files = Object.fromEntries(names.map((name) => [`${name}.llm`, design(name)]));

  test.each(others)("%s is answered by what is not there yet", (name) => {
    const { diagnostics } = check(design(name), {}, files);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect([...new Set(diagnostics.map(({ code }) => code))]).toEqual(["E0900"]);
  });

  test("the excerpt of the standard library is right", () => {
    expect(messages(design("07_std_excerpt"))).toBe("");
  });
});

describe("a damaged program", () => {
  const texts = [golden, ...examples.map(example), design("06_adapt_compress"), design("07_std_excerpt")];
  const token = /[A-Za-z_]\w*|\d[\w.]*|"[^"\n]*"|\S/g;

  test("never stops the checker, whichever token is missing, doubled or another", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.constantFrom("", "twice", "D", "3", "none", "[B, T]", "(", "}"),
        (text, where, change) => {
          const tokens = [...text.matchAll(token)];
          const chosen = tokens[Math.floor(where * tokens.length)];
          if (chosen === undefined) return;
          const replacement = change === "twice" ? `${chosen[0]} ${chosen[0]}` : change;
          const damaged = text.slice(0, chosen.index) + replacement + text.slice(chosen.index + chosen[0].length);
          const { program, diagnostics } = check(damaged);
          expect(program === null).toBe(diagnostics.some(({ severity }) => severity === "error"));
        },
      ),
      { numRuns: 120 },
    );
  });
});
