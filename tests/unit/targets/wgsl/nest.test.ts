/** Axes that are always walked together become one, and only those. */
import { describe, expect, test } from "vitest";
import { keyOf } from "../../../../src/ir/kernel/index-expr.ts";
import { nestOf, nestOfKernel } from "../../../../src/targets/wgsl/nest.ts";
import { KernelBuilder, planned } from "./fixtures/build-kernel.ts";
import * as kernels from "./fixtures/kernels.ts";

describe("nestOf", () => {
  test("a map over whole tensors has one axis", () => {
    const k = new KernelBuilder([3, 1, 4, 5]);
    const at = [0, 1, 2, 3].map((axis) => k.axis(axis));
    k.write(k.read([3, 1, 4, 5], at), [3, 1, 4, 5], at);
    const nest = nestOfKernel(k.kernel("map"));
    expect(nest.domain).toEqual([60]);
    expect(nest.writes.map(({ position }) => keyOf(position))).toEqual(["a0"]);
  });

  test("a transposed read keeps its axes apart", () => {
    expect(nestOfKernel(kernels.transposeMap(3, 4)).domain).toEqual([3, 4]);
  });

  test("parallel and reduced axes stay apart, reduced neighbours merge", () => {
    const nest = nestOfKernel(kernels.columnRow(2, 6, 5));
    expect([nest.domain, nest.reduce]).toEqual([[5], [12]]);
  });

  test("a mask of two axes keeps them apart", () => {
    const product = kernels.contraction({
      batch: 1,
      m: 6,
      n: 8,
      k: 4,
      leftReducedLast: true,
      rightReducedLast: true,
      epilogue: "mask",
    });
    expect(nestOfKernel(product).domain).toEqual([6, 8]);
  });

  test("the offset of an access is part of its position", () => {
    const kernel = kernels.biasMap(2, 3);
    const plan = planned(kernel, { kind: "map", workgroup: 8, elements: 1, vector: 1 });
    const nest = nestOf({ ...plan, writes: [{ slot: 0, offset: 40 }] });
    expect(keyOf(nest.writes[0]!.position)).toBe("3*(a0)+a1+40");
  });

  test("a guard that always holds is gone", () => {
    const k = new KernelBuilder([4]);
    const i = k.axis(0);
    const guard = [
      { expr: i, from: 0, to: 4 },
      { expr: i, from: 1, to: 9 },
    ];
    k.write(k.read([4], [i], "f32", guard), [4], [i]);
    expect(nestOfKernel(k.kernel("map")).reads[0]!.guard).toEqual([{ expr: i, from: 1, to: 9 }]);
  });
});
