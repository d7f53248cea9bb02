import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { ValueId } from "../../../../src/ir/graph/graph.ts";
import { bytesOf, costOf } from "../../../../src/ir/rules/cost.ts";
import { tensorType } from "../../../../src/ir/types.ts";

const f32 = (...shape: readonly number[]) => tensorType("f32", shape);

/** The last value's cost. */
function cost(build: (b: GraphBuilder) => ValueId) {
  const b = new GraphBuilder("test", []);
  const { op, type } = b.valueOf(build(b));
  return costOf(op, type, (id) => b.typeOf(id));
}

describe("scalar operations and bytes", () => {
  test("a product-sum counts two: 2 · M · N · K, batch included", () => {
    const product = (b: GraphBuilder) =>
      b.contract(b.input("x", f32(5, 3, 4)), b.input("y", f32(5, 4, 7)), [0, 1, 2], [0, 2, 3], [0, 1, 3]);
    expect(cost(product)).toEqual({ flops: 2 * 5 * 3 * 4 * 7, bytes: 4 * (5 * 3 * 4 + 5 * 4 * 7 + 5 * 3 * 7) });
  });

  test("elementwise: one an element; a reduction: one an element of its operand", () => {
    const x = (b: GraphBuilder) => b.input("x", f32(6, 2));
    expect(cost((b) => b.apply("add", x(b), x(b)))).toEqual({ flops: 12, bytes: 4 * 36 });
    expect(cost((b) => b.reduce("sum", x(b), [0]))).toEqual({ flops: 12, bytes: 4 * 14 });
    expect(cost((b) => b.topK(x(b), 2, "indices"))).toEqual({ flops: 24, bytes: 4 * 24 });
  });

  test("moving is no operation, a source no traffic", () => {
    expect(cost((b) => b.transpose(b.input("x", f32(6, 2)), [1, 0]))).toEqual({ flops: 0, bytes: 4 * 24 });
    expect(cost((b) => b.input("x", f32(6, 2)))).toEqual({ flops: 0, bytes: 0 });
  });

  test("adding rows costs what is added; setting them nothing", () => {
    const scatter = (mode: "add" | "set") =>
      cost((b) => b.scatter(mode, b.input("x", f32(9, 2)), b.iota([3], 0), b.input("u", f32(3, 2)), 0)).flops;
    expect([scatter("add"), scatter("set")]).toEqual([6, 0]);
  });

  test("bits of an encoding", () => {
    const encoding = { kind: "blocks", bits: 4, block: 32, code: "nf4", scale: "f16" } as const;
    expect(bytesOf({ ...f32(3, 3), encoding })).toBe(5);
    expect(bytesOf(tensorType("f16", [3, 3]))).toBe(18);
  });
});
