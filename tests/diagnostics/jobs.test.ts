/** Fields of jobs: E0103, E0104, E0105, E0108, E0109, E0405, E0408, E0409, E0900. Source and message together, as people see them. */
import { describe, expect, test } from "vitest";
import { messages, setting } from "../unit/2-check/checker.ts";

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

describe("jobs", () => {
  test("E0103: names of other tools, and misspelt ones", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  steps = 5000  bacth = 3  until = 100 steps  lr = 3e-4
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0103]: train has no field \`steps\`; training length is \`until = 5000 steps\`
        --> program.llm:11:15
         |
      11 |   batch = 16  steps = 5000  bacth = 3  until = 100 steps  lr = 3e-4
         |               ^^^^^ no such field
         = help: fields of train: model, data, objective, optimizer, batch, micro, clip, until, evaluate, save, log, seed, precision, init, tune

      error[E0103]: train has no field \`bacth\`; did you mean \`batch\`?
        --> program.llm:11:29
         |
      11 |   batch = 16  steps = 5000  bacth = 3  until = 100 steps  lr = 3e-4
         |                             ^^^^^ no such field
         = help: fields of train: model, data, objective, optimizer, batch, micro, clip, until, evaluate, save, log, seed, precision, init, tune

      error[E0103]: train has no field \`lr\`; the learning rate is the optimizer's: \`optimizer = adamw(lr = 3e-4)\`
        --> program.llm:11:59
         |
      11 |   batch = 16  steps = 5000  bacth = 3  until = 100 steps  lr = 3e-4
         |                                                           ^^ no such field
         = help: fields of train: model, data, objective, optimizer, batch, micro, clip, until, evaluate, save, log, seed, precision, init, tune
      "
    `);
  });

  test("E0103: members of jobs", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
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
generate sample { model = tiny.bset  until = 3 tokens }
`),
    ).toMatchInlineSnapshot(`
      "error[E0103]: train \`tiny\` has no \`bset\`; did you mean \`best\`?
        --> program.llm:13:32
         |
      13 | generate sample { model = tiny.bset  until = 3 tokens }
         |                                ^^^^ not found
         = help: it has \`best\`, \`last\`, \`merged\` and its fields
      "
    `);
  });

  test("E0104: what a job needs", () => {
    expect(
      messages(`tokenizer chars { kind = char_level() }
train tiny { batch = 3 }
`),
    ).toMatchInlineSnapshot(`
      "error[E0104]: tokenizer \`chars\` needs \`fit\` (has kind)
       --> program.llm:1:11
        |
      1 | tokenizer chars { kind = char_level() }
        |           ^^^^^ no \`fit\`

      error[E0104]: train \`tiny\` needs \`model\`, \`data\`, \`objective\`, \`optimizer\` and \`until\` (has batch)
       --> program.llm:2:7
        |
      2 | train tiny { batch = 3 }
        |       ^^^^ no \`model\`, no \`data\`, no \`objective\`, no \`optimizer\`, no \`until\`
      "
    `);
  });

  test("E0105: a field set twice", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  batch = 32  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0105]: \`batch\` is already set
        --> program.llm:11:15
         |
      11 |   batch = 16  batch = 32  until = 100 steps
         |               ^^^^^ set again
         |   ----- set first
      "
    `);
  });

  test("E0108: values of the wrong kind", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = "text.txt"  tokenizer = chars  window = 32.5  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = warmup_cosine(1e-3, warmup = "100"))
  batch = 16  until = 10  evaluate = every(3, [loss])  init = "x"
}
generate sample { model = tiny  prompt = 3  decode = greedy()  until = 3 steps }
`),
    ).toMatchInlineSnapshot(`
      "error[E0108]: source expects a kind of source, got the string "text.txt": write text(…)
       --> program.llm:8:25
        |
      8 | data letters { source = "text.txt"  tokenizer = chars  window = 32.5  split = { train = 90%, val = 10% } }
        |                         ^^^^^^^^^^ expected a kind of source

      error[E0108]: window expects a whole number, got the number 32.5
       --> program.llm:8:65
        |
      8 | data letters { source = "text.txt"  tokenizer = chars  window = 32.5  split = { train = 90%, val = 10% } }
        |                                                                 ^^^^ expected a whole number

      error[E0108]: \`warmup\` expects a duration (100 steps, 3%), got the string "100"
        --> program.llm:10:143
         |
      10 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = warmup_cosine(1e-3, warmup = "100"))
         |                                                                                                                                               ^^^^^ expected a duration (100 steps, 3%)

      error[E0108]: until expects a length (5000 steps, 3 epochs, 2 hours) or stalled(…), got the number 10
        --> program.llm:11:23
         |
      11 |   batch = 16  until = 10  evaluate = every(3, [loss])  init = "x"
         |                       ^^ expected a length (5000 steps, 3 epochs, 2 hours) or stalled(…)

      error[E0108]: every expects a duration (100 steps, 3%), got the number 3
        --> program.llm:11:44
         |
      11 |   batch = 16  until = 10  evaluate = every(3, [loss])  init = "x"
         |                                            ^ expected a duration (100 steps, 3%)

      error[E0108]: init expects one of \`load(…)\`, got the string "x"
        --> program.llm:11:63
         |
      11 |   batch = 16  until = 10  evaluate = every(3, [loss])  init = "x"
         |                                                               ^^^ expected one of \`load(…)\`

      error[E0108]: model expects a checkpoint of a train job (\`pretrain.best\`, \`pretrain.last\`), got \`tiny\`
        --> program.llm:13:27
         |
      13 | generate sample { model = tiny  prompt = 3  decode = greedy()  until = 3 steps }
         |                           ^^^^ expected a checkpoint of a train job (\`pretrain.best\`, \`pretrain.last\`)

      error[E0108]: prompt expects a string, got the number 3
        --> program.llm:13:42
         |
      13 | generate sample { model = tiny  prompt = 3  decode = greedy()  until = 3 steps }
         |                                          ^ expected a string

      error[E0108]: decode expects one of \`argmax(…)\`, \`temperature(…)\`, \`top_k(…)\`, \`top_p(…)\`, got \`greedy\`
        --> program.llm:13:54
         |
      13 | generate sample { model = tiny  prompt = 3  decode = greedy()  until = 3 steps }
         |                                                      ^^^^^^^^ expected one of \`argmax(…)\`, \`temperature(…)\`, \`top_k(…)\`, \`top_p(…)\`

      error[E0108]: until expects a number of tokens (400 tokens), got 3 steps
        --> program.llm:13:72
         |
      13 | generate sample { model = tiny  prompt = 3  decode = greedy()  until = 3 steps }
         |                                                                        ^^^^^^^ expected a number of tokens (400 tokens)
      "
    `);
  });

  test("E0108: a schedule that cannot know its end", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = warmup_cosine(1e-3))
  batch = 16  until = 2 hours
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0108]: \`warmup_cosine\` needs the length of the run, which this \`until\` does not tell
        --> program.llm:11:23
         |
      11 |   batch = 16  until = 2 hours
         |                       ^^^^^^^ cannot be counted in steps
         = help: add a countable bound: \`until = 2 hours or 10000 steps\`
      "
    `);
  });

  test("E0109: out of range", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 20% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 0  until = 100 steps  clip = -1  seed = -1  save = every(10 steps, keep = 0)
}
generate sample { model = tiny.best  decode = top_p(1.5)  context = slide(0)  until = 3 tokens }
`),
    ).toMatchInlineSnapshot(`
      "error[E0109]: the parts of a split must not exceed 100%, got 110%
       --> program.llm:8:83
        |
      8 | data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 20% } }
        |                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^ this split

      error[E0109]: batch must be at least 1, got 0
        --> program.llm:11:11
         |
      11 |   batch = 0  until = 100 steps  clip = -1  seed = -1  save = every(10 steps, keep = 0)
         |           ^ out of range

      error[E0109]: clip must be above 0, got -1
        --> program.llm:11:40
         |
      11 |   batch = 0  until = 100 steps  clip = -1  seed = -1  save = every(10 steps, keep = 0)
         |                                        ^^ out of range

      error[E0109]: seed must be in [0, 4294967295], got -1
        --> program.llm:11:51
         |
      11 |   batch = 0  until = 100 steps  clip = -1  seed = -1  save = every(10 steps, keep = 0)
         |                                                   ^^ out of range

      error[E0109]: keep must be at least 1, got 0
        --> program.llm:11:85
         |
      11 |   batch = 0  until = 100 steps  clip = -1  seed = -1  save = every(10 steps, keep = 0)
         |                                                                                     ^ out of range

      error[E0109]: top_p must be in (0, 1], got 1.5
        --> program.llm:13:53
         |
      13 | generate sample { model = tiny.best  decode = top_p(1.5)  context = slide(0)  until = 3 tokens }
         |                                                     ^^^ out of range

      error[E0109]: slide must be at least 1, got 0
        --> program.llm:13:75
         |
      13 | generate sample { model = tiny.best  decode = top_p(1.5)  context = slide(0)  until = 3 tokens }
         |                                                                           ^ out of range
      "
    `);
  });

  test("E0109: by a declaration's own facts", () => {
    expect(
      messages(`use std.{Dropout, Embedding, adamw, causal_lm}
model Tiny(V: dim, D: dim, p: float) where p <= 0.5 {
  tok  = Embedding(V, D)
  drop = Dropout(2 * p)
  fn forward(ids: i32[B, S]) -> [B, S, V] = drop(tok(ids)) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32 }
train tiny {
  model = Tiny(V = chars.vocab, D = 64, p = 0.5)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0109]: \`Dropout\` asks for p < 1, got p = 1
        --> program.llm:4:10
         |
       4 |   drop = Dropout(2 * p)
         |          ^^^^^^^^^^^^^^ p = 1
      ...
      10 |   model = Tiny(V = chars.vocab, D = 64, p = 0.5)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |           -------------------------------------- with these numbers
        ::: std/layers.llm:38:39
         |
      38 | layer Dropout(p: float) where p >= 0, p < 1 {
         |                                       ----- \`Dropout\` asks for this
      "
    `);
  });

  test("E0402: evaluation without a split", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32 }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps  evaluate = every(10 steps)
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0402]: train \`tiny\` evaluates on \`val\`, which data \`letters\` does not have
        --> program.llm:11:45
         |
       8 | data letters { source = text("text.txt")  tokenizer = chars  window = 32 }
         |      ------- no \`split\`
      ...
      11 |   batch = 16  until = 100 steps  evaluate = every(10 steps)
         |                                             ^^^^^^^^^^^^^^^ reads \`val\`
         = help: add to \`letters\`: split = { train = 90%, val = 10% }
      "
    `);
  });

  test("E0405: window and context", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 64  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0405]: data \`letters\` yields windows of 64 tokens; model \`Tiny\` takes at most T = 32
        --> program.llm:10:11
         |
       8 | data letters { source = text("text.txt")  tokenizer = chars  window = 64  split = { train = 90%, val = 10% } }
         |                                                                       -- window = 64
       9 | train tiny {
      10 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ T = 32
         = help: give the model the window's length, or the data the model's: T = letters.window
      "
    `);
  });

  test("E0408: batch and micro", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 64  micro = 12  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0408]: batch 64 is not micro 12 × n; nearest: 60, 72
        --> program.llm:11:23
         |
      11 |   batch = 64  micro = 12  until = 100 steps
         |                       ^^ does not divide 64
         = help: or a micro that divides 64: 8, 16
      "
    `);
  });

  test("E0409: warm-up and run", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = warmup_cosine(1e-3, warmup = 100 steps))
  batch = 16  until = 50 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0409]: a warm-up of 100 steps is not shorter than the run of 50 steps
        --> program.llm:10:143
         |
      10 |   model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = warmup_cosine(1e-3, warmup = 100 steps))
         |                                                                                                                                               ^^^^^^^^^ the learning rate would never reach its peak
         = help: a tenth of the run is 5 steps, or \`warmup = 10%\`
      "
    `);
  });

  test("E0900: kinds, fields and values of later versions", () => {
    expect(
      messages(`use std.{Embedding, adamw, warmup_cosine, causal_lm}
model Tiny(V: dim, T: dim, D: dim) {
  tok = Embedding(V, D)
  pos = Embedding(T, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = (tok(ids) + pos(iota(S))) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 32  split = { train = 90%, val = 10% } }
train tiny {
  model = Tiny(V = chars.vocab, T = 32, D = 64)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps  tune = lora(rank = 3)  precision = mixed(f16)  log = [tensorboard()]  plan = p
}
plan p { devices = 8 }
evaluate e { data = letters }
generate g { model = tiny.best  decode = beam(4)  until = 3 tokens }
`),
    ).toMatchInlineSnapshot(`
      "error[E0900]: LoRA is not supported by this version of llmc
        --> program.llm:11:41
         |
      11 |   batch = 16  until = 100 steps  tune = lora(rank = 3)  precision = mixed(f16)  log = [tensorboard()]  plan = p
         |                                         ^^^^^^^^^^^^^^ not supported yet

      error[E0900]: mixed precision is not supported by this version of llmc
        --> program.llm:11:69
         |
      11 |   batch = 16  until = 100 steps  tune = lora(rank = 3)  precision = mixed(f16)  log = [tensorboard()]  plan = p
         |                                                                     ^^^^^^^^^^ not supported yet
         = help: \`precision = f32\` is, or on the command line: --set tiny.precision=f32

      error[E0900]: the TensorBoard log is not supported by this version of llmc
        --> program.llm:11:88
         |
      11 |   batch = 16  until = 100 steps  tune = lora(rank = 3)  precision = mixed(f16)  log = [tensorboard()]  plan = p
         |                                                                                        ^^^^^^^^^^^^^ not supported yet
         = help: \`log = [jsonl()]\` writes metrics.jsonl

      error[E0900]: a device plan is not supported by this version of llmc
        --> program.llm:11:104
         |
      11 |   batch = 16  until = 100 steps  tune = lora(rank = 3)  precision = mixed(f16)  log = [tensorboard()]  plan = p
         |                                                                                                        ^^^^ not supported yet

      error[E0900]: \`plan\` is not supported by this version of llmc
        --> program.llm:13:1
         |
      13 | plan p { devices = 8 }
         | ^^^^ not supported yet

      error[E0900]: \`evaluate\` is not supported by this version of llmc
        --> program.llm:14:1
         |
      14 | evaluate e { data = letters }
         | ^^^^^^^^ not supported yet

      error[E0900]: beam search is not supported by this version of llmc
        --> program.llm:15:42
         |
      15 | generate g { model = tiny.best  decode = beam(4)  until = 3 tokens }
         |                                          ^^^^^^^ not supported yet
      "
    `);
  });

  test("--set: names, kinds and places", () => {
    const sets = ["tyni.batch=3", "W=3", "tiny.clip=(1"].map(setting);
    expect(messages(program, { sets })).toMatchInlineSnapshot(`
      "error[E0102]: --set: nothing called \`tyni\` can be set; did you mean \`tiny\`?
       --> <--set 1>:1:1
        |
      1 | 3
        | ^ for \`tyni\`
        = help: a value of the file is set by its name, a field of a job by \`job.field\`

      error[E0102]: --set: nothing called \`W\` can be set
       --> <--set 2>:1:1
        |
      1 | 3
        | ^ for \`W\`
        = help: a value of the file is set by its name, a field of a job by \`job.field\`

      error[E0003]: this \`(\` at 1:1 is never closed; the file ends
       --> <--set 3>:1:1
        |
      1 | (1
        | ^ never closed
        = help: add \`)\`
      "
    `);
  });

  test("--set: fields and values", () => {
    const sets = ["tiny.batch=three", "tiny.bacth=3", "letters.window=64"].map(setting);
    expect(messages(program, { sets })).toMatchInlineSnapshot(`
      "error[E0102]: nothing called \`three\` is in scope
       --> <--set 1>:1:1
        |
      1 | three
        | ^^^^^ not found

      error[E0103]: train has no field \`bacth\`; did you mean \`batch\`?
       --> <--set 2>:1:1
        |
      1 | 3
        | ^ no such field
        = help: fields of train: model, data, objective, optimizer, batch, micro, clip, until, evaluate, save, log, seed, precision, init, tune
      "
    `);
  });

  test("E0104, E0900: ends by measures", () => {
    const text = program.replace("until = 100 steps", "until = 100 steps or stalled(val.loss, patience = 3)");
    expect(messages(text)).toMatchInlineSnapshot(`
      "error[E0104]: train \`tiny\` needs \`evaluate\`: it ends by a measure that nothing takes
        --> program.llm:11:23
         |
      11 |   batch = 16  until = 100 steps or stalled(val.loss, patience = 3)
         |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ by \`val\`
         = help: add: evaluate = every(250 steps, [loss])
      "
    `);
    expect(messages(text.replace("val.loss", "mlm.loss"))).toMatchInlineSnapshot(`
      "error[E0900]: stopping on \`mlm.loss\` is not supported by this version of llmc
        --> program.llm:11:44
         |
      11 |   batch = 16  until = 100 steps or stalled(mlm.loss, patience = 3)
         |                                            ^^^^^^^^ not supported yet
         = help: \`stalled(val.loss, …)\` is
      "
    `);
  });
});
