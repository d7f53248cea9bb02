/** Whatever the text, `parse` returns, in sorted order, with at most 20 diagnostics, all inside the text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxSourceLength, parse } from "../../../src/1-parse/parse.ts";
import { tokenize } from "../../../src/1-parse/tokenize.ts";
import { programs } from "./support.ts";

function check(text: string): number {
  const { diagnostics } = parse({ file: "x.llm", text });
  expect(diagnostics.length).toBeLessThanOrEqual(20);
  let last = 0;
  for (const { labels } of diagnostics) {
    expect(labels[0].span.start).toBeGreaterThanOrEqual(last);
    last = labels[0].span.start;
    for (const { span } of labels) {
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(span.end).toBeLessThanOrEqual(text.length);
    }
  }
  return diagnostics.length;
}

const tokensOf = (text: string) => tokenize({ file: "x.llm", text }, () => {}).tokens;

test("one token less is at most two messages, almost always", () => {
  let mutants = 0;
  let many = 0;
  for (const { text } of programs) {
    for (const token of tokensOf(text)) {
      const count = check(text.slice(0, token.startOffset) + text.slice(token.endOffset! + 1));
      mutants++;
      if (count > 2) many++;
    }
  }
  expect(many / mutants).toBeLessThan(0.005);
});

test("cut off anywhere", () => {
  for (const { text } of programs) for (let i = 0; i < text.length; i += 7) check(text.slice(0, i));
});

test("garbage", () => {
  const words = [
    "if",
    "then",
    "else",
    "fn",
    "for",
    "in",
    "use",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "=",
    ":",
    ",",
    "1",
    "2%",
  ];
  const signs = [
    "steps",
    "x",
    '"a"',
    '"',
    "'",
    "..",
    "...",
    "->",
    "**",
    "-",
    "not",
    "?",
    "@",
    "\n",
    "##",
    "#",
    ";",
    "é",
    "😀",
  ];
  const piece = fc.oneof(fc.constantFrom(...words, ...signs), fc.string({ unit: "binary", maxLength: 5 }));
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(" "));
  fc.assert(
    fc.property(text, (t) => void check(t)),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (t) => void check(t)),
    { numRuns: 500 },
  );
});

describe("limits", () => {
  const deep = (open: string, inner: string, close: string) => `x = ${open.repeat(1000)}${inner}${close.repeat(1000)}`;
  test.each([
    ["parentheses", deep("(", "1", ")")],
    ["lists", deep("[", "1", "]")],
    ["records", deep("{a=", "1", "}")],
    ["unclosed", `x = ${"(".repeat(100_000)}`],
    ["calls", deep("f(", "1", ")")],
    ["conditions", deep("if a then b else ", "1", "")],
    ["functions", deep("fn() = ", "1", "")],
    ["signs", deep("-", "1", "")],
    ["powers", deep("2 ** ", "1", "")],
    ["sums", deep("1 + ", "1", "")],
    ["members", deep("", "a", ".b")],
    ["types", `x: ${"fn() -> ".repeat(1000)}int = 1`],
    ["loops", `fn f() { ${"for i in x { ".repeat(1000)}${"}".repeat(1000)} }`],
  ])("%s in each other", (_, text) => {
    expect(parse({ file: "x.llm", text }).diagnostics).toMatchObject([{ code: "E0007" }]);
  });

  test("250 deep is fine", () => {
    expect(check(`x = ${"(".repeat(250)}1${")".repeat(250)}`)).toBe(0);
  });

  test("size", () => {
    const text = "# ".repeat(maxSourceLength / 2 + 1);
    expect(parse({ file: "x.llm", text }).diagnostics).toMatchObject([{ code: "E0007" }]);
  });
});
