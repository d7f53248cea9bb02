/** Shapes: E0201 to E0212, W0213, E0301. Source and message together, as people see them. */
import { describe, expect, test } from "vitest";
import { messages } from "../unit/2-check/checker.ts";

describe("shapes", () => {
  test("E0201: with the numbers of the model that reaches it", () => {
    expect(
      messages(`use std.{Linear, Embedding, adamw, causal_lm}
layer Attention(D: dim, H: dim) where D % H == 0 {
  K   = D // H
  qkv = Linear(D, 3 * D)
  out = Linear(D, D)
  fn forward(x: [B, T, D]) -> [B, T, D] {
    q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
    s: [B, H, T, T] = q @ k / sqrt(K)
    return softmax(s) @ v |> rearrange("b h t k -> b t (h k)") |> out
  }
}
model Tiny(V: dim, D: dim, H: dim) {
  tok  = Embedding(V, D)
  attn = Attention(D, H)
  fn forward(ids: i32[B, S]) -> [B, S, V] = attn(tok(ids)) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 256 }
train tiny {
  model = Tiny(V = chars.vocab, D = 384, H = 6)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0201]: \`@\` contracts K with T, but K = 64 and T = 256
       --> program.llm:8:23
        |
      7 |     q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
        |        - k: [B, H, T, K]
        |     - q: [B, H, T, K]
      8 |     s: [B, H, T, T] = q @ k / sqrt(K)
        |                       ^^^^^ left [B, H, T, K], right [B, H, T, K]
        = with H = 6, T = 256, D = 384, K = D // H = 64   (from \`model\` at 20:3)
        = help: \`q @ k.T\` gives [B, H, T, T]
      "
    `);
  });

  test("E0201: for all sizes", () => {
    expect(
      messages(`fn f(q: [B, T, K], k: [B, T, K]) -> [B, T, T] = q @ k
fn g(x: [*S], w: [D, D]) -> [*S] = x @ w
fn h(x: [D], y: []) -> [D] = x @ y
`),
    ).toMatchInlineSnapshot(`
      "error[E0201]: \`@\` contracts K with T, which need not be equal (K = 2, T = 1)
       --> program.llm:1:49
        |
      1 | fn f(q: [B, T, K], k: [B, T, K]) -> [B, T, T] = q @ k
        |                                                 ^^^^^ left [B, T, K], right [B, T, K]
        |                    - k: [B, T, K]
        |      - q: [B, T, K]
        = help: \`q @ k.T\` gives [B, T, T]

      error[E0201]: \`@\` wants known axes, got [*S] and [D, D]
       --> program.llm:2:36
        |
      2 | fn g(x: [*S], w: [D, D]) -> [*S] = x @ w
        |                                    ^^^^^ which axis is contracted?

      error[E0201]: \`@\` wants two tensors with axes, got [D] and []
       --> program.llm:3:30
        |
      3 | fn h(x: [D], y: []) -> [D] = x @ y
        |                              ^^^^^ a scalar has no axis to contract
        = help: \`*\` multiplies by a scalar
      "
    `);
  });

  test("E0202: broadcasting", () => {
    expect(
      messages(`fn f(x: [B, T, D], y: [B, D]) -> [B, T, D] = x + y
fn g(x: [T, D], y: [D, T]) -> [T, D] = x * y
fn h(x: [*S], y: [D]) -> [*S] = if x > 0 then x else y * y
fn p(a: [B, T], b: [T, B]) -> [B, T] = concat([a, b], axis = 0)
`),
    ).toMatchInlineSnapshot(`
      "error[E0202]: cannot add [B, T, D] and [B, D]: axis 2 from the right is T against B
       --> program.llm:1:46
        |
      1 | fn f(x: [B, T, D], y: [B, D]) -> [B, T, D] = x + y
        |                                              ^^^^^ [B, T, D] and [B, D]
        = help: insert an axis into [B, D]: \`x[:, none, :]\`

      error[E0202]: cannot multiply [T, D] and [D, T]: axis 1 from the right is D against T
       --> program.llm:2:40
        |
      2 | fn g(x: [T, D], y: [D, T]) -> [T, D] = x * y
        |                                        ^^^^^ [T, D] and [D, T]

      error[E0202]: cannot choose between [*S] and [D]: axis 1 from the right is *S against D
       --> program.llm:3:33
        |
      3 | fn h(x: [*S], y: [D]) -> [*S] = if x > 0 then x else y * y
        |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^ [*S] and [D]

      error[E0202]: cannot join [B, T] and [T, B] along axis 0
       --> program.llm:4:51
        |
      4 | fn p(a: [B, T], b: [T, B]) -> [B, T] = concat([a, b], axis = 0)
        |                                                   ^ all other axes must be equal
      "
    `);
  });

  test("E0203: arguments", () => {
    expect(
      messages(`use std.{Linear, gelu}
layer Perceptron(D: dim) {
  up   = Linear(D, 4 * D)
  down = Linear(4 * D, D)
  fn forward(x: [..., D]) -> [..., D] = x |> down |> gelu |> up
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0203]: down expects [..., 4 * D] (I = 4 * D) but gets [..., D]: does \`up\` come first?
       --> program.llm:5:41
        |
      5 |   fn forward(x: [..., D]) -> [..., D] = x |> down |> gelu |> up
        |                                         ^ [..., D]
      "
    `);
  });

  test("E0204: promises of results, bindings and states", () => {
    expect(
      messages(`use std.{Linear}
layer Widen(D: dim) {
  up = Linear(D, 4 * D)
  fn forward(x: [B, T, D]) -> [B, T, D] {
    y: [B, T, 2 * D] = up(x)
    return up(x)
  }
}
optimizer odd(lr: schedule) {
  m: state[*S] = zeros
  fn update(p: [*S], g: [*S], t: i32[]) -> [*S] {
    m = sum(g)
    return p - lr(t) * m
  }
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0204]: \`y\` is declared [B, T, 2 * D] but is [B, T, 4 * D]
       --> program.llm:5:24
        |
      5 |     y: [B, T, 2 * D] = up(x)
        |                        ^^^^^ [B, T, 4 * D]
        |        ------------- declared here

      error[E0204]: forward promises [B, T, D] but returns [B, T, 4 * D]
       --> program.llm:6:12
        |
      4 |   fn forward(x: [B, T, D]) -> [B, T, D] {
        |                               --------- promised here
      5 |     y: [B, T, 2 * D] = up(x)
      6 |     return up(x)
        |            ^^^^^ [B, T, 4 * D]

      error[E0204]: state \`m\` is [*S], but is set to []
        --> program.llm:12:9
         |
      12 |     m = sum(g)
         |         ^^^^^^ []
      "
    `);
  });

  test("E0205: einops", () => {
    expect(
      messages(`fn a(x: [B, T, D], H: dim) -> [B, T, D] where D % H == 0 = x |> rearrange("b t (h k) -> b t h d", h = H)
fn b(x: [B, T, D], H: dim) -> [B, T, D] where D % H == 0 = x |> rearrange("b t (h k) -> b h t k d", h = H)
fn c(x: [B, T, D], H: dim) -> [B, T, D] = x |> rearrange("b t (h k) -> b h t k", h = H)
fn d(x: [B, T, D]) -> [B, T, D] = x |> rearrange("b t (h k) -> b h t k")
fn e(x: [B, T]) -> [B, T] = x |> rearrange("b t d -> b d t")
fn f(x: [B, T]) -> [B, T] = x |> rearrange("b (t -> b t")
fn g(x: [B, T]) -> [B, T] = x |> rearrange("b t")
fn h(x: [B, T], y: [D, B]) -> [T, D] = einsum("b t, d c -> t d e", x, y)
`),
    ).toMatchInlineSnapshot(`
      "error[E0205]: axis \`k\` is missing on the right
       --> program.llm:1:83
        |
      1 | fn a(x: [B, T, D], H: dim) -> [B, T, D] where D % H == 0 = x |> rearrange("b t (h k) -> b t h d", h = H)
        |                                                                                   ^ gets lost
        = help: a reduction is written as one: \`sum(x, axis = …)\`

      error[E0205]: axis \`d\` is new on the right but has no size; pass d = …
       --> program.llm:2:97
        |
      2 | fn b(x: [B, T, D], H: dim) -> [B, T, D] where D % H == 0 = x |> rearrange("b t (h k) -> b h t k d", h = H)
        |                                                                                                 ^ not on the left

      error[E0205]: axis \`k\` would be D // H, which no fact shows to be exact
       --> program.llm:3:66
        |
      3 | fn c(x: [B, T, D], H: dim) -> [B, T, D] = x |> rearrange("b t (h k) -> b h t k", h = H)
        |                                                                  ^ size of \`k\`
        = help: state it: where D % H == 0

      error[E0205]: \`h\` and \`k\` share D, and neither has a size
       --> program.llm:4:58
        |
      4 | fn d(x: [B, T, D]) -> [B, T, D] = x |> rearrange("b t (h k) -> b h t k")
        |                                                          ^ one of them must be given
        = help: pass one: k = …

      error[E0205]: the left side names 3 axes, the tensor [B, T] has 2
       --> program.llm:5:45
        |
      5 | fn e(x: [B, T]) -> [B, T] = x |> rearrange("b t d -> b d t")
        |                                             ^^^^^ 3 axes

      error[E0205]: this \`(\` is never closed
       --> program.llm:6:47
        |
      6 | fn f(x: [B, T]) -> [B, T] = x |> rearrange("b (t -> b t")
        |                                               ^ no \`)\` after it

      error[E0205]: an einops pattern has a \`->\`
       --> program.llm:7:45
        |
      7 | fn g(x: [B, T]) -> [B, T] = x |> rearrange("b t")
        |                                             ^^^ no \`->\`

      error[E0205]: \`e\` is on no left side
       --> program.llm:8:64
        |
      8 | fn h(x: [B, T], y: [D, B]) -> [T, D] = einsum("b t, d c -> t d e", x, y)
        |                                                                ^ no size
      "
    `);
  });

  test("E0206: indexing", () => {
    expect(
      messages(`fn a(x: [B, T]) -> [B] = x[:, 0, 0]
fn b(x: [T, D], S: dim) -> [S, D] = x[:S]
fn c(x: [T, D]) -> [D] = x[1]
fn d(x: [..., D]) -> [D] = x[0]
fn e(x: [T, D]) -> [D] = x[0.5]
fn f(x: [T, D]) -> [T] = sum(x, axis = 2)
fn g(x: [D]) -> [D] = x.T
`),
    ).toMatchInlineSnapshot(`
      "error[E0206]: 3 indices for [B, T], which has 2
       --> program.llm:1:26
        |
      1 | fn a(x: [B, T]) -> [B] = x[:, 0, 0]
        |                          ^^^^^^^^^^ too many

      error[E0206]: the slice 0:S is not provably inside an axis of T
       --> program.llm:2:39
        |
      2 | fn b(x: [T, D], S: dim) -> [S, D] = x[:S]
        |                                       ^^ axis of T
        = help: a fact would show it: where S <= T

      error[E0206]: position 1 is not provably inside an axis of T
       --> program.llm:3:28
        |
      3 | fn c(x: [T, D]) -> [D] = x[1]
        |                            ^ axis of T

      error[E0206]: which axis of [..., D] this index is for is not known
       --> program.llm:4:30
        |
      4 | fn d(x: [..., D]) -> [D] = x[0]
        |                              ^ before it there may be any number of axes
        = help: start with \`...\` to count from the right

      error[E0206]: an index is a whole number, a slice, \`none\` or i32 positions, got the number 0.5
       --> program.llm:5:28
        |
      5 | fn e(x: [T, D]) -> [D] = x[0.5]
        |                            ^^^ not an index

      error[E0206]: axis 2 of [T, D], which has 2
       --> program.llm:6:40
        |
      6 | fn f(x: [T, D]) -> [T] = sum(x, axis = 2)
        |                                        ^ no such axis

      error[E0206]: \`.T\` swaps the last two axes; [D] has not two
       --> program.llm:7:25
        |
      7 | fn g(x: [D]) -> [D] = x.T
        |                         ^ [D]
      "
    `);
  });

  test("E0207: destructuring", () => {
    expect(
      messages(`fn f(x: [3, T]) -> [T] {
  a, b = x
  return a + b
}
fn g(p: (float, float), x: [T]) -> [T] {
  a, b, c = p
  return a * x
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0207]: 2 names for a leading axis of 3 in [3, T]
       --> program.llm:2:3
        |
      2 |   a, b = x
        |          - [3, T]
        |   ^^^^ 2 names

      error[E0207]: 3 names for 2 values
       --> program.llm:6:3
        |
      6 |   a, b, c = p
        |             - a tuple (a number, a number)
        |   ^^^^^^^ 3 names
      "
    `);
  });

  test("E0208: an axis that occurs twice", () => {
    expect(
      messages(`fn f(x: [T, T]) -> [T] = sum(x, axis = T)
`),
    ).toMatchInlineSnapshot(`
      "error[E0208]: axis T occurs 2 times in [T, T]
       --> program.llm:1:40
        |
      1 | fn f(x: [T, T]) -> [T] = sum(x, axis = T)
        |                                        ^ which of them?
        = help: write a position: axis = 0 or axis = -1
      "
    `);
  });

  test("E0209: a loop that changes a shape", () => {
    expect(
      messages(`use std.{Linear}
layer Stack(D: dim, L: int) {
  layers = [Linear(D, 2 * D) for i in 0..L]
  fn forward(x: [..., D]) -> [..., D] {
    for each in layers { x = each(x) }
    return x
  }
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0209]: \`x\` is [..., D] before the loop and [..., 2 * D] after one turn
       --> program.llm:5:30
        |
      5 |     for each in layers { x = each(x) }
        |                              ^^^^^^^ a loop keeps the shapes it carries
        = help: a tensor that changes takes another name; layers of different sizes are written one after the other
      "
    `);
  });

  test("E0210: facts, with the numbers", () => {
    expect(
      messages(`use std.{Linear, Embedding, adamw, causal_lm}
layer Heads(D: dim, H: dim) where D % H == 0 {
  out = Linear(D, D)
  fn forward(x: [B, T, D]) -> [B, T, D] = x |> rearrange("b t (h k) -> b h t k", h = H) |> rearrange("b h t k -> b t (h k)") |> out
}
fn half(x: [B, T, D]) -> [B, T, D // 2] = x[..., :D // 2]
model Tiny(V: dim, D: dim, H: dim) {
  tok   = Embedding(V, D)
  heads = Heads(D, H)
  head  = Linear(D // 2, V)
  fn forward(ids: i32[B, S]) -> [B, S, V] = head(half(heads(tok(ids))))
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 256 }
train tiny {
  model = Tiny(V = chars.vocab, D = 384, H = 5)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0210]: where D % H == 0 fails: 384 % 5 = 4
        --> program.llm:9:11
         |
       2 | layer Heads(D: dim, H: dim) where D % H == 0 {
         |                                   ---------- \`Heads\` asks for this
      ...
       9 |   heads = Heads(D, H)
         |           ^^^^^^^^^^^ D = 384, H = 5
      ...
      16 |   model = Tiny(V = chars.vocab, D = 384, H = 5)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |           ------------------------------------- with these numbers
         = help: values of H that divide 384: 1 2 3 4 6 8 12 16 …
      "
    `);
  });

  test("E0210: exact division inside a function, with the numbers", () => {
    expect(
      messages(`use std.{Linear, Embedding, adamw, causal_lm}
fn first_half(x: [B, T, D]) -> [B, T // 2, D] = x[:, :T // 2]
model Tiny(V: dim, D: dim) {
  tok = Embedding(V, D)
  fn forward(ids: i32[B, S]) -> [B, S, V] {
    h = first_half(tok(ids))
    return concat([h, h], axis = 1) @ tok.weight.T
  }
}
tokenizer chars { kind = char_level()  fit = "text.txt" }
data letters { source = text("text.txt")  tokenizer = chars  window = 33 }
train tiny {
  model = Tiny(V = chars.vocab, D = 8)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 16  until = 100 steps
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0210]: 33 // 2 is not exact: 33 % 2 = 1
        --> program.llm:2:36
         |
       2 | fn first_half(x: [B, T, D]) -> [B, T // 2, D] = x[:, :T // 2]
         |                                    ^^^^^^ T // 2
      ...
      13 |   model = Tiny(V = chars.vocab, D = 8)  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
         |   ----- with these numbers
      "
    `);
  });

  test("E0211: element types", () => {
    expect(
      messages(`use std.{Embedding}
layer A(V: dim, D: dim) {
  tok = Embedding(V, D)
  fn forward(x: [B, T]) -> [B, T, D] = tok(x)
}
fn a(x: [B, T], mask: bool[B, T]) -> [B, T] = x * mask
fn b(x: [T], i: i32[T]) -> [T] = x + i
fn c(i: i32[T]) -> [T] = exp(i)
fn d(x: [T]) -> [T] = if x then x else 0
fn e(x: [T], y: [T]) -> [T] = x[y]
`),
    ).toMatchInlineSnapshot(`
      "error[E0211]: tok wants i32[...] as \`ids\`, got float [B, T]
       --> program.llm:4:44
        |
      4 |   fn forward(x: [B, T]) -> [B, T, D] = tok(x)
        |                                            ^ [B, T]
        = help: \`i32(x)\` converts

      error[E0211]: cannot multiply [B, T] and bool[B, T]
       --> program.llm:6:47
        |
      6 | fn a(x: [B, T], mask: bool[B, T]) -> [B, T] = x * mask
        |                                               ^^^^^^^^ float and bool
        = help: \`f32(x)\` makes 1 of true and 0 of false

      error[E0211]: cannot add [T] and i32[T]
       --> program.llm:7:34
        |
      7 | fn b(x: [T], i: i32[T]) -> [T] = x + i
        |                                  ^^^^^ float and i32
        = help: \`f32(x)\` converts

      error[E0211]: \`exp\` wants floats, got i32[T]
       --> program.llm:8:30
        |
      8 | fn c(i: i32[T]) -> [T] = exp(i)
        |                              ^ i32
        = help: \`f32(x)\` converts

      error[E0211]: \`if\` expects a condition, got [T]
       --> program.llm:9:26
        |
      9 | fn d(x: [T]) -> [T] = if x then x else 0
        |                          ^ neither true nor false

      error[E0211]: an index is a whole number, a slice, \`none\` or i32 positions, got [T]
        --> program.llm:10:33
         |
      10 | fn e(x: [T], y: [T]) -> [T] = x[y]
         |                                 ^ not an index
         = help: \`i32(x)\` converts
      "
    `);
  });

  test("E0212: sizes out of nowhere", () => {
    expect(
      messages(`fn f(x: [B, T]) -> [B, E] = x
fn g(x: [b, T]) -> [T] = sum(x, axis = 0)
fn h(x: [B]) -> [..., B] = x
`),
    ).toMatchInlineSnapshot(`
      "error[E0212]: dimension \`E\` is not bound here
       --> program.llm:1:24
        |
      1 | fn f(x: [B, T]) -> [B, E] = x
        |                        ^ which size is that?
        = help: name it among the axes of a parameter, or make it a parameter of the declaration

      error[E0212]: dimension \`b\` is not bound here
       --> program.llm:2:10
        |
      2 | fn g(x: [b, T]) -> [T] = sum(x, axis = 0)
        |          ^ which size is that?
        = help: a signature binds upper-case names; others must be parameters or members

      error[E0212]: dimension \`T\` is not bound here
       --> program.llm:2:21
        |
      2 | fn g(x: [b, T]) -> [T] = sum(x, axis = 0)
        |                     ^ which size is that?
        = help: name it among the axes of a parameter, or make it a parameter of the declaration

      error[E0212]: dimension \`...\` is not bound here
       --> program.llm:3:18
        |
      3 | fn h(x: [B]) -> [..., B] = x
        |                  ^^^ which size is that?
        = help: name it among the axes of a parameter, or make it a parameter of the declaration
      "
    `);
  });

  test("W0213: names used once", () => {
    expect(
      messages(`fn f(x: [B, T, Q]) -> [B, T] = x[..., -1]
fn ok(x: [B, T, _]) -> [B, T] = x[..., -1]
`),
    ).toMatchInlineSnapshot(`
      "warning[W0213]: dimension \`Q\` is named once
       --> program.llm:1:16
        |
      1 | fn f(x: [B, T, Q]) -> [B, T] = x[..., -1]
        |                ^ nothing else is this size
        = help: write \`_\`
      "
    `);
  });

  test("E0204: a function without a `return`", () => {
    expect(messages("layer Silent() { fn forward(x: [N]) -> [N] { y = 2 * x } }")).toMatchInlineSnapshot(`
      "error[E0204]: forward returns nothing
       --> program.llm:1:21
        |
      1 | layer Silent() { fn forward(x: [N]) -> [N] { y = 2 * x } }
        |                     ^^^^^^^ no \`return\`
        = help: end it with \`return …\`
      "
    `);
  });

  test("E0210: more of the largest than there are", () => {
    const text = (k: number) => `use std.{Linear, sgd, causal_lm}
model M(V: dim) {
  head = Linear(4, V)
  fn forward(ids: i32[B, S]) -> [B, S, V] {
    values, places = topk(f32(ids)[..., none] + f32(iota(8)), ${k})
    return head(values[..., :4])
  }
}
data letters { source = text("text.txt")  tokenizer = chars  window = 32 }
tokenizer chars { kind = char_level()  fit = "text.txt" }
train run {
  model = M(V = chars.vocab)  data = letters  objective = causal_lm()  optimizer = sgd(lr = 0.1)
  batch = 16  until = 100 steps
}
`;
    expect(messages(text(8))).toBe("");
    expect(messages(text(9))).toMatchInlineSnapshot(`
      "error[E0210]: 9 <= 8 does not hold
        --> program.llm:5:63
         |
       5 |     values, places = topk(f32(ids)[..., none] + f32(iota(8)), 9)
         |                                                               ^ \`topk\` cannot take more than there are
      ...
      12 |   model = M(V = chars.vocab)  data = letters  objective = causal_lm()  optimizer = sgd(lr = 0.1)
         |   ----- with these numbers
      "
    `);
  });

  test("E0301: parameters nobody reads", () => {
    expect(
      messages(`use std.{Linear}
layer Gated(D: dim) {
  scale: param[D] = ones
  up   = Linear(D, D)
  gate = Linear(D, D)
  fn forward(x: [..., D]) -> [..., D] = up(x)
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0301]: \`scale\` of Gated is never used: its parameters would get no gradient
       --> program.llm:3:3
        |
      3 |   scale: param[D] = ones
        |   ^^^^^ no function reads it
        = help: use it in \`forward\`, or remove it

      error[E0301]: \`gate\` of Gated is never used: its parameters would get no gradient
       --> program.llm:5:3
        |
      5 |   gate = Linear(D, D)
        |   ^^^^ no function reads it
        = help: use it in \`forward\`, or remove it
      "
    `);
  });

  test("E0108: what may be none, and what is no tensor", () => {
    expect(
      messages(`use std.{Linear}
layer A(D: dim) {
  up   = Linear(D, D)
  ups  = [up, up]
  bias: param[D]? = none
  gain: param[D] = none
  fn forward(x: [..., D]) -> [..., D] = ups(x) + bias + up * gain
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0108]: \`gain\` starts as none
       --> program.llm:6:20
        |
      6 |   gain: param[D] = none
        |                    ^^^^ an initialiser is expected
        = help: a parameter that may be missing has \`?\` after its type

      error[E0108]: a list is not called
       --> program.llm:7:41
        |
      7 |   fn forward(x: [..., D]) -> [..., D] = ups(x) + bias + up * gain
        |                                         ^^^ not a function
        = help: write \`for layer in layers { x = layer(x) }\`

      error[E0108]: the layer Linear is not a tensor
       --> program.llm:7:57
        |
      7 |   fn forward(x: [..., D]) -> [..., D] = ups(x) + bias + up * gain
        |                                                         ^^ a tensor or a number is expected
      "
    `);
  });
});
