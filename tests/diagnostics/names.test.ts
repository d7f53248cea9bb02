/** Kinds, names, modules and arguments: E0101, E0102, E0105, E0106, E0107, E0601. Source and message together, as people see them. */
import { describe, expect, test } from "vitest";
import { parse, parseExpression } from "../../src/1-parse/parse.ts";
import { checkProgram } from "../../src/2-check/check.ts";
import { withStdlib } from "../../src/2-check/modules.ts";
import { renderDiagnostics } from "../../src/diagnostics/render.ts";
import { messages } from "../unit/2-check/checker.ts";

describe("names", () => {
  test("E0101: a kind that does not exist", () => {
    expect(
      messages(`modle Tiny(V: dim) {}
`),
    ).toMatchInlineSnapshot(`
      "error[E0101]: there is no declaration kind \`modle\`; did you mean \`model\`?
       --> program.llm:1:1
        |
      1 | modle Tiny(V: dim) {}
        | ^^^^^ not a kind
        = help: kinds: layer, model, optimizer, schedule, objective, tokenizer, data, plan, train, evaluate, generate, predict, compress, export
      "
    `);
  });

  test("E0102: names that are not imported, misspelt, or of the file", () => {
    expect(
      messages(`layer A(D: dim) {
  up = Linaer(D, D)
  norm = LayerNorm(D)
  fn forward(x: [..., D]) -> [..., D] = sofmax(up(norm(x))) * T
}
T = 3
`),
    ).toMatchInlineSnapshot(`
      "error[E0102]: nothing called \`Linaer\` is in scope; did you mean \`std.Linear\`?
       --> program.llm:2:8
        |
      2 |   up = Linaer(D, D)
        |        ^^^^^^ not found

      error[E0102]: nothing called \`LayerNorm\` is in scope
       --> program.llm:3:10
        |
      3 |   norm = LayerNorm(D)
        |          ^^^^^^^^^ not found
        = help: it is in the standard library: use std.{LayerNorm}

      error[E0102]: nothing called \`sofmax\` is in scope; did you mean \`softmax\`?
       --> program.llm:4:41
        |
      4 |   fn forward(x: [..., D]) -> [..., D] = sofmax(up(norm(x))) * T
        |                                         ^^^^^^ not found

      error[E0102]: \`T\` is a value of the file, and those are for jobs
       --> program.llm:4:63
        |
      4 |   fn forward(x: [..., D]) -> [..., D] = sofmax(up(norm(x))) * T
        |                                                               ^ not visible inside a declaration
      5 | }
      6 | T = 3
        | ----- declared here
        = help: make it a parameter: (T: …)
      "
    `);
  });

  test("E0102: modules", () => {
    expect(
      messages(`use std.warmup_cosin
use std.models.gtp2
use other
use std.{Linear, Linaer}
`),
    ).toMatchInlineSnapshot(`
      "error[E0102]: \`std\` has nothing called \`warmup_cosin\`; did you mean \`warmup_cosine\`?
       --> program.llm:1:9
        |
      1 | use std.warmup_cosin
        |         ^^^^^^^^^^^^ not found

      error[E0102]: there is no module \`std.models.gtp2\`
       --> program.llm:2:5
        |
      2 | use std.models.gtp2
        |     ^^^^^^^^^^^^^^^ used here

      error[E0102]: there is no module \`other\`
       --> program.llm:3:5
        |
      3 | use other
        |     ^^^^^ used here
        = help: modules by name are the standard library, \`std\`; a file is used by its path: use "./other.llm"

      error[E0102]: \`std\` has nothing called \`Linaer\`; did you mean \`Linear\`?
       --> program.llm:4:18
        |
      4 | use std.{Linear, Linaer}
        |                  ^^^^^^ not found
      "
    `);
  });

  test("E0102: two stars bring one name", () => {
    const files = { "a.llm": "fn twice(x: [T]) -> [T] = 2 * x", "models/b.llm": "fn twice(x: [T]) -> [T] = x + x" };
    const text = `use std.*
use std.models.b.*
fn four(x: [T]) -> [T] = twice(twice(x))
`;
    const { diagnostics } = checkProgram(
      { file: "program.llm", text },
      withStdlib(files, () => null),
      { parse, parseExpression },
    );
    expect(
      renderDiagnostics(diagnostics, new Map([["program.llm", text]]), { format: "text", color: false }),
    ).toMatchInlineSnapshot(`
      "error[E0102]: \`twice\` comes from \`std.*\` and from \`std.models.b.*\`
       --> program.llm:3:26
        |
      3 | fn four(x: [T]) -> [T] = twice(twice(x))
        |                          ^^^^^ which one?
        = help: name the one you mean: use ….{twice}

      error[E0102]: \`twice\` comes from \`std.*\` and from \`std.models.b.*\`
       --> program.llm:3:32
        |
      3 | fn four(x: [T]) -> [T] = twice(twice(x))
        |                                ^^^^^ which one?
        = help: name the one you mean: use ….{twice}
      "
    `);
  });

  test("E0102: members", () => {
    expect(
      messages(`use std.{Linear}
layer A(D: dim) {
  up = Linear(D, D)
  fn forward(x: [..., D]) -> [..., D] = x @ up.wieght.T + x.t
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0102]: the layer Linear has no \`wieght\`; did you mean \`weight\`?
       --> program.llm:4:48
        |
      4 |   fn forward(x: [..., D]) -> [..., D] = x @ up.wieght.T + x.t
        |                                                ^^^^^^ not found

      error[E0102]: [..., D] has no \`t\`; did you mean \`T\`?
       --> program.llm:4:61
        |
      4 |   fn forward(x: [..., D]) -> [..., D] = x @ up.wieght.T + x.t
        |                                                             ^ not found
        = help: \`.T\` swaps the last two axes
      "
    `);
  });

  test("E0102: types", () => {
    expect(
      messages(`fn f(x: [T], p: flaot, q: f23[T], r: i32) -> [T] = x
`),
    ).toMatchInlineSnapshot(`
      "error[E0102]: there is no type \`flaot\`; did you mean \`float\`?
       --> program.llm:1:17
        |
      1 | fn f(x: [T], p: flaot, q: f23[T], r: i32) -> [T] = x
        |                 ^^^^^ not a type
        = help: types: dim, int, float, bool, string, duration, schedule, per_parameter, layer, model, optimizer, objective, list, fn, mean, and tensors: [B, T], i32[B, T]

      error[E0102]: there are no tensors of \`f23\`; did you mean \`f32\`?
       --> program.llm:1:27
        |
      1 | fn f(x: [T], p: flaot, q: f23[T], r: i32) -> [T] = x
        |                           ^^^ not an element type
        = help: element types: f32, f16, i32, bool; \`[…]\` alone is the computing float

      error[E0102]: \`i32\` needs its axes: \`i32[]\` is a scalar
       --> program.llm:1:38
        |
      1 | fn f(x: [T], p: flaot, q: f23[T], r: i32) -> [T] = x
        |                                      ^^^ not a type
        = help: types: dim, int, float, bool, string, duration, schedule, per_parameter, layer, model, optimizer, objective, list, fn, mean, and tensors: [B, T], i32[B, T]
      "
    `);
  });

  test("E0105: declared twice", () => {
    expect(
      messages(`fn f(x: [T]) -> [T] = x
fn f(x: [T]) -> [T] = 2 * x
layer A(D: dim) { D = 3  fn forward(x: [..., D]) -> [..., D] = x }
`),
    ).toMatchInlineSnapshot(`
      "error[E0105]: \`f\` is already declared in this file
       --> program.llm:2:4
        |
      1 | fn f(x: [T]) -> [T] = x
        |    - declared first
      2 | fn f(x: [T]) -> [T] = 2 * x
        |    ^ declared again

      error[E0105]: \`D\` is already a parameter or member
       --> program.llm:3:19
        |
      3 | layer A(D: dim) { D = 3  fn forward(x: [..., D]) -> [..., D] = x }
        |                   ^ declared again
      "
    `);
  });

  test("E0106: arguments", () => {
    expect(
      messages(`use std.{Linear, LayerNorm}
layer A(D: dim) {
  a = Linear(D)
  b = Linear(D, D, bias = true)
  c = LayerNorm(D, 1e-5, 3)
  d = Linear(D, O = D, I = D)
  fn forward(x: [..., D]) -> [..., D] = a(x) + b(x, x) + c() + d(x) + exp(x, 2) + softmax(y = x)
}
`),
    ).toMatchInlineSnapshot(`
      "error[E0106]: \`Linear\` needs \`O\`
       --> program.llm:3:7
        |
      3 |   a = Linear(D)
        |       ^^^^^^^^^ Linear(I, O, use_bias = …, std = …)

      error[E0106]: \`Linear\` has no argument \`bias\`
       --> program.llm:4:20
        |
      4 |   b = Linear(D, D, bias = true)
        |                    ^^^^ no such argument
        = help: \`Linear\` takes \`I\`, \`O\`, \`use_bias\`, \`std\`

      error[E0106]: \`LayerNorm\` takes 2 arguments, got 3
       --> program.llm:5:26
        |
      5 |   c = LayerNorm(D, 1e-5, 3)
        |                          ^ one too many

      error[E0105]: \`I\` is already given to \`Linear\`
       --> program.llm:6:24
        |
      6 |   d = Linear(D, O = D, I = D)
        |                        ^^^^^ given again
        |              - given first

      error[E0106]: \`exp\` takes 1 argument, got 2
       --> program.llm:7:78
        |
      7 |   fn forward(x: [..., D]) -> [..., D] = a(x) + b(x, x) + c() + d(x) + exp(x, 2) + softmax(y = x)
        |                                                                              ^ one too many

      error[E0106]: \`softmax\` has no argument \`y\`
       --> program.llm:7:91
        |
      7 |   fn forward(x: [..., D]) -> [..., D] = a(x) + b(x, x) + c() + d(x) + exp(x, 2) + softmax(y = x)
        |                                                                                           ^ no such argument
        = help: \`softmax\` takes \`x\`, \`axis\`
      "
    `);
  });

  test("E0107: a value by itself", () => {
    expect(
      messages(`a = b + 1
b = 2 * a
data d { source = text("a.txt")  tokenizer = t  window = a }
tokenizer t { kind = char_level()  fit = "a.txt" }
`),
    ).toMatchInlineSnapshot(`
      "error[E0107]: these values wait for each other: a → b → a
       --> program.llm:1:1
        |
      1 | a = b + 1
        | ^^^^^^^^^ waits for its own value
      "
    `);
  });

  test("E0107: jobs that spread each other", () => {
    expect(
      messages(`train x { ...y }
train y { ...x }
`),
    ).toMatchInlineSnapshot(`
      "error[E0107]: these runs wait for each other: x → y → x
       --> program.llm:2:14
        |
      2 | train y { ...x }
        |              ^ spreads itself
      "
    `);
  });

  test("E0601: a file that is not there", () => {
    expect(
      messages(`use "./layers.llm" as own
`),
    ).toMatchInlineSnapshot(`
      "error[E0601]: there is no file layers.llm
       --> program.llm:1:5
        |
      1 | use "./layers.llm" as own
        |     ^^^^^^^^^^^^^^ used here
      "
    `);
  });
});
