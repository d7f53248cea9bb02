/** The reference device: rounding, passes, order of steps, and what it refuses. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openReferenceDevice } from "../../../../src/devices/reference/device.ts";
import { interpret } from "../../../../src/devices/reference/interpret.ts";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId } from "../../../../src/ir/graph/graph.ts";
import { full, repeat } from "../../../../src/ir/graph/shorthand.ts";
import { referenceProfile } from "../../../../src/ir/plan/profile.ts";
import { evaluateGraph, scalarTensor } from "../../../../src/ir/rules/evaluate.ts";

import { replicated, tensorType } from "../../../../src/ir/types.ts";
import { compileGraph, runCompiled } from "../../../laws/on-reference.ts";

const f32 = (...shape: number[]) => tensorType("f32", shape);

describe("a kernel", () => {
  it("rounds every operation to float32", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (x, y) => {
        const b = new GraphBuilder("g", []);
        const [p, q] = [b.input("x", f32()), b.input("y", f32())];
        b.output("z", b.apply("mul", b.apply("add", p, q), p));
        const { kernel } = planned(b);
        const out = new Float32Array(1);
        interpret(kernel)({ reads: [Float32Array.of(x), Float32Array.of(y)], writes: [out] });
        expect(out[0]).toEqual(Math.fround(Math.fround(x + y) * x));
      }),
    );
  });

  it("sums in float64 and rounds once", () => {
    const b = new GraphBuilder("g", []);
    b.output("s", b.reduce("sum", b.input("x", f32(3)), [0]));
    const { kernel } = planned(b);
    const out = new Float32Array(1);
    interpret(kernel)({ reads: [Float32Array.of(2 ** 25, 1, -(2 ** 25))], writes: [out] });
    expect(out[0]).toBe(1);
  });

  it("walks again where a reduction needs another's result", () => {
    const b = new GraphBuilder("g", []);
    const x = b.input("x", f32(2, 3));
    const centred = b.apply("sub", x, repeat(b, b.reduce("max", x, [1]), [2, 3], [1]));
    const low = repeat(b, b.reduce("min", centred, [1]), [2, 3], [1]);
    b.output("y", b.apply("div", centred, low));
    const { kernel } = planned(b);
    const out = new Float32Array(6);
    interpret(kernel)({ reads: [Float32Array.of(1, 3, 5, 0, 8, 4)], writes: [out] });
    expect([...out].map((v) => v + 0)).toEqual([1, 0.5, 0, 1, 0, 0.5]);
  });

  it("draws the evaluator's random numbers", async () => {
    const b = new GraphBuilder("g", []);
    const [seed, step, sample] = [
      b.input("seed", tensorType("u32", [])),
      b.input("step", tensorType("i32", [])),
      b.input("sample", tensorType("i32", [])),
    ];
    b.output("bySample", b.random("uniform", f32(3, 5), 77, seed, step, sample));
    b.output("byTensor", b.random("normal", f32(3, 5), 0xffff_fff1, seed, step, null));
    const graph = b.finish();
    const inputs = {
      seed: scalarTensor("u32", 4_000_000_000),
      step: scalarTensor("i32", 12),
      sample: scalarTensor("i32", 31),
    };
    const expected = evaluateGraph(graph, { inputs, persistents: new Map() }).outputs;
    const { outputs } = await runCompiled(compileGraph(graph, []).program, [], { inputs, persistents: new Map() });
    expect(outputs.bySample).toEqual([...expected.bySample!.data]);
    for (const [i, x] of outputs.byTensor!.entries()) expect(x).toBeCloseTo(expected.byTensor!.data[i]!, 5);
  });
});

describe("a session", () => {
  const tensors: readonly Persistent[] = [
    {
      id: 0 as PersistentId,
      path: "count",
      role: "state",
      type: f32(2),
      trainable: false,
      sharding: replicated(1),
      origin: { path: "count", span: { file: "", start: 0, end: 0 } },
    },
  ];
  const counting = () => {
    const b = new GraphBuilder("count", tensors);
    const next = b.apply("add", b.persistent(0 as PersistentId), full(b, 1, b.persistent(0 as PersistentId)));
    b.update(0 as PersistentId, next);
    b.output("now", next);
    return compileGraph(b.finish(), tensors).program;
  };

  it("runs invocations in order and keeps tensors between them", async () => {
    const program = counting();
    const session = await openReferenceDevice(referenceProfile).load(program);
    session.write("count", Float32Array.of(10, 20));
    const twice = { program: "evaluate", inputs: {} } as const;
    const outputs = await session.submit([twice, twice]);
    expect(outputs.map(({ now }) => [...new Float32Array(now!)])).toEqual([
      [11, 21],
      [12, 22],
    ]);
    expect([...new Float32Array(await session.read("count"))]).toEqual([12, 22]);
    expect(session.allocatedBytes).toBe(program.buffers.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it("refuses a program for another target, and a broken one", async () => {
    const device = openReferenceDevice(referenceProfile);
    await expect(device.load({ ...counting(), target: "wgsl" })).rejects.toThrow("cannot be interpreted");
    await expect(device.load({ ...counting(), buffers: [] })).rejects.toThrow("a broken program: R1");
  });
});

function planned(b: GraphBuilder) {
  const { plan } = compileGraph(b.finish(), []);
  expect(plan.kernels).toHaveLength(1);
  return plan.kernels[0]!;
}
