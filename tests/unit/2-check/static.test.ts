/** Values known at check, seen through the model of a train job. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printExpr } from "../../../src/2-check/print-expr.ts";
import type { Static } from "../../../src/2-check/program.ts";
import { formatStatic } from "../../../src/2-check/static/format-static.ts";
import { check, codes } from "./checker.ts";

const program = (argument: string, before = "") => `use std.*
${before}
model Tiny(V: dim, x: float? = none, n: dim = 1) {
  tok = Embedding(V, n)
  fn forward(ids: i32[B, S]) -> [B, S, V] = tok(ids) @ tok.weight.T
}
tokenizer chars { kind = char_level()  fit = "a.txt" }
data letters { source = text("a.txt")  tokenizer = chars  window = 8 }
train tiny {
  model = Tiny(${argument})  data = letters  objective = causal_lm()  optimizer = adamw(lr = 1e-3)
  batch = 4  until = 3 steps
}`;

function argument(name: string, source: string, before = ""): Static | undefined {
  const { program: checked, diagnostics } = check(program(source, before));
  expect(diagnostics).toEqual([]);
  const train = checked?.jobs.get("tiny");
  return train?.kind === "train" && train.model.kind === "instance" ? train.model.args.get(name) : undefined;
}

describe("numbers", () => {
  const value = (source: string, before = "") => {
    const found = argument("x", `V = 4, x = ${source}`, before);
    return found?.kind === "number" ? found.value : found;
  };

  test("are computed as written", () => {
    expect(value("2 + 3 * 4 ** 2")).toBe(50);
    expect(value("-2 ** 2")).toBe(-4);
    expect(value("7 % 4 / 2")).toBe(1.5);
    expect(value("10% * 5")).toBe(0.5);
    expect(value("if 3 < 4 and not false then 1.5 else 2.5")).toBe(1.5);
    expect(value("none or 0.25")).toBe(0.25);
    expect(value("sqrt(16) + max(1, 2) + len([1, 2, 3])")).toBe(9);
    expect(value("[i ** 2 for i in 0..4][-1]")).toBe(9);
    expect(value("base.deep.y", "base = { deep = { y = 0.5 }, z = 1 }")).toBe(0.5);
    expect(value("more.y", "base = { y = 1, z = 2 }\nmore = { ...base, y = 3 }")).toBe(3);
    expect(value("a * b", "a, b = (3, 5)")).toBe(15);
    const functions = "fn area(r: float) { return pi * r ** 2 }\nfn half(y: float) = y / 2";
    expect(value("area(3) |> half", functions)).toBeCloseTo((Math.PI * 9) / 2);
  });

  test("agree with JavaScript", () => {
    const number = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.constantFrom("+", "-", "*"),
        fc.constantFrom("+", "-", "*"),
        (a, b, c, op, other) => {
          const source = `${a} ${op} ${b} ${other} ${c}`;
          expect(value(source)).toBe(new Function(`return ${source}`)());
        },
      ),
      { numRuns: 20 },
    );
  });

  test("`//` is exact or an error", () => {
    expect(value("12 // 4")).toBe(3);
    expect(codes(program("V = 4, x = 13 // 4"))).toEqual(["E0210"]);
  });
});

describe("values known later", () => {
  test("are references", () => {
    expect(argument("V", "V = chars.vocab")).toMatchObject({ kind: "later", job: "chars", path: ["vocab"] });
  });

  test("make closed expressions, whatever names the source used", () => {
    const found = argument("V", "V = padded", "extra = 3\npadded = 2 * (chars.vocab + extra)");
    expect(found?.kind).toBe("pending");
    if (found?.kind === "pending") expect(printExpr(found.expr)).toBe("2 * (chars.vocab + 3)");
  });

  test("fields of other jobs that are known are values", () => {
    expect(argument("n", "V = 4, n = letters.window")).toMatchObject({ kind: "number", value: 8 });
  });
});

test("values are shown nearly as they are written", () => {
  expect(formatStatic({ kind: "quantity", value: 1, unit: "step" })).toBe("1 step");
  expect(formatStatic({ kind: "quantity", value: 2.5, unit: "epoch" })).toBe("2.5 epochs");
  expect(formatStatic({ kind: "quantity", value: 3, unit: "GiB" })).toBe("3 GiB");
  expect(formatStatic({ kind: "percent", value: 0.1 })).toBe("10%");
  expect(formatStatic({ kind: "tuple", elements: [{ kind: "string", value: "a" }, { kind: "none" }] })).toBe(
    '("a", none)',
  );
});
