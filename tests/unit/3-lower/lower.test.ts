/** Whole jobs: the parameter tree, loss terms, state, first values, random numbers, generation. */
import { describe, expect, it } from "vitest";
import type { Bundle, Graph } from "../../../src/ir/graph/graph.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { elementCount } from "../../../src/ir/types.ts";
import { lowerSource, numbersOf, persistents, scalar } from "./compile-source.ts";

const [V, T, micro] = [5, 4, 2];
const facts = new Map([["chars.vocab", V]]);

/** A program with one train job `run` and one generate job `sample` around a model, an objective and an optimizer. */
function programOf(parts: {
  readonly declarations: string;
  readonly model: string;
  readonly objective?: string;
  readonly optimizer?: string;
  readonly more?: string;
}): string {
  return `use std.{Linear, Embedding, RMSNorm, Dropout, causal_lm, sgd}
    ${parts.declarations}
    tokenizer chars { kind = char_level()  fit = "x.txt" }
    data corpus { source = text("x.txt")  tokenizer = chars  window = ${T} }
    train run {
      model = ${parts.model}  data = corpus
      objective = ${parts.objective ?? "causal_lm()"}
      optimizer = ${parts.optimizer ?? "sgd(lr = 0.1)"}
      batch = 4  micro = ${micro}  until = 10 steps  ${parts.more ?? ""}
    }
    generate sample { model = run.last  prompt = "a"  decode = argmax()  until = 3 tokens }`;
}

const bigram = `
  model Bigram(V: dim) {
    tok = Embedding(V, V)
    fn forward(ids: i32[B, T]) -> [B, T, V] = tok(ids)
  }`;

const ids = tensor("i32", [micro, T], [1, 2, 3, 4, 0, 1, 1, 2]);
const mask = tensor("bool", [micro, T], [1, 1, 1, 1, 1, 1, 0, 1]);

/** Numbers that depend on the path and position only. */
function contentsOf(bundle: Bundle): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    bundle.tensors.map(({ path, type }) => [
      path,
      Array.from({ length: elementCount(type.shape) }, (_, i) => Math.sin(path.length + 1.7 * i)),
    ]),
  );
}

function run(bundle: Bundle, graph: Graph | undefined, inputs: Readonly<Record<string, Tensor>>) {
  return evaluateGraph(graph!, { inputs, persistents: persistents(bundle, contentsOf(bundle)) });
}

describe("what is found out with numbers only", () => {
  const forward = "fn forward(ids: i32[B, S]) -> [B, S, V]";
  const lowered = (body: string, vocabulary = "chars.vocab") => {
    const declarations = `model M(V: dim) { ${body} }`;
    return () => lowerSource(programOf({ declarations, model: `M(V = ${vocabulary})` }), "run", facts);
  };
  const embedding = (ids: string, scale = "1") =>
    `tok = Embedding(V, 4)  ${forward} = tok(${ids}) @ tok.weight.T * ${scale}`;

  it("E0303: a model without parameters", () => {
    expect(lowered(`${forward} = f32(iota(V)) + 0 * f32(ids)[..., none]`)).toThrow(/E0303.*`run` has no parameters/);
  });

  it("E0109: a dimension below 1", () => {
    expect(lowered(embedding("ids"), `chars.vocab - ${V}`)).toThrow(/E0109: `V` of M must be at least 1, got 0/);
    expect(lowered(embedding("ids"), `chars.vocab - ${V - 1}`)).not.toThrow();
  });

  it("E0109: numbers that no constant can be", () => {
    expect(lowered(embedding("ids + 3_000_000_000"))).toThrow(/E0109: 3000000000 is out of the range of i32/);
    expect(lowered(embedding("ids", "(0.0 / 0.0)"))).toThrow(/E0109: this computes 0 \/ 0/);
  });
});

describe("the parameter tree", () => {
  const declarations = `
    layer Pair(a: layer, b: layer) {
      first = a
      extra = [b, Linear(2, 2)]
      fn forward(x: [..., 2]) -> [..., 2] {
        x = first(x)
        for layer in extra { x = layer(x) }
        return x
      }
    }
    model Tree(V: dim, L: int) {
      tok    = Embedding(V, 2)
      blocks = [[Linear(2, 2, use_bias = false) for j in 0..2] for i in 0..L]
      pair   = Pair(Linear(2, 2), RMSNorm(2))
      heads  = { main = Linear(2, V) }
      fn forward(ids: i32[B, T]) -> [B, T, V] {
        x = tok(ids)
        for block in blocks { for layer in block { x = layer(x) } }
        return pair(x) |> heads.main
      }
    }`;
  const bundle = lowerSource(programOf({ declarations, model: "Tree(V = chars.vocab, L = 2)" }), "run", facts);
  const parameters = bundle.tensors.filter(({ role }) => role === "parameter");

  it("names parameters by members, positions and fields", () => {
    expect(parameters.map(({ path }) => path)).toEqual([
      "tok.weight",
      "blocks.0.0.weight",
      "blocks.0.1.weight",
      "blocks.1.0.weight",
      "blocks.1.1.weight",
      "pair.a.weight",
      "pair.a.bias",
      "pair.b.weight",
      "pair.extra.1.weight",
      "pair.extra.1.bias",
      "heads.main.weight",
      "heads.main.bias",
    ]);
  });

  it("keeps the list that a layer stands in", () => {
    const loops = Object.fromEntries(parameters.map(({ path, origin }) => [path, origin.loop]));
    expect(loops["blocks.1.0.weight"]).toEqual({ list: "blocks.1", index: 0 });
    expect(loops["tok.weight"]).toBeUndefined();
    const values = bundle.programs.loss!.values.filter(({ op }) => op.kind === "contract");
    expect(values.map(({ origin }) => origin.path)).toEqual([
      "blocks.0.0",
      "blocks.0.1",
      "blocks.1.0",
      "blocks.1.1",
      "pair.a",
      "pair.extra.1",
      "heads.main",
    ]);
  });

  it("names a layer that a job gives the model after the parameter", () => {
    const given = `
      model Around(V: dim, core: layer) {
        tok = Embedding(V, 3)   head = Linear(3, V)
        fn forward(ids: i32[B, T]) -> [B, T, V] = tok(ids) |> core |> head
      }`;
    const model = "Around(V = chars.vocab, core = Linear(3, 3, use_bias = false))";
    const { tensors } = lowerSource(programOf({ declarations: given, model }), "run", facts);
    expect(tensors[0]!.path).toBe("core.weight");
  });

  it("refuses two layers at one path", () => {
    const twice = `
      model Twice(V: dim) {
        fn forward(ids: i32[B, T]) -> [B, T, V] = Embedding(V, V)(ids) + Embedding(V, V)(ids)
      }`;
    const source = programOf({ declarations: twice, model: "Twice(V = chars.vocab)" });
    expect(() => lowerSource(source, "run", facts)).toThrow(/E0900: a second parameter at the path weight/);
  });

  it("refuses a layer inside itself", () => {
    const endless = `
      layer A(D: dim) { a = A(D)   fn forward(x: [..., D]) -> [..., D] = a(x) }
      ${bigram.replace("tok = ", "a = A(V)\n tok = ").replace("= tok(ids)", "= a(tok(ids))")}`;
    const source = programOf({ declarations: endless, model: "Bigram(V = chars.vocab)" });
    expect(() => lowerSource(source, "run", facts)).toThrow(/E0900: a declaration inside 200 others|E0107/);
  });

  it("reports a fact that only preparation decides", () => {
    const even = bigram.replace("(V: dim) {", "(V: dim) where V % 2 == 0 {");
    const source = programOf({ declarations: even, model: "Bigram(V = chars.vocab)" });
    expect(() => lowerSource(source, "run", facts)).toThrow(/E0210: a fact of `Bigram` does not hold/);
  });
});

describe("the loss", () => {
  const termsOf = (objective: string, declarations = "") =>
    lowerSource(
      programOf({ declarations: bigram + declarations, model: "Bigram(V = chars.vocab)", objective }),
      "run",
      facts,
    );

  it("counts what the mask leaves", () => {
    const bundle = termsOf("causal_lm()");
    const { outputs } = run(bundle, bundle.programs.loss, { ids, mask });
    expect(bundle.terms).toEqual([{ name: "causal_lm", coefficient: 1 }]);
    expect(numbersOf(outputs["weight.0"])).toEqual([5]);
    const table = contentsOf(bundle)["tok.weight"]!;
    let sum = 0;
    for (let i = 0; i < micro * T; i++) {
      if (i % T === T - 1 || mask.data[i + 1] === 0) continue;
      const row = table.slice(ids.data[i]! * V, (ids.data[i]! + 1) * V);
      sum += Math.log(row.reduce((total, x) => total + Math.exp(x), 0)) - row[ids.data[i + 1]!]!;
    }
    expect(numbersOf(outputs["numerator.0"])[0]).toBeCloseTo(sum, 10);
  });

  it("keeps the terms of a sum apart, with their coefficients", () => {
    const bundle = termsOf("causal_lm(z_loss = 0.25)");
    expect(bundle.terms).toEqual([
      { name: "causal_lm.0", coefficient: 1 },
      { name: "causal_lm.1", coefficient: 0.25 },
    ]);
    const { outputs } = run(bundle, bundle.programs.evaluate, { ids, mask });
    expect([numbersOf(outputs["weight.0"]), numbersOf(outputs["weight.1"])]).toEqual([[5], [7]]);
  });

  it("takes sums, differences and multiples of means, and prepared fields", () => {
    const declarations = `
      objective odd() {
        fn prepare(ids: i32[B, T]) -> { ids: i32[B, T] } = { ids = (ids + 1) % ${V} }
        fn loss(logits: [B, T, V], ids: i32[B, T], other: [B, T]? = none) -> mean {
          a = cross_entropy(logits, ids)
          b = mean(logits ** 2)
          return (2 * a - b / 4) * 3
        }
      }`;
    const bundle = termsOf("odd()", declarations);
    expect(bundle.terms.map(({ coefficient }) => coefficient)).toEqual([6, -0.75]);
    expect(bundle.programs.loss!.inputs.map(({ name }) => name)).toEqual(["ids"]);
    const { outputs } = run(bundle, bundle.programs.loss, { ids });
    expect(numbersOf(outputs["weight.1"])).toEqual([micro * T * V]);
    // Both the model and the loss read the prepared ids.
    const table = contentsOf(bundle)["tok.weight"]!;
    const squares = [...ids.data].flatMap((id) => {
      const row = ((id + 1) % V) * V;
      return table.slice(row, row + V).map((x) => x ** 2);
    });
    const sum = squares.reduce((total, x) => total + x, 0);
    expect(numbersOf(outputs["numerator.1"])[0]).toBeCloseTo(sum, 10);
  });
});

describe("optimizer state", () => {
  /** Factored second moments (Adafactor's shape): rows and columns for matrices, all elements for the rest. */
  const declarations = `
    ${bigram.replace("fn forward", "shift: param[V] = zeros\n    fn forward").replace("= tok(ids)", "= tok(ids) + shift")}
    optimizer factored(lr: schedule) {
      r: state[R] = ones
      c: state[C] = zeros
      v: state[*S] = constant(0.5)
      fn update(p: [R, C], g: [R, C], t: i32[]) -> [R, C] {
        r = r + mean(g, axis = 1)
        c = c + mean(g, axis = 0)
        return p - lr(t) * (r[:, none] + c)
      }
      fn update(p: [*S], g: [*S], t: i32[]) -> [*S] {
        v = v + g
        return p - lr(t) * v
      }
    }`;

  it("has the shapes that the fitting `update` binds, and their first values", () => {
    const source = programOf({ declarations, model: "Bigram(V = chars.vocab)", optimizer: "factored(lr = 1.0)" });
    const bundle = lowerSource(source, "run", facts);
    const states = bundle.tensors.filter(({ role }) => role === "state");
    expect(states.map(({ path, type }) => [path, type.shape])).toEqual([
      ["optimizer/r/tok.weight", [V]],
      ["optimizer/c/tok.weight", [V]],
      ["optimizer/v/shift", [V]],
    ]);
    const first = run(bundle, bundle.programs.init, { seed: scalar("u32", 1) }).updates;
    expect(states.map(({ id }) => numbersOf(first.get(id))[0])).toEqual([1, 0, 0.5]);
    const { updates } = run(bundle, bundle.programs.update, { step: scalar("i32", 1), total: scalar("f32", 10) });
    const before = contentsOf(bundle);
    const v = numbersOf(updates.get(states[2]!.id));
    v.forEach((value, i) => {
      expect(value).toBeCloseTo(before["optimizer/v/shift"]![i]! + before["gradient/shift"]![i]!, 10);
    });
  });
});

describe("first values", () => {
  const bundle = lowerSource(
    programOf({ declarations: bigram, model: "Bigram(V = chars.vocab)" }).replaceAll(
      "Embedding(V, V)",
      "Embedding(V, V, std = 0.5)",
    ),
    "run",
    new Map([["chars.vocab", 40]]),
  );
  const draw = (seed: number) =>
    numbersOf(run(bundle, bundle.programs.init, { seed: scalar("u32", seed) }).updates.get(bundle.tensors[0]!.id));

  it("are normal with the given deviation, and change with the seed", () => {
    const numbers = draw(1);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
    // 1,600 numbers: standard errors 0.0125 and 0.0088.
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan(0.04);
    expect(draw(1)).toEqual(numbers);
    expect(draw(2)).not.toEqual(numbers);
  });

  it("need the seed only", () => {
    expect(bundle.programs.init!.inputs.map(({ name }) => name)).toEqual(["seed"]);
  });
});

describe("random numbers", () => {
  const declarations = bigram
    .replace("tok = ", "drop = Dropout(0.4)  again = Dropout(0.4)\n    tok = ")
    .replace("= tok(ids)", "= again(drop(drop(tok(ids))))");
  const bundle = lowerSource(programOf({ declarations, model: "Bigram(V = chars.vocab)" }), "run", facts);
  const draws = bundle.programs.loss!.values.filter(({ op }) => op.kind === "random");

  it("are drawn in training only", () => {
    expect(bundle.programs.loss!.inputs.map(({ name }) => name).sort()).toEqual([
      "ids",
      "mask",
      "sample",
      "seed",
      "step",
    ]);
    expect(bundle.programs.evaluate!.inputs.map(({ name }) => name)).toEqual(["ids", "mask"]);
  });

  it("have a stream for each draw", () => {
    const streams = draws.map(({ op }) => (op.kind === "random" ? op.stream : null));
    expect(new Set(streams).size).toBe(3);
  });

  it("depend on a sequence's number, not on its place in the micro-batch", () => {
    const at = (sample: number) => {
      const graph = { ...bundle.programs.loss!, outputs: [{ name: "draw", value: draws[0]!.id }] };
      const inputs = { ids, mask, seed: scalar("u32", 3), step: scalar("i32", 2), sample: scalar("i32", sample) };
      return numbersOf(run(bundle, graph, inputs).outputs.draw);
    };
    expect(at(6).slice(T * V)).toEqual(at(7).slice(0, T * V));
    expect(at(6).slice(0, T * V)).not.toEqual(at(7).slice(0, T * V));
  });

  const noisyModel = (pattern: string, back: string) => `
    fn noisy(x: [*S]) -> [*S] = x + rand_like(x)
    model Bigram(V: dim) {
      tok = Embedding(V, V)
      fn forward(ids: i32[B, T]) -> [B, T, V] = tok(ids) |> rearrange("${pattern}") |> noisy |> rearrange("${back}", b = B)
    }`;

  it("follow the sequences to another axis", () => {
    const model = noisyModel("b t v -> t v b", "t v b -> b t v");
    const lowered = lowerSource(programOf({ declarations: model, model: "Bigram(V = chars.vocab)" }), "run", facts);
    const { values } = lowered.programs.loss!;
    const random = values.find(({ op }) => op.kind === "random")!;
    expect(random.type.shape).toEqual([micro, T, V]);
    expect(random.op.kind === "random" && random.op.sample).not.toBeNull();
  });

  it("are refused where sequences are mixed", () => {
    const model = noisyModel("b t v -> (t b) v", "(t b) v -> b t v");
    const source = programOf({ declarations: model, model: "Bigram(V = chars.vocab)" });
    expect(() => lowerSource(source, "run", facts)).toThrow(/E0900: random numbers/);
  });
});

describe("generation", () => {
  it("gives the logits at one position", () => {
    const source = programOf({ declarations: bigram, model: "Bigram(V = chars.vocab)" });
    const bundle = lowerSource(source, "sample", facts);
    expect(bundle.tensors.map(({ path }) => path)).toEqual(["tok.weight"]);
    const inputs = { ids: tensor("i32", [1, T], [1, 2, 3, 0]), last: tensor("i32", [1], [2]) };
    const { logits } = run(bundle, bundle.programs.prefill, inputs).outputs;
    expect(logits!.shape).toEqual([1, V]);
    expect(numbersOf(logits)).toEqual(contentsOf(bundle)["tok.weight"]!.slice(3 * V, 4 * V));
  });

  it("takes the output called logits of a model with several", () => {
    const two = `
      model Two(V: dim) {
        tok = Embedding(V, V)
        fn forward(ids: i32[B, T]) -> { logits: [B, T, V], hidden: [B, T, V] } {
          x = tok(ids)
          return { hidden = x, logits = 2 * x }
        }
      }`;
    const bundle = lowerSource(programOf({ declarations: two, model: "Two(V = chars.vocab)" }), "sample", facts);
    const inputs = { ids: tensor("i32", [1, T], [0, 0, 0, 0]), last: tensor("i32", [1], [0]) };
    const { logits } = run(bundle, bundle.programs.prefill, inputs).outputs;
    expect(numbersOf(logits)[0]).toBeCloseTo(2 * contentsOf(bundle)["tok.weight"]![0]!, 10);
  });
});
