/** What the builder makes, and that it refuses what the shape rules refuse. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { PersistentId, ValueId } from "../../../../src/ir/graph/graph.ts";
import { printGraph } from "../../../../src/ir/rules/print.ts";
import { type Dtype, tensorType } from "../../../../src/ir/types.ts";
import { InvariantError } from "../../../../src/support/invariant.ts";

const start = () => {
  const b = new GraphBuilder("test", []);
  const of = (dtype: Dtype, ...shape: readonly number[]): ValueId =>
    b.input(`${dtype}${shape}`, tensorType(dtype, shape));
  return { b, of };
};

describe("the builder", () => {
  test("gives the printer this", () => {
    const { b, of } = start();
    const x = of("f32", 2, 3);
    const y = b.contract(x, b.transpose(x, [1, 0]), [0, 1], [1, 2], [0, 2]);
    const masked = b.select(
      b.apply("gt", y, b.broadcast(b.constant(0.1, "f32"), [2, 2], [])),
      y,
      b.pad(b.slice(y, [0, 0], [1, 2]), [1, 0], [0, 0], -Infinity),
    );
    b.at({ path: "blocks.0.ln", span: { file: "a.llm", start: 0, end: 1 }, loop: { list: "blocks", index: 0 } }, () =>
      b.output("total", b.reduce("sum", masked, [0, 1])),
    );
    expect(printGraph(b.finish(), [])).toBe(`graph test(f322,3: f32[2, 3]) {
  %0: f32[2, 3] = input f322,3
  %1: f32[3, 2] = transpose %0 [1, 0]
  %2: f32[2, 2] = contract %0, %1 "ab,bc->ac"
  %3: f32[] = constant 0.1
  %4: f32[2, 2] = broadcast %3 to axes=[]
  %5: bool[2, 2] = gt %2, %4
  %6: f32[1, 2] = slice %2 starts=[0, 0]
  %7: f32[2, 2] = pad %6 low=[1, 0] high=[0, 0] value=-Infinity
  %8: f32[2, 2] = select %5, %2, %7
  %9: f32[] = reduce.sum %8 axes=[0, 1]   # blocks.0.ln
  output total = %9
}
`);
  });

  test("varies a value as often as its widest operand", () => {
    const { b, of } = start();
    const step = b.input("step", tensorType("i32", []));
    const data = of("f32", 2);
    expect(b.valueOf(b.constant(1, "f32")).variesBy).toBe("never");
    expect(b.valueOf(b.cast(step, "f32")).variesBy).toBe("step");
    const both = b.apply("mul", data, b.broadcast(b.cast(step, "f32"), [2], []));
    expect(b.valueOf(both).variesBy).toBe("sample");
    expect(b.valueOf(b.input("fixed", tensorType("f32", []), "never")).variesBy).toBe("never");
  });

  test("gives one value for one input, and refuses it with two types", () => {
    const { b, of } = start();
    expect(of("f32", 2)).toBe(of("f32", 2));
    expect(() => b.input("f322", tensorType("i32", [2]))).toThrow("two types");
  });

  test("refuses two outputs of one name", () => {
    const { b, of } = start();
    b.output("x", of("f32", 2));
    expect(() => b.output("x", of("f32", 2))).toThrow("two outputs x");
  });

  const refused: readonly (readonly [
    string,
    (b: GraphBuilder, of: (dtype: Dtype, ...shape: readonly number[]) => ValueId) => ValueId,
  ])[] = [
    ["a constant that its dtype lacks", (b) => b.constant(0.5, "i32")],
    ["a constant that is no number", (b) => b.constant(Number.NaN, "f32")],
    ["a bool constant of 2", (b) => b.constant(2, "bool")],
    ["a persistent that does not exist", (b) => b.persistent(0 as PersistentId)],
    ["iota along no axis", (b) => b.iota([2], 1)],
    [
      "random numbers with a seed that is no u32",
      (b, of) => b.random("uniform", tensorType("f32", [2]), 0, of("i32"), of("i32"), null),
    ],
    [
      "random numbers a sample of rank 0",
      (b, of) => b.random("uniform", tensorType("f32", []), 0, of("u32"), of("i32"), of("i32")),
    ],
    ["operands of two shapes", (b, of) => b.apply("add", of("f32", 2), of("f32", 1))],
    ["operands of two dtypes", (b, of) => b.apply("add", of("f32", 2), of("i32", 2))],
    ["one operand too few", (b, of) => b.apply("add", of("f32", 2))],
    ["division of integers", (b, of) => b.apply("div", of("i32", 2), of("i32", 2))],
    ["a logarithm of integers", (b, of) => b.apply("log", of("i32", 2))],
    ["logic on numbers", (b, of) => b.apply("and", of("i32", 2), of("i32", 2))],
    ["a condition of another shape", (b, of) => b.select(of("bool"), of("f32", 2), of("f32", 2))],
    ["a condition that is no bool", (b, of) => b.select(of("i32", 2), of("f32", 2), of("f32", 2))],
    ["bits of another width", (b, of) => b.bits(of("f16", 2), "f32")],
    ["a reshape that loses elements", (b, of) => b.reshape(of("f32", 2, 3), [5])],
    ["no permutation", (b, of) => b.transpose(of("f32", 2, 3), [0, 0])],
    ["a broadcast of 2 to 3", (b, of) => b.broadcast(of("f32", 2), [3], [0])],
    ["a broadcast in falling order", (b, of) => b.broadcast(of("f32", 2, 3), [3, 2], [1, 0])],
    ["a slice past the end", (b, of) => b.slice(of("f32", 5), [1], [3], [2])],
    ["a window larger than the whole", (b, of) => b.dynamicSlice(of("f32", 2), [of("i32")], [3])],
    ["a start that is no scalar", (b, of) => b.dynamicSlice(of("f32", 2), [of("i32", 1)], [1])],
    ["an update larger than the whole", (b, of) => b.dynamicUpdate(of("f32", 2), of("f32", 3), [of("i32")])],
    ["a pad that removes", (b, of) => b.pad(of("f32", 2), [-1], [0], 0)],
    ["a concatenation of two widths", (b, of) => b.concat([of("f32", 2, 3), of("f32", 2, 4)], 0)],
    ["a concatenation of nothing", (b) => b.concat([], 0)],
    ["a reduction along no axis of the operand", (b, of) => b.reduce("sum", of("f32", 2), [1])],
    ["a reduction in falling order", (b, of) => b.reduce("sum", of("f32", 2, 3), [1, 0])],
    ["a maximum of nothing", (b, of) => b.reduce("max", of("f32", 0), [0])],
    ["a sum of bools", (b, of) => b.reduce("sum", of("bool", 2), [0])],
    ["more than there are", (b, of) => b.topK(of("f32", 2), 3, "values")],
    ["a label of two sizes", (b, of) => b.contract(of("f32", 2), of("f32", 3), [0], [0], [])],
    ["a label twice in one operand", (b, of) => b.contract(of("f32", 2, 2), of("f32", 2), [0, 0], [0], [])],
    ["a sum over a label of one operand", (b, of) => b.contract(of("f32", 2, 3), of("f32", 2), [0, 1], [0], [])],
    ["a result label from nowhere", (b, of) => b.contract(of("f32", 2), of("f32", 2), [0], [0], [1])],
    ["a contraction of integers", (b, of) => b.contract(of("i32", 2), of("i32", 2), [0], [0], [])],
    ["indices that are no i32", (b, of) => b.gather(of("f32", 2), of("u32", 2), 0)],
    ["updates of another shape", (b, of) => b.scatter("add", of("f32", 4, 2), of("i32", 3), of("f32", 3, 3), 0)],
    ["a sum of bools by scatter", (b, of) => b.scatter("add", of("bool", 4), of("i32", 3), of("bool", 3), 0)],
    [
      "an operand that is encoded",
      (b, of) => b.apply("neg", b.encode(of("f32", 4), { kind: "sparse24", values: { kind: "dense" } })),
    ],
  ];
  test.each(refused)("refuses %s", (_, build) => {
    const { b, of } = start();
    expect(() => build(b, of)).toThrow(InvariantError);
  });
});
