/** What each identity turns into, as the printer shows it. (That they keep the meaning: tests/laws.) */
import { describe, expect, test } from "vitest";
import { simplify } from "../../../src/6-optimize/simplify.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { ValueId } from "../../../src/ir/graph/graph.ts";
import { applyTo, full } from "../../../src/ir/graph/shorthand.ts";
import { printGraph } from "../../../src/ir/rules/print.ts";
import { type Dtype, tensorType } from "../../../src/ir/types.ts";

type Build = (b: GraphBuilder, x: ValueId, y: ValueId) => ValueId;

/** The lines that make the result of x and y, both `dtype[2, 3]`. */
function simplified(build: Build, dtype: Dtype = "f32"): readonly string[] {
  const b = new GraphBuilder("test", []);
  const type = tensorType(dtype, [2, 3]);
  b.output("result", build(b, b.input("x", type), b.input("y", type)));
  const lines = printGraph(simplify.run(b.finish(), []), []).split("\n").slice(1, -2);
  return lines.map((line) => line.trim()).filter((line) => !line.includes("= input"));
}

const x = (b: GraphBuilder, at: ValueId, value: number): ValueId => full(b, value, at);

describe("become x", () => {
  const identities: readonly (readonly [string, Build])[] = [
    ["x + 0", (b, at) => applyTo(b, "add", at, 0)],
    ["0 + x", (b, at) => b.apply("add", x(b, at, 0), at)],
    ["x − 0", (b, at) => b.apply("sub", at, x(b, at, 0))],
    ["x · 1", (b, at) => applyTo(b, "mul", at, 1)],
    ["x / 1", (b, at) => b.apply("div", at, x(b, at, 1))],
    ["−(−x)", (b, at) => b.apply("neg", b.apply("neg", at))],
    ["x ** 1", (b, at) => b.apply("pow", at, x(b, at, 1))],
    ["max(x, x)", (b, at) => b.apply("max", at, at)],
    ["stop_gradient(x)", (b, at) => b.stopGradient(at)],
    ["select(c, x, x)", (b, at) => b.select(b.apply("lt", at, x(b, at, 0)), at, at)],
    ["select(true, x, y)", (b, at, y) => b.select(b.broadcast(b.constant(1, "bool"), [2, 3], []), at, y)],
    ["select(1 < 0, y, x)", (b, at, y) => b.select(b.apply("lt", x(b, at, 1), x(b, at, 0)), y, at)],
    ["a cast to its own dtype", (b, at) => b.cast(at, "f32")],
    ["bits to its own dtype", (b, at) => b.bits(at, "f32")],
    ["a reshape there and back", (b, at) => b.reshape(b.reshape(at, [6]), [2, 3])],
    ["a transpose there and back", (b, at) => b.transpose(b.transpose(at, [1, 0]), [1, 0])],
    ["a broadcast to the same shape", (b, at) => b.broadcast(at, [2, 3], [0, 1])],
    ["a slice of everything", (b, at) => b.slice(at, [0, 0], [2, 3])],
    ["a slice of a pad", (b, at) => b.slice(b.pad(at, [1, 0], [0, 2], 0), [1, 0], [2, 3])],
    ["a slice of a concatenation", (b, at, y) => b.slice(b.concat([y, at], 0), [2, 0], [2, 3])],
    ["a pad by nothing", (b, at) => b.pad(at, [0, 0], [0, 0], 0)],
    ["a concatenation of one", (b, at) => b.concat([at], 1)],
    ["a concatenation with nothing", (b, at, y) => b.concat([at, b.slice(y, [0, 0], [0, 3])], 0)],
    ["a reduction over an axis of size 1", (b, at) => b.reduce("max", b.reshape(at, [2, 1, 3]), [1])],
    [
      "a running sum over an axis of size 1",
      (b, at) => b.reshape(b.cumulative("sum", b.reshape(at, [2, 1, 3]), 1), [2, 3]),
    ],
    [
      "a window as large as the whole",
      (b, at) => b.dynamicSlice(at, [b.constant(3, "i32"), b.constant(0, "i32")], [2, 3]),
    ],
    ["an update of the whole", (b, at, y) => b.dynamicUpdate(y, at, [b.constant(3, "i32"), b.constant(0, "i32")])],
    ["a gather of all rows in order", (b, at) => b.gather(at, b.iota([2], 0), 0)],
  ];
  test.each(identities)("%s", (_, build) => {
    expect(simplified(build)).toEqual(["output result = %0"]);
  });
});

describe("become shorter", () => {
  const shorter: readonly (readonly [string, Build, readonly string[]])[] = [
    ["x + (−y)", (b, at, y) => b.apply("add", at, b.apply("neg", y)), ["%2: f32[2, 3] = sub %0, %1"]],
    ["(−x) + y", (b, at, y) => b.apply("add", b.apply("neg", at), y), ["%2: f32[2, 3] = sub %1, %0"]],
    ["x − (−y)", (b, at, y) => b.apply("sub", at, b.apply("neg", y)), ["%2: f32[2, 3] = add %0, %1"]],
    ["0 − x", (b, at) => b.apply("sub", x(b, at, 0), at), ["%1: f32[2, 3] = neg %0"]],
    ["x · (−1)", (b, at) => applyTo(b, "mul", at, -1), ["%1: f32[2, 3] = neg %0"]],
    ["|−x|", (b, at) => b.apply("abs", b.apply("neg", at)), ["%1: f32[2, 3] = abs %0"]],
    ["x ** 2", (b, at) => b.apply("pow", at, x(b, at, 2)), ["%1: f32[2, 3] = mul %0, %0"]],
    [
      "x ** 5",
      (b, at) => b.apply("pow", at, x(b, at, 5)),
      ["%1: f32[2, 3] = mul %0, %0", "%2: f32[2, 3] = mul %1, %1", "%3: f32[2, 3] = mul %2, %0"],
    ],
    ["x ** 0.5", (b, at) => b.apply("pow", at, x(b, at, 0.5)), ["%1: f32[2, 3] = sqrt %0"]],
    ["x ** -0.5", (b, at) => b.apply("pow", at, x(b, at, -0.5)), ["%1: f32[2, 3] = rsqrt %0"]],
    [
      "x ** -1",
      (b, at) => b.apply("pow", at, x(b, at, -1)),
      ["%1: f32[] = constant 1", "%2: f32[2, 3] = broadcast %1 to axes=[]", "%3: f32[2, 3] = div %2, %0"],
    ],
    [
      "x / 8",
      (b, at) => b.apply("div", at, x(b, at, 8)),
      ["%1: f32[] = constant 0.125", "%2: f32[2, 3] = broadcast %1 to axes=[]", "%3: f32[2, 3] = mul %0, %2"],
    ],
    ["a reshape of a reshape", (b, at) => b.reshape(b.reshape(at, [6]), [3, 2]), ["%1: f32[3, 2] = reshape %0"]],
    [
      "a broadcast of a broadcast",
      (b, at) => b.broadcast(b.broadcast(at, [4, 2, 3], [1, 2]), [4, 2, 5, 3], [0, 1, 3]),
      ["%1: f32[4, 2, 5, 3] = broadcast %0 to axes=[1, 3]"],
    ],
    [
      "a broadcast of inserted axes",
      (b, at) => b.broadcast(b.reshape(at, [2, 1, 3]), [2, 4, 3], [0, 1, 2]),
      ["%1: f32[2, 4, 3] = broadcast %0 to axes=[0, 2]"],
    ],
    [
      "a transpose of a broadcast",
      (b, at) => b.transpose(b.broadcast(at, [2, 3, 4], [0, 1]), [0, 2, 1]),
      ["%1: f32[2, 4, 3] = broadcast %0 to axes=[0, 2]"],
    ],
    [
      "a slice of a slice",
      (b, at) => b.slice(b.slice(at, [0, 1], [2, 2]), [1, 0], [1, 1]),
      ["%1: f32[1, 1] = slice %0 starts=[1, 1]"],
    ],
    [
      "a slice of a slice by strides",
      (b, at) => b.slice(b.slice(b.reshape(at, [6]), [1], [3], [2]), [1], [1], [2]),
      ["%1: f32[6] = reshape %0", "%2: f32[1] = slice %1 starts=[3] strides=[4]"],
    ],
    [
      "a pad of a pad",
      (b, at) => b.pad(b.pad(at, [1, 0], [0, 0], 0), [0, 1], [2, 0], 0),
      ["%1: f32[5, 4] = pad %0 low=[1, 1] high=[2, 0] value=0"],
    ],
    [
      "a concatenation of one",
      (b, at, y) => b.concat([b.concat([at, y], 0), at], 0),
      ["%2: f32[6, 3] = concat %0, %1, %0 axis=0"],
    ],
    [
      "a product of a transpose",
      (b, at, y) => b.contract(at, b.transpose(y, [1, 0]), [0, 1], [1, 2], [0, 2]),
      ['%2: f32[2, 2] = contract %0, %1 "ab,cb->ac"'],
    ],
    [
      "a product of a transpose by a cycle",
      (b, at, y) => {
        const cube = b.broadcast(y, [4, 2, 3], [1, 2]);
        return b.contract(at, b.transpose(b.apply("exp", cube), [1, 2, 0]), [0, 1], [0, 1, 2], [2]);
      },
      [
        "%2: f32[4, 2, 3] = broadcast %1 to axes=[1, 2]",
        "%3: f32[4, 2, 3] = exp %2",
        '%4: f32[4] = contract %0, %3 "ab,cab->c"',
      ],
    ],
    [
      "a transpose of a product",
      (b, at, y) => b.transpose(b.contract(at, y, [0, 1], [2, 1], [0, 2]), [1, 0]),
      ['%2: f32[2, 2] = contract %0, %1 "ab,cb->ca"'],
    ],
    [
      "select(not c, x, y)",
      (b, at, y) => b.select(b.apply("not", b.apply("lt", at, y)), at, y),
      ["%2: bool[2, 3] = lt %0, %1", "%3: f32[2, 3] = select %2, %1, %0"],
    ],
    [
      "select(c, select(c, x, y), x)",
      (b, at, y) => {
        const c = b.apply("lt", at, y);
        return b.select(c, b.select(c, y, at), at);
      },
      ["%2: bool[2, 3] = lt %0, %1", "%3: f32[2, 3] = select %2, %1, %0"],
    ],
    [
      "a bool through integers",
      (b, at, y) => b.cast(b.cast(b.apply("lt", at, y), "i32"), "f32"),
      ["%2: bool[2, 3] = lt %0, %1", "%3: f32[2, 3] = cast %2"],
    ],
    [
      "constants",
      (b, at) =>
        b.apply("add", b.apply("exp", x(b, at, 0)), b.cast(b.broadcast(b.constant(3, "i32"), [2, 3], []), "f32")),
      ["%0: f32[] = constant 4", "%1: f32[2, 3] = broadcast %0 to axes=[]"],
    ],
    ["a sum of constants", (b, at) => b.reduce("sum", x(b, at, 0.5), [0, 1]), ["%0: f32[] = constant 3"]],
    [
      "a scatter into the first rows",
      (b, at) => b.scatter("add", b.broadcast(b.constant(0, "f32"), [5, 3], []), b.iota([2], 0), at, 0),
      ["%1: f32[5, 3] = pad %0 low=[0, 0] high=[3, 0] value=0"],
    ],
  ];
  test.each(shorter)("%s", (_, build, lines) => {
    expect(simplified(build).slice(0, -1)).toEqual(lines);
  });
});

describe("stay as they are", () => {
  test("x · 0 of floats: ∞ · 0 is not 0; of integers it is", () => {
    const build: Build = (b, at) => applyTo(b, "mul", at, 0);
    expect(simplified(build)).toContain("%3: f32[2, 3] = mul %0, %2");
    expect(simplified(build, "i32")).toEqual([
      "%0: i32[] = constant 0",
      "%1: i32[2, 3] = broadcast %0 to axes=[]",
      "output result = %1",
    ]);
  });

  test("a pad of a pad with another value", () => {
    const lines = simplified((b, at) => b.pad(b.pad(at, [1, 0], [0, 0], 0), [1, 0], [0, 0], 1));
    expect(lines.filter((line) => line.includes("pad"))).toHaveLength(2);
  });

  test("a scatter that sets the first rows", () => {
    const lines = simplified((b, at, y) => b.scatter("set", at, b.iota([2], 0), y, 0));
    expect(lines.some((line) => line.includes("scatter.set"))).toBe(true);
  });

  test("x / 3: its inverse is rounded", () => {
    expect(simplified((b, at) => b.apply("div", at, x(b, at, 3))).some((line) => line.includes("div"))).toBe(true);
  });

  test("0 / 0 is not a constant", () => {
    const lines = simplified((b, at) => b.apply("div", x(b, at, 0), x(b, at, 0)));
    expect(lines.some((line) => line.includes("div"))).toBe(true);
  });

  test("a product with a second reader is not computed twice", () => {
    const lines = simplified((b, at, y) => {
      const product = b.contract(at, y, [0, 1], [2, 1], [0, 2]);
      return b.apply("add", product, b.transpose(product, [1, 0]));
    });
    expect(lines.filter((line) => line.includes("contract"))).toHaveLength(1);
  });

  test("no dynamic scalar is ever folded", () => {
    const b = new GraphBuilder("test", []);
    const step = b.input("step", tensorType("i32", []));
    const total = b.input("total", tensorType("f32", []));
    b.output("share", b.apply("div", b.cast(step, "f32"), total));
    const text = printGraph(simplify.run(b.finish(), []), []);
    expect(text).toContain("div %2, %1");
    expect(text).not.toContain("constant");
  });
});
