/** Emission: names that are files and identifiers, and a Program that is the plan and nothing but. */
import { expect, it } from "vitest";
import { fuse } from "../../../src/6-optimize/fuse.ts";
import { plan } from "../../../src/7-plan/plan.ts";
import { emit } from "../../../src/8-emit/emit.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import { referenceProfile } from "../../../src/ir/plan/profile.ts";
import { singleDevice, tensorType } from "../../../src/ir/types.ts";
import { referenceTarget } from "../../../src/targets/reference/target.ts";

function compiled() {
  const b = new GraphBuilder("g", []);
  const x = b.input("x", tensorType("f32", [4, 6]));
  const product = b.contract(x, b.apply("exp", x), [0, 1], [2, 1], [0, 2]);
  b.output("y", b.apply("mul", b.reduce("sum", product, [0, 1]), b.constant(0.5, "f32")));
  const programs = { evaluate: fuse(b.finish(), [], referenceProfile) };
  const bundle = {
    tensors: [],
    programs,
    terms: [{ name: "loss", coefficient: 1 }],
    microSteps: 3,
    mesh: singleDevice,
  };
  const planned = plan(bundle, referenceTarget, referenceProfile, new Map());
  return { planned, program: emit(planned, referenceTarget, referenceProfile) };
}

it("names kernels by position, family and size", () => {
  expect(compiled().program.kernels.map(({ name }) => name)).toEqual([
    "k000_map_24",
    "k001_contract_4x4x6",
    "k002_row_16",
  ]);
});

it("keeps what the plan says", () => {
  const { planned, program } = compiled();
  expect(program).toMatchObject({
    version: 1,
    target: "reference",
    profile: "reference",
    buffers: planned.buffers,
    programs: planned.programs,
    terms: planned.terms,
    microSteps: 3,
  });
  expect(program.kernels.map(({ slots }) => slots)).toEqual(planned.kernels.map(({ slots }) => slots));
});

it("gives the same bytes each time", () => {
  expect(JSON.stringify(compiled().program)).toBe(JSON.stringify(compiled().program));
});
