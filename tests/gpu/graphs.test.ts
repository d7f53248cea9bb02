/** Every op through all phases on the device: random graphs of the shared generator give the evaluator's numbers. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fuse } from "../../src/6-optimize/fuse.ts";
import { optimizeGraph } from "../../src/6-optimize/optimize.ts";
import { plan } from "../../src/7-plan/plan.ts";
import { emit } from "../../src/8-emit/emit.ts";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Device } from "../../src/devices/device.ts";
import type { KernelBundle } from "../../src/ir/kernel/kernel-bundle.ts";
import { type Evaluated, evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { printGraph } from "../../src/ir/rules/print.ts";
import { type Tensor, tensor } from "../../src/ir/rules/tensor.ts";
import { singleDevice } from "../../src/ir/types.ts";
import { wgslTarget } from "../../src/targets/wgsl/target.ts";
import { difference } from "../laws/generators/compare.ts";
import { graphs, type RandomGraph } from "../laws/generators/graphs.ts";

let device: Device;
beforeAll(async () => {
  device = (await chooseDevice()).device;
});
afterAll(() => device.close());

test("60 random graphs with every op give the evaluator's numbers", async () => {
  await fc.assert(fc.asyncProperty(graphs({ minInstructions: 8 }), sameNumbers), { numRuns: 60 });
});

test("axes of size 1, primes and powers of two", async () => {
  const sizes = [1, 13, 16, 17, 64];
  const wide = graphs({ maxElements: 20_000, sizes });
  await fc.assert(fc.asyncProperty(wide, sameNumbers), { numRuns: 20 });
});

async function sameNumbers(random: RandomGraph): Promise<void> {
  const expected = evaluateGraph(random.graph, random.given);
  const found = difference(random, expected, await onDevice(random, expected));
  if (found !== null) expect.fail(`${found}\n${printGraph(random.graph, random.tensors)}`);
}

/** The graph as the `evaluate` program of a bundle; results have the types of `like`. */
async function onDevice({ graph, tensors, given }: RandomGraph, like: Evaluated): Promise<Evaluated> {
  const { profile } = device;
  const bundle: KernelBundle = {
    tensors,
    programs: { evaluate: fuse(optimizeGraph(graph, tensors, true), tensors, profile) },
    terms: [],
    microSteps: 1,
    mesh: singleDevice,
  };
  const session = await device.load(emit(plan(bundle, wgslTarget, profile, new Map()), wgslTarget, profile));
  try {
    for (const { id, path } of tensors) session.write(path, bytesOf(given.persistents.get(id)!));
    const used = new Set(graph.inputs.map(({ name }) => name));
    const inputs = Object.entries(given.inputs).filter(([name]) => used.has(name));
    const bytes = Object.fromEntries(inputs.map(([name, value]) => [name, bytesOf(value)]));
    const [raw] = await session.submit([{ program: "evaluate", inputs: bytes }]);
    const outputs = Object.entries(like.outputs).map(([name, type]) => [name, numbersOf(raw![name]!, type)] as const);
    const updates = new Map<(typeof tensors)[number]["id"], Tensor>();
    for (const [id, type] of like.updates) {
      updates.set(id, numbersOf(await session.read(tensors[id]!.path), type));
    }
    await session.finish();
    return { outputs: Object.fromEntries(outputs), updates };
  } finally {
    session.close();
  }
}

function bytesOf({ dtype, data }: Tensor): ArrayBufferView {
  return dtype === "f32" ? Float32Array.from(data) : dtype === "i32" ? Int32Array.from(data) : Uint32Array.from(data);
}

function numbersOf(bytes: ArrayBuffer, { dtype, shape }: Tensor): Tensor {
  const array = dtype === "f32" ? Float32Array : dtype === "i32" ? Int32Array : Uint32Array;
  return tensor(dtype, shape, new array(bytes));
}
