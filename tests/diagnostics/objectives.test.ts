/** An objective against model, data and tokenizer: E0401, E0402, E0404. Source and message together, as people see them. */
import { describe, expect, test } from "vitest";
import { messages } from "../unit/2-check/checker.ts";

const program = `use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`;

describe("objectives", () => {
  test("E0401: an output of the wrong shape", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, V] where S <= T = (tok(ids) + pos(iota(S)))[:, -1] @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0401]: causal_lm needs \`logits\` [B, T, V]; model \`Tiny\` yields [B, chars.vocab]
        --> program.llm:10:78
         |
      10 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |                                                                              ^^^^^^^^^^^ does not fit
        ::: std/objectives.llm:6:11
         |
       6 |   fn loss(logits: [B, T, V], ids: i32[B, T], mask: bool[B, T]) -> mean {
         |           ----------------- asked for here
      "
    `);
  });

  test("E0401: an output that the model does not have", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> { hidden: [B, S, D] } where S <= T {
    return { hidden = tok(ids) + pos(iota(S)) }
  }
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0401]: causal_lm needs \`logits\`; model \`Tiny\` yields \`hidden\` [B, 32, 64]
        --> program.llm:12:78
         |
      12 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |                                                                              ^^^^^^^^^^^ no such output
        ::: std/objectives.llm:6:11
         |
       6 |   fn loss(logits: [B, T, V], ids: i32[B, T], mask: bool[B, T]) -> mean {
         |           ----------------- asked for here
      "
    `);
  });

  test("E0402: fields that the data does not yield", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
objective next(w: float) {
  fn loss(logits: [B, T, V], is_next: bool[B]) -> mean = w * mean(logits[:, 0, 0], weight = is_next)
}
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = next(w = 2.0)  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0402]: next reads \`is_next\`, which neither model \`Tiny\` nor data \`letters\` yields
        --> program.llm:13:78
         |
      10 |   fn loss(logits: [B, T, V], is_next: bool[B]) -> mean = w * mean(logits[:, 0, 0], weight = is_next)
         |                              ---------------- asked for here
      ...
      13 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = next(w = 2.0)  optimizer = adamw(lr = 1e-3)
         |                                                                              ^^^^^^^^^^^^^ outputs: logits; fields: ids, mask
      "
    `);
  });

  test("E0402: a field that the model reads", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S], document: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + tok(document) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0402]: model \`Tiny\` reads \`document\`, which data \`letters\` does not yield
        --> program.llm:10:57
         |
       5 |   fn forward(ids: i32[B, S], document: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + tok(document) + pos(iota(S))) @ tok.weight.T
         |                              -------- asked for here
      ...
      10 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |                                                         ^^^^^^^ yields ids, mask
         = help: fields of packed and padded data are not in this version
      "
    `);
  });

  test("E0404: fewer logits than tokens", () => {
    const text = program.replace("V = chars.vocab", "V = 60");
    expect(messages(text, { facts: new Map([["chars.vocab", 60]]) })).toBe("");
    expect(messages(text, { facts: new Map([["chars.vocab", 65]]) })).toMatchInlineSnapshot(`
      "error[E0404]: the model has 60 logits, tokenizer \`chars\` has 65 tokens
        --> program.llm:10:11
         |
      10 |   model = Tiny(V = 60, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ too few
         = help: take it from the tokenizer: V = chars.vocab
      "
    `);
  });
});
