/** Runs graphs through phases 6 to 8 on the reference device, and by the evaluator: both as numbers. */
import { fuse } from "../../src/6-optimize/fuse.ts";
import { optimizeGraph } from "../../src/6-optimize/optimize.ts";
import { plan } from "../../src/7-plan/plan.ts";
import { emit } from "../../src/8-emit/emit.ts";
import { openReferenceDevice } from "../../src/devices/reference/device.ts";
import type { Graph, Persistent } from "../../src/ir/graph/graph.ts";
import type { KernelGraph } from "../../src/ir/kernel/kernel.ts";
import type { KernelBundle } from "../../src/ir/kernel/kernel-bundle.ts";
import { verifyKernelGraph } from "../../src/ir/kernel/verify-kernel.ts";
import type { Plan } from "../../src/ir/plan/plan.ts";
import { referenceProfile } from "../../src/ir/plan/profile.ts";
import type { Program } from "../../src/ir/plan/program.ts";
import { verifyPlan } from "../../src/ir/plan/verify-plan.ts";
import type { Given } from "../../src/ir/rules/evaluate.ts";
import type { Tensor } from "../../src/ir/rules/tensor.ts";
import { type Dtype, singleDevice } from "../../src/ir/types.ts";
import { referenceTarget } from "../../src/targets/reference/target.ts";

export type Compiled = { readonly kernels: KernelGraph; readonly plan: Plan; readonly program: Program };

/** One graph as the `evaluate` program of a bundle. */
export function compileGraph(graph: Graph, tensors: readonly Persistent[], profile = referenceProfile): Compiled {
  const kernels = fuse(optimizeGraph(graph, tensors, true), tensors, profile);
  verifyKernelGraph(kernels);
  const bundle: KernelBundle = {
    tensors,
    programs: { evaluate: kernels },
    terms: [],
    microSteps: 1,
    mesh: singleDevice,
  };
  const planned = plan(bundle, referenceTarget, profile, new Map());
  verifyPlan(planned, profile);
  const program = emit(planned, referenceTarget, profile);
  return { kernels, plan: planned, program };
}

export type Results = {
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** By persistent id, after the program. */
  readonly tensors: ReadonlyMap<number, readonly number[]>;
};

export async function runCompiled(program: Program, tensors: readonly Persistent[], given: Given): Promise<Results> {
  const session = await openReferenceDevice(referenceProfile).load(program);
  for (const { id, path } of tensors) session.write(path, bytesOf(given.persistents.get(id)!));
  const planned = program.programs.evaluate!;
  const inputs = Object.fromEntries(planned.inputs.map(({ name }) => [name, bytesOf(given.inputs[name]!)]));
  const [raw] = await session.submit([{ program: "evaluate", inputs }]);
  const outputs = Object.fromEntries(
    planned.outputs.map(({ name, type }) => [name, numbersOf(raw![name]!, type.dtype)]),
  );
  const after = new Map<number, readonly number[]>();
  for (const { id, path, type } of tensors) after.set(id, numbersOf(await session.read(path), type.dtype));
  return { outputs, tensors: after };
}

export function bytesOf({ dtype, data }: Tensor): ArrayBufferView {
  return dtype === "f32" ? Float32Array.from(data) : dtype === "i32" ? Int32Array.from(data) : Uint32Array.from(data);
}

function numbersOf(bytes: ArrayBuffer, dtype: Dtype): readonly number[] {
  const array = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint32Array, f16: null, i8: null }[dtype];
  if (array === null) throw new Error(`no ${dtype} on the reference device`);
  return [...new array(bytes)];
}
