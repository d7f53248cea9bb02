/** What people see: source and message together. One mistake is one message. */
import { describe, expect, test } from "vitest";
import { messages } from "./support.ts";

describe("E0001: text that is not part of the language", () => {
  test("quotes, powers, semicolons, compound assignment", () => {
    expect(messages("a = 'it\"s'; b = 2 ^ 3\nx += 1")).toMatchInlineSnapshot(`
      "
      error[E0001]: strings use double quotes: write "it\\"s"
       --> test.llm:1:5
        |
      1 | a = 'it"s'; b = 2 ^ 3
        |     ^^^^^^ single quotes

      error[E0001]: no \`;\` needed here
       --> test.llm:1:11
        |
      1 | a = 'it"s'; b = 2 ^ 3
        |           ^ remove it

      error[E0001]: power is \`**\`
       --> test.llm:1:19
        |
      1 | a = 'it"s'; b = 2 ^ 3
        |                   ^ write \`**\`

      error[E0001]: no \`+=\`: write \`x = x + 1\`
       --> test.llm:2:3
        |
      2 | x += 1
        |   ^^ write \`= x +\`
      "
    `);
  });

  test("other signs", () => {
    expect(messages("a = !b && c || d === e\n\tf = “hi” × 2 ≤ ñandú")).toMatchInlineSnapshot(`
      "
      error[E0001]: write \`not\`, not \`!\`
       --> test.llm:1:5
        |
      1 | a = !b && c || d === e
        |     ^ write \`not\`

      error[E0001]: write \`and\`, not \`&&\`
       --> test.llm:1:8
        |
      1 | a = !b && c || d === e
        |        ^^ write \`and\`

      error[E0001]: write \`or\`, not \`||\`
       --> test.llm:1:13
        |
      1 | a = !b && c || d === e
        |             ^^ write \`or\`

      error[E0001]: equality is \`==\`
       --> test.llm:1:18
        |
      1 | a = !b && c || d === e
        |                  ^^^ write \`==\`

      error[E0001]: strings use straight double quotes: write \`"\`
       --> test.llm:2:6
        |
      2 |     f = “hi” × 2 ≤ ñandú
        |         ^ write \`"\`

      error[E0001]: strings use straight double quotes: write \`"\`
       --> test.llm:2:9
        |
      2 |     f = “hi” × 2 ≤ ñandú
        |            ^ write \`"\`

      error[E0001]: multiplication is \`*\`
       --> test.llm:2:11
        |
      2 |     f = “hi” × 2 ≤ ñandú
        |              ^ write \`*\`

      error[E0001]: write \`<=\`
       --> test.llm:2:15
        |
      2 |     f = “hi” × 2 ≤ ñandú
        |                  ^ write \`<=\`

      error[E0001]: \`ñandú\` is not a name: letters are a-z and A-Z
       --> test.llm:2:17
        |
      2 |     f = “hi” × 2 ≤ ñandú
        |                    ^^^^^ not a name
      "
    `);
  });

  test("numbers and escapes", () => {
    expect(messages('a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"')).toMatchInlineSnapshot(`
      "
      error[E0001]: \`0x1F\` is not a number
       --> test.llm:1:5
        |
      1 | a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"
        |     ^^^^ not a number
        = help: numbers are decimal

      error[E0001]: \`500steps\` is not a number
       --> test.llm:1:14
        |
      1 | a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"
        |              ^^^^^^^^ not a number
        = help: a unit stands after a space: \`500 steps\`; the suffixes k, M, B and T are powers of 1000

      error[E0001]: numbers start with a digit: write \`0.5\`
       --> test.llm:1:27
        |
      1 | a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"
        |                           ^^ write \`0.5\`

      error[E0001]: this integer is larger than 2^53 - 1
       --> test.llm:1:34
        |
      1 | a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"
        |                                  ^^^^^^^^^^^^^^^^^^^^ too large

      error[E0001]: strings have no escape \`\\d\`; for a backslash write \`\\\\\`
       --> test.llm:1:60
        |
      1 | a = 0x1F b = 500steps c = .5 d = 12345678901234567890 e = "\\d+"
        |                                                            ^^ unknown escape
      "
    `);
  });

  test("comments of other languages", () => {
    expect(messages("// a remark\na = 1 // and one more\nb = a // 2 /* and\nthis */")).toMatchInlineSnapshot(`
      "
      error[E0001]: comments start with \`#\`; \`//\` divides
       --> test.llm:1:1
        |
      1 | // a remark
        | ^^^^^^^^^^^ write \`#\`

      error[E0001]: comments start with \`#\`; \`//\` divides
       --> test.llm:2:7
        |
      2 | a = 1 // and one more
        |       ^^^^^^^^^^^^^^^ write \`#\`

      error[E0001]: comments start with \`#\` and end with the line
       --> test.llm:3:12
        |
      3 | b = a // 2 /* and
        |            ^^^^^^ write \`#\` before each line
      "
    `);
  });
});

describe("E0002: habits from other languages", () => {
  test("functions", () => {
    expect(messages("def f(self, x): return x\ng = lambda x, y: self.w * x")).toMatchInlineSnapshot(`
      "
      error[E0002]: functions start with \`fn\`
       --> test.llm:1:1
        |
      1 | def f(self, x): return x
        | ^^^ write \`fn\`

      error[E0002]: functions take no \`self\`: members are visible by their names
       --> test.llm:1:7
        |
      1 | def f(self, x): return x
        |       ^^^^ remove it

      error[E0002]: bodies stand between braces: write \`{ … }\`, or \`= value\` for a single expression
       --> test.llm:1:15
        |
      1 | def f(self, x): return x
        |               ^ no \`:\` here

      error[E0002]: functions without a name are written \`fn(x, y) = …\`, not \`lambda\`
       --> test.llm:2:5
        |
      2 | g = lambda x, y: self.w * x
        |     ^^^^^^^^^^^^ write \`fn(x, y) =\`

      error[E0002]: members are visible by their names: write \`w\`, not \`self.w\`
       --> test.llm:2:18
        |
      2 | g = lambda x, y: self.w * x
        |                  ^^^^^ remove it
      "
    `);
  });

  test("conditions", () => {
    const text =
      "fn f(x) {\n  y = 1 if x else None\n  if x { y = 2 }\n  z = x ? 1 : 2\n  return 1 + if x then 1 else 2\n}";
    expect(messages(text)).toMatchInlineSnapshot(`
      "
      error[E0002]: write \`if c then a else b\`, not \`a if c else b\`
       --> test.llm:2:9
        |
      2 |   y = 1 if x else None
        |         ^^ the condition comes first
        |       - this goes after \`then\`

      error[E0002]: use \`none\`, not \`None\`
       --> test.llm:2:19
        |
      2 |   y = 1 if x else None
        |                   ^^^^ write \`none\`

      error[E0002]: write \`if c then a else b\`, not \`c ? a : b\`
       --> test.llm:4:9
        |
      4 |   z = x ? 1 : 2
        |         ^ no \`?\` here

      error[E0006]: an \`if\` inside an expression stands in parentheses: \`(if c then a else b)\`
       --> test.llm:5:14
        |
      5 |   return 1 + if x then 1 else 2
        |              ^^ put it in parentheses
      "
    `);
  });

  test("words", () => {
    expect(
      messages('let a = True\nimport std.layers\nb = f"{a}"\nfn f(x) { print(x) return x }'),
    ).toMatchInlineSnapshot(`
      "
      error[E0002]: bindings need no \`let\`
       --> test.llm:1:1
        |
      1 | let a = True
        | ^^^ remove it

      error[E0002]: use \`true\`, not \`True\`
       --> test.llm:1:9
        |
      1 | let a = True
        |         ^^^^ write \`true\`

      error[E0002]: imports start with \`use\`
       --> test.llm:2:1
        |
      2 | import std.layers
        | ^^^^^^ write \`use\`

      error[E0002]: strings have no prefix \`f\`
       --> test.llm:3:5
        |
      3 | b = f"{a}"
        |     ^ remove it
        = help: strings are not interpolated

      error[E0002]: \`print\` begins nothing here: nothing is printed by a program: jobs have \`report\` and \`log\`
       --> test.llm:4:11
        |
      4 | fn f(x) { print(x) return x }
        |           ^^^^^ not a statement
      "
    `);
  });
});

describe("E0003: unclosed", () => {
  test("a parenthesis", () => {
    expect(
      messages("model M(D: dim) {\n  up = Linear(D, 4 * D\n\n  fn forward(x: [D]) -> [D] = up(x)\n}"),
    ).toMatchInlineSnapshot(`
      "
      error[E0003]: this \`(\` at 2:14 is never closed; \`fn\` at 4:3 looks like the next member
       --> test.llm:2:14
        |
      2 |   up = Linear(D, 4 * D
        |              ^ never closed
      3 |
      4 |   fn forward(x: [D]) -> [D] = up(x)
        |   -- expected before this
        = help: add \`)\`
      "
    `);
  });

  test("a brace", () => {
    expect(
      messages("layer A() {\n  fn f(x) {\n    return x\n\n  fn g(x) = x\n}\n\nlayer B() {}"),
    ).toMatchInlineSnapshot(`
      "
      error[E0003]: this \`{\` at 2:11 is never closed; \`fn\` at 5:3 looks like the next member
       --> test.llm:2:11
        |
      2 |   fn f(x) {
        |           ^ never closed
      ...
      5 |   fn g(x) = x
        |   -- expected before this
        = help: add \`}\`
      "
    `);
  });

  test("a string", () => {
    expect(messages('tokenizer t { fit = "a.txt }\nb = 1')).toMatchInlineSnapshot(`
      "
      error[E0003]: this string is never closed: it ends with its line
       --> test.llm:1:21
        |
      1 | tokenizer t { fit = "a.txt }
        |                     ^ opened here
        = help: close it with \`"\`, or write \`"""…"""\` for a text of several lines
      "
    `);
  });

  test("nothing to close", () => {
    expect(messages("a = f(1))\nb = 2")).toMatchInlineSnapshot(`
      "
      error[E0003]: this \`)\` closes nothing
       --> test.llm:1:9
        |
      1 | a = f(1))
        |         ^ no bracket is open here
        = help: remove it, or add the bracket it should close
      "
    `);
  });
});

test("E0004: units", () => {
  expect(messages("train t {\n  until = 500 setps\n  save = every(2 epohcs, keep = 3)\n}")).toMatchInlineSnapshot(`
    "
    error[E0004]: unknown unit \`setps\`; did you mean \`steps\`?
     --> test.llm:2:15
      |
    2 |   until = 500 setps
      |               ^^^^^ did you mean \`steps\`?

    error[E0004]: unknown unit \`epohcs\`; did you mean \`epochs\`?
     --> test.llm:3:18
      |
    3 |   save = every(2 epohcs, keep = 3)
      |                  ^^^^^^ did you mean \`epochs\`?
    "
  `);
});

test("E0005: fields take `=`", () => {
  const text = 'train t {\n  batch: 64\n  model: M(V: 3)\n  split = { train: 90%, "val": 10% }\n  w: param[O, I]\n}';
  expect(messages(text)).toMatchInlineSnapshot(`
    "
    error[E0005]: fields take \`=\`; \`:\` is for types
     --> test.llm:2:8
      |
    2 |   batch: 64
      |        ^ write \`=\`

    error[E0005]: fields take \`=\`; \`:\` is for types
     --> test.llm:3:8
      |
    3 |   model: M(V: 3)
      |        ^ write \`=\`

    error[E0005]: fields take \`=\`; \`:\` is for types
     --> test.llm:3:13
      |
    3 |   model: M(V: 3)
      |             ^ write \`=\`

    error[E0005]: fields take \`=\`; \`:\` is for types
     --> test.llm:4:18
      |
    4 |   split = { train: 90%, "val": 10% }
      |                  ^ write \`=\`

    error[E0005]: fields take \`=\`; \`:\` is for types
     --> test.llm:4:30
      |
    4 |   split = { train: 90%, "val": 10% }
      |                              ^ write \`=\`

    error[E0005]: \`w\` has a type but no value
     --> test.llm:5:6
      |
    5 |   w: param[O, I]
      |      ^^^^^^^^^^^ expected \`= value\` after this
      = help: fields take \`=\`; \`:\` is for types
    "
  `);
});

describe("E0006: something else was expected", () => {
  test("in expressions", () => {
    expect(messages("a = f(1 2)\nb = 0 < x < 1\nc = x |> 3\nd = a == not b\ne = [1, 2")).toMatchInlineSnapshot(`
      "
      error[E0006]: expected \`,\` or \`)\`, found \`2\`
       --> test.llm:1:9
        |
      1 | a = f(1 2)
        |         ^ not expected here

      error[E0006]: comparisons do not chain
       --> test.llm:2:11
        |
      2 | b = 0 < x < 1
        |           ^ a second one
        |       - the first
        = help: write \`0 < x and x < 1\`

      error[E0006]: the right of \`|>\` is a name or a call: \`x |> f\` is \`f(x)\`, \`x |> f(a)\` is \`f(x, a)\`
       --> test.llm:3:10
        |
      3 | c = x |> 3
        |          ^ neither a name nor a call

      error[E0006]: \`not\` binds more loosely than the operator before it: put it in parentheses, \`(not x)\`
       --> test.llm:4:10
        |
      4 | d = a == not b
        |          ^^^ needs parentheses

      error[E0003]: this \`[\` at 5:5 is never closed; the file ends
       --> test.llm:5:5
        |
      5 | e = [1, 2
        |     ^ never closed
        = help: add \`]\`
      "
    `);
  });

  test("where things begin", () => {
    const text = "foo(3)\ntrain t {\n  until =\n  seed = 1\n  layer L {}\n  return 3\n}\nfn f(x) { a = 1, 2 }\nlayer";
    expect(messages(text)).toMatchInlineSnapshot(`
      "
      error[E0006]: a value alone does nothing here: bind it to a name, \`x = foo…\`
       --> test.llm:1:1
        |
      1 | foo(3)
        | ^^^ expected \`x = foo…\`

      error[E0006]: \`until\` has no value: \`seed =\` looks like the next member
       --> test.llm:4:3
        |
      4 |   seed = 1
        |   ^^^^ expected a value before this

      error[E0006]: expected a statement, found \`,\`
       --> test.llm:8:16
        |
      8 | fn f(x) { a = 1, 2 }
        |                ^ not expected here
        = help: a tuple stands in parentheses: \`(a, b)\`

      error[E0006]: an item looks like \`name = value\`, but after \`layer\` comes the end of the file
       --> test.llm:9:1
        |
      9 | layer
        | ^^^^^ expected \`=\` after this
      "
    `);
  });

  test("in types and paths", () => {
    expect(messages("fn f(x: 3) = x\nfn g(x: [B) = x\nuse std.*.b\nuse std.{a, b} as c\nuse 3")).toMatchInlineSnapshot(`
      "
      error[E0006]: expected a type, found \`3\`
       --> test.llm:1:9
        |
      1 | fn f(x: 3) = x
        |         ^ not expected here

      error[E0003]: this \`[\` at 2:9 is never closed; \`)\` at 2:11 closes an outer bracket
       --> test.llm:2:9
        |
      2 | fn g(x: [B) = x
        |           - expected before this
        |         ^ never closed
        = help: add \`]\`

      error[E0006]: nothing follows \`*\` or \`{…}\` in a path
       --> test.llm:3:10
        |
      3 | use std.*.b
        |          ^ not expected here

      error[E0006]: \`as\` renames one thing: a module, a file or a name
       --> test.llm:4:19
        |
      4 | use std.{a, b} as c
        |                   ^ a name for several things

      error[E0006]: expected a module such as \`std.models.gpt2\` or a file such as \`"./other.llm"\`, found \`3\`
       --> test.llm:5:5
        |
      5 | use 3
        |     ^ not expected here
      "
    `);
  });
});
