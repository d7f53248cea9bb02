/** Text of expressions: exact literals, parentheses where WGSL needs them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binary, call, literal, name, typeOf, u32, unsigned } from "../../../../src/targets/wgsl/syntax/build.ts";
import { printExpr } from "../../../../src/targets/wgsl/syntax/print.ts";

const a = name("a", u32);
const b = name("b", u32);

describe("printExpr", () => {
  test("a float literal reads back as the same float", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = printExpr(literal("f32", value));
        expect(text).toMatch(/^-?[\d.]+(e[+-]?\d+)?f$/);
        expect(Object.is(Math.fround(Number(text.slice(0, -1))), Math.fround(value))).toBe(true);
      }),
    );
  });

  test("infinities and NaN are refused", () => {
    expect(() => printExpr(literal("f32", Number.POSITIVE_INFINITY))).toThrow("literal");
    expect(() => printExpr(literal("f32", Number.NaN))).toThrow("literal");
  });

  test("the lowest integer is no literal with a sign", () => {
    expect(printExpr(literal("i32", -(2 ** 31)))).toBe("i32(-2147483648)");
  });

  test.each([
    [binary("+", binary("*", a, b), unsigned(2)), "a * b + 2u"],
    [binary("*", binary("+", a, b), unsigned(2)), "(a + b) * 2u"],
    [binary("-", a, binary("-", b, unsigned(1))), "a - (b - 1u)"],
    [binary("/", a, binary("/", b, unsigned(3))), "a / (b / 3u)"],
    [binary("&", binary("<<", a, b), unsigned(3)), "(a << b) & 3u"],
    [binary("<", binary("+", a, b), unsigned(3)), "(a + b) < 3u"],
  ])("%# is parenthesised", (expr, text) => {
    expect(printExpr(expr)).toBe(text);
  });

  test("comparisons beside each other are no template", () => {
    const both = call("pick", [binary("<", a, b), binary(">", a, b)]);
    expect(printExpr({ ...both, type: typeOf("bool", 1) })).toBe("pick((a < b), (a > b))");
  });
});
