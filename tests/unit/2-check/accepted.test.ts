/** What the checker accepts, phase 3 can lower: programs damaged in one place are refused or compile, and never crash. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lower } from "../../../src/3-lower/lower.ts";
import { DiagnosticError } from "../../../src/diagnostics/report.ts";
import { verifyGraph } from "../../../src/ir/rules/verify.ts";
import { check, repository } from "./checker.ts";

/** Attention, slices, einops, einsum, an objective and a layer of the program's own. */
const features = `use std.{Linear, Embedding, LayerNorm, Dropout, adamw, warmup_cosine}

layer Attention(D: dim, H: dim, p: float = 0.0) where D % H == 0 {
  K    = D // H
  qkv  = Linear(D, 3 * D)
  out  = Linear(D, D)
  drop = Dropout(p)
  gain: param[H, K]? = ones

  fn forward(x: [B, T, D]) -> [B, T, D] where T >= 2 {
    q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
    q = q * (gain or 1)[:, none, :]
    s: [B, H, T, T] = q @ k.T / sqrt(K)
    a = softmax(s + causal_mask(T), axis = -1)
    y = drop(a) @ v |> rearrange("b h t k -> b t (h k)") |> out
    first = y[:, 0]
    rest = y[:, 1:, :]
    m = mean(rest, axis = -1, keep = true)
    z = concat([first[:, none, :], rest - m], axis = 1)
    return if training and p > 0 then z else y
  }
}

model Tiny(V: dim, T: dim, D: dim, H: dim, L: int) {
  tok    = Embedding(V, D)
  pos: param[T, D] = normal(0.02)
  blocks = [Attention(D, H) for i in 0..L]
  ln     = LayerNorm(D)

  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T, S >= 2 {
    x = tok(ids) + pos[:S]
    for block in blocks { x = x + block(ln(x)) }
    h = einsum("b s d, v d -> b s v", x, tok.weight)
    return h + sum(h, axis = V, keep = true) * 0.001
  }
}

objective weighted(w: float = 0.5) {
  fn loss(logits: [B, T, V], ids: i32[B, T], mask: bool[B, T]) -> mean where T >= 2 {
    ce = cross_entropy(logits[:, :-1], ids[:, 1:], weight = mask[:, 1:])
    return w * ce + (1 - w) * mean(logits ** 2, weight = f32(mask)[..., none])
  }
}

tokenizer chars { kind = char_level()  fit = "corpus.txt" }
data corpus { source = text("corpus.txt")  tokenizer = chars  window = 8  split = { train = 90%, val = 10% } }

train tiny {
  model     = Tiny(V = chars.vocab, T = 8, D = 8, H = 2, L = 2)
  data      = corpus
  objective = weighted()
  optimizer = adamw(lr = warmup_cosine(3e-3, warmup = 10 steps), betas = (0.9, 0.99), decay = 0.1)
  batch     = 8   micro = 4   clip = 1.0
  until     = 60 steps
}
`;

const texts = [
  features,
  readFileSync(join(repository, "tests/golden/char-gpt/program.llm"), "utf8"),
  readFileSync(join(repository, "examples/own-layer.llm"), "utf8"),
];

/** Lowers every job that can be; a message for the user is an answer too. */
function lowerAll(text: string): "refused" | "lowered" {
  const { program } = check(text);
  if (program === null) return "refused";
  const facts = new Map([...program.jobs.keys()].map((name) => [`${name}.vocab`, 11]));
  for (const [name, job] of program.jobs) {
    if (job.kind !== "train" && job.kind !== "generate") continue;
    try {
      const bundle = lower(program, name, facts);
      for (const graph of Object.values(bundle.programs)) verifyGraph(graph, bundle.tensors, "lower");
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
  return "lowered";
}

describe("what is accepted", () => {
  test.each(texts)("is lowered as it stands (%#)", (text) => {
    expect(lowerAll(text)).toBe("lowered");
  });

  const token = /[A-Za-z_]\w*|\d[\w.]*|"[^"\n]*"|\*\*|\/\/|\|>|->|\S/g;
  const others = [
    "",
    "D",
    "H",
    "T",
    "V",
    "S",
    "x",
    "0",
    "1",
    "2",
    "-1",
    "0.5",
    "none",
    "true",
    "+",
    "*",
    "@",
    "/",
    ".T",
    ":",
  ];

  test("is lowered with any token replaced by another", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.oneof(fc.constantFrom(...others), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        (text, where, change) => {
          const tokens = [...text.matchAll(token)];
          const at = (share: number) => tokens[Math.floor(share * tokens.length)];
          const chosen = at(where);
          const replacement = typeof change === "string" ? change : at(change)?.[0];
          if (chosen === undefined || replacement === undefined) return;
          lowerAll(text.slice(0, chosen.index) + replacement + text.slice(chosen.index + chosen[0].length));
        },
      ),
      { numRuns: 200 },
    );
  });
});
