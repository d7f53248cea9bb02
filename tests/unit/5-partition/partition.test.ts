import { describe, expect, test } from "vitest";
import { partition } from "../../../src/5-partition/partition.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Bundle, Graph } from "../../../src/ir/graph/graph.ts";
import { singleDevice, tensorType } from "../../../src/ir/types.ts";

function program(): Graph {
  const b = new GraphBuilder("prefill", []);
  b.output("y", b.apply("neg", b.input("x", tensorType("f32", [2]))));
  return b.finish();
}

const bundleOf = (graph: Graph): Bundle => ({
  tensors: [],
  programs: { prefill: graph },
  terms: [],
  microSteps: 1,
  mesh: singleDevice,
});

describe("on one device", () => {
  test("everything stays where it is", () => {
    const bundle = bundleOf(program());
    expect(partition(bundle, singleDevice)).toEqual(bundle);
  });

  test("a larger mesh is not this version's", () => {
    expect(() => partition(bundleOf(program()), { dp: 2, tp: 1, pp: 1 })).toThrow("one device only");
  });

  test("nobody may have split or left partial anything", () => {
    const graph = program();
    const split = (sharding: Graph["values"][number]["sharding"]): Bundle =>
      bundleOf({ ...graph, values: graph.values.map((value) => ({ ...value, sharding })) });
    expect(() => partition(split({ axes: ["dp"] }), singleDevice)).toThrow("%0 of prefill is sharded");
    expect(() => partition(split({ axes: [null], partial: "sum" }), singleDevice)).toThrow("is sharded");
  });
});
