import { describe, expect, test } from "vitest";
import { parse, parseExpression } from "../../../src/1-parse/parse.ts";
import { expression, grouped, parsed, programs, withoutSpans } from "./support.ts";

describe("the design's programs", () => {
  test.each(programs)("$name", ({ name, text }) => {
    expect(parse({ file: name, text }).diagnostics).toEqual([]);
  });
});

describe("operators", () => {
  test.each([
    ["a + b * c", "(a + (b * c))"],
    ["a - b - c", "((a - b) - c)"],
    ["a ** b ** c", "(a ** (b ** c))"],
    ["-x ** 2", "(- (x ** 2))"],
    ["2 ** -x ** 2", "(2 ** (- (x ** 2)))"],
    ["2 ** -x * 3", "((2 ** (- x)) * 3)"],
    ["-a * b", "((- a) * b)"],
    ["not a == b and c", "((not (a == b)) and c)"],
    ["a and not b or c", "((a and (not b)) or c)"],
    ["not not a", "(not (not a))"],
    ["not -a > 3", "(not ((- a) > 3))"],
    ["a or b and c", "(a or (b and c))"],
    ["q @ k.T / sqrt(K)", "((q @ k.T) / sqrt(K))"],
    ["a @ v |> f(1) |> g", "(((a @ v) |> f(1)) |> g)"],
    ["0..L + 1", "(0 .. (L + 1))"],
    ["a < b == c |> f", null],
    ["(a + b) * c", "((a + b) * c)"],
    ["10B tokens or stalled(x)", "(10B tokens or stalled(x))"],
    ["N * 1 step", "(N * 1 step)"],
    ["D // H % 2", "((D // H) % 2)"],
  ])("%s", (text, tree) => {
    if (tree === null) expect(() => grouped(text)).toThrow("comparisons do not chain");
    else expect(grouped(text)).toBe(tree);
  });
});

describe("percentages and remainders", () => {
  test.each([
    ["10%", "10%"],
    ["384 % 5", "(384 % 5)"],
    ["384%5", "(384 % 5)"],
    ["384%H", "(384 % H)"],
    ["384 %H", "(384 % H)"],
    ["384%(H)", "(384 % H)"],
    ["D % H", "(D % H)"],
    ["10% - 3%", "(10% - 3%)"],
    ["5%-3", "(5% - 3)"],
    ["10% * x", "(10% * x)"],
    ["10% % 3", "(10% % 3)"],
  ])("%s", (text, tree) => expect(grouped(text)).toBe(tree));

  test("the next binding does not make a percentage a remainder", () => {
    expect(parsed("a = 10%\nb = 3% c = 1").items).toHaveLength(3);
  });

  test("values are exact", () => {
    expect(expression("99.5%")).toMatchObject({ kind: "percent", value: 0.995 });
    expect(expression("1_0.5%")).toMatchObject({ kind: "percent", value: 0.105 });
  });
});

describe("numbers and quantities", () => {
  test.each([
    ["1_000", 1000, true],
    ["124M", 124e6, true],
    ["10k", 10_000, true],
    ["1.1M", 1_100_000, true],
    ["1T", 1e12, true],
    ["3e-4", 3e-4, false],
    ["1.0", 1, false],
    ["0.5", 0.5, false],
  ])("%s", (text, value, integer) => expect(expression(text)).toMatchObject({ kind: "number", value, integer, text }));

  test.each([
    ["500 steps", 500, "step"],
    ["1 epoch", 1, "epoch"],
    ["10B tokens", 10e9, "token"],
    ["10k samples", 10_000, "sample"],
    ["1.5 hours", 1.5, "hour"],
    ["30 sec", 30, "second"],
    ["5 min", 5, "minute"],
    ["16 GiB", 16, "GiB"],
    ["500\n  steps", 500, "step"],
  ])("%s", (text, value, unit) => {
    expect(expression(text)).toMatchObject({ kind: "quantity", value, unit });
    expect(expression(text)).toMatchObject({ text: text.replace(/\s+/, " ") });
  });

  test("a unit is a name where something of its own begins", () => {
    expect(parsed("v = g ** 2\nstep = v  token: int = 3").items).toMatchObject([
      { names: [{ text: "v" }], value: { op: "**" } },
      { names: [{ text: "step" }] },
      { names: [{ text: "token" }] },
    ]);
    expect(parsed("a = 3 train b {}").items).toMatchObject([{ kind: "binding" }, { kind: "decl" }]);
  });
});

test("newlines mean nothing", () => {
  for (const { text } of programs) {
    const code = text.replace(/##?[^\n]*/g, "");
    const spread = code.replace(/([ ,(){}[\]=])/g, (sign) => (sign === " " ? "\n " : `${sign}\n`));
    const tree = (source: string) => withoutSpans({ ...parsed(source), comments: [] });
    expect(tree(code.replaceAll("\n", " "))).toEqual(tree(code));
    // Inside strings a line break does mean something, so texts with spaces in strings stay out of this half.
    if (!/"[^"]*[ ,(){}[\]=][^"]*"/.test(code)) expect(tree(spread)).toEqual(tree(code));
  }
});

describe("comments", () => {
  test("all are kept", () => {
    const { comments } = parsed("# one\na = 1 # two\n## three\nb = 2\n# four");
    expect(comments.map(({ text, doc }) => [text, doc])).toEqual([
      ["# one", false],
      ["# two", false],
      ["## three", true],
      ["# four", false],
    ]);
  });

  test("documentation belongs to what stands right below it", () => {
    const { items } = parsed(
      [
        "## The file.",
        "",
        "## A layer,",
        "##   indented.",
        "layer A() {",
        "  ## A member.",
        "  a = 1   ## not of b",
        "  b = 2",
        "  ## A function.",
        "  fn f() = 1",
        "}",
      ].join("\n"),
    );
    expect(items).toMatchObject([
      {
        doc: "A layer,\n  indented.",
        members: [{ doc: "A member." }, { doc: "" }, { doc: "A function." }],
      },
    ]);
  });
});

describe("strings", () => {
  test.each([
    ['"a\\n\\t\\"\\\\"', 'a\n\t"\\'],
    ['"\\u{1F600}"', "😀"],
    ['""', ""],
    ['""""""', ""],
    ['"""\none "two"\nthree"""', 'one "two"\nthree'],
  ])("%s", (text, value) => expect(expression(text)).toMatchObject({ kind: "string", value }));
});

describe("items", () => {
  test("use", () => {
    expect(withoutSpans(parsed('use std.* use std.{A, b,} use std.models.gpt2 as g use "./o.llm" as o').items)).toEqual(
      [
        { kind: "use", from: { kind: "module", path: [{ text: "std" }] }, names: "all", alias: null },
        {
          kind: "use",
          from: { kind: "module", path: [{ text: "std" }] },
          names: [{ text: "A" }, { text: "b" }],
          alias: null,
        },
        {
          kind: "use",
          from: { kind: "module", path: [{ text: "std" }, { text: "models" }, { text: "gpt2" }] },
          names: "self",
          alias: { text: "g" },
        },
        { kind: "use", from: { kind: "file", path: "./o.llm" }, names: "self", alias: { text: "o" } },
      ],
    );
  });

  test("types", () => {
    const text =
      "fn f(a: i32[B, _, ...], b: [*S]?, c: fn(dim, float) -> [2 * D // H], d: (int, f32[])) -> { x: [B], y: int } = a";
    expect(parsed(text).items[0]).toMatchObject({
      params: [
        { type: { name: { text: "i32" }, shape: [{ kind: "dim" }, { kind: "any" }, { kind: "rest" }] } },
        { type: { name: null, shape: [{ kind: "star", name: { text: "S" } }], optional: true } },
        { type: { kind: "fnType", params: [{}, {}], result: { shape: [{ kind: "dim", value: { op: "//" } }] } } },
        { type: { kind: "tupleType", elements: [{ shape: null }, { shape: [] }] } },
      ],
      result: { kind: "recordType", fields: [{ name: { text: "x" } }, { name: { text: "y" } }] },
    });
  });

  test("spans cover what they name", () => {
    const text = "layer A(D: dim) { x = (1 + 2) * f(D)[0, :] }";
    const [decl] = parsed(text).items;
    const cut = ({ span }: { span: { start: number; end: number } }) => text.slice(span.start, span.end);
    if (decl?.kind !== "decl") throw new Error("a declaration");
    expect(cut(decl)).toBe(text);
    const [binding] = decl.members;
    if (binding?.kind !== "binding" || binding.value.kind !== "binary") throw new Error("a product");
    expect([binding.value, binding.value.left, binding.value.right].map(cut)).toEqual([
      "(1 + 2) * f(D)[0, :]",
      "(1 + 2)",
      "f(D)[0, :]",
    ]);
  });
});

describe("a single expression", () => {
  test("is all there is", () => {
    expect(parseExpression({ file: "<--set 1>", text: "1 2" })).toMatchObject({
      expr: null,
      diagnostics: [{ code: "E0006", message: "expected the end, found `2`" }],
    });
    expect(parseExpression({ file: "<--set 1>", text: "" })).toMatchObject({
      expr: null,
      diagnostics: [{ message: "expected an expression, found the end of the file" }],
    });
  });
});
