/** Runs planned kernels on a device, each alone: all as dispatches of one program. */
import type { Device } from "../../src/devices/device.ts";
import type { PlannedKernel, Region, Step } from "../../src/ir/plan/plan.ts";
import type { Program, ProgramKernel } from "../../src/ir/plan/program.ts";
import { bytesPerElement, type Dtype, elementCount, type TensorType } from "../../src/ir/types.ts";
import { wgslTarget } from "../../src/targets/wgsl/target.ts";

/** A kernel, what its reads find and what its writes find before (zeros without). */
export type Trial = {
  readonly planned: PlannedKernel;
  readonly inputs: readonly ArrayLike<number>[];
  readonly before?: readonly ArrayLike<number>[];
};

/** For each trial one array a write. Slots must hold one tensor each. */
export async function runKernels(device: Device, trials: readonly Trial[]): Promise<readonly (readonly number[])[][]> {
  const { program, inputs } = programOf(device, trials);
  const session = await device.load(program);
  const [outputs] = await session.submit([{ program: "evaluate", inputs }]);
  session.close();
  return trials.map(({ planned }, trial) =>
    planned.kernel.writes.map(({ type }, write) => decode(outputs![`out_${trial}_${write}`]!, type.dtype)),
  );
}

function programOf(device: Device, trials: readonly Trial[]) {
  const inputs: Record<string, ArrayBufferView> = {};
  const kernels: ProgramKernel[] = [];
  const uploads: Step[] = [];
  const dispatches: Step[] = [];
  const downloads: Step[] = [];
  const declared: { name: string; type: TensorType }[] = [];
  const results: { name: string; type: TensorType }[] = [];
  // One buffer for what is read and one for what is written.
  const ends = [0, 0];
  const place = (buffer: 0 | 1, type: TensorType): Region => {
    const bytes = Math.ceil((elementCount(type.shape) * bytesPerElement[type.dtype]) / 4) * 4;
    const region = { buffer, offset: ends[buffer]!, bytes };
    ends[buffer] = Math.ceil((ends[buffer]! + bytes) / 256) * 256;
    return region;
  };
  for (const [trial, { planned, inputs: values, before }] of trials.entries()) {
    const regions: Region[] = [];
    for (const [read, { type }] of planned.kernel.reads.entries()) {
      const name = `in_${trial}_${read}`;
      const region = place(0, type);
      regions[planned.reads[read]!.slot] = region;
      inputs[name] = encode(values[read]!, type.dtype);
      uploads.push({ kind: "upload", name, to: region });
      declared.push({ name, type });
    }
    for (const [write, { type }] of planned.kernel.writes.entries()) {
      const name = `before_${trial}_${write}`;
      const region = place(1, type);
      regions[planned.writes[write]!.slot] = region;
      inputs[name] = encode(before?.[write] ?? new Float64Array(elementCount(type.shape)), type.dtype);
      uploads.push({ kind: "upload", name, to: region });
      declared.push({ name, type });
      results.push({ name: `out_${trial}_${write}`, type });
      downloads.push({ kind: "download", name: `out_${trial}_${write}`, from: region });
    }
    const name = `k${trial}`;
    const code = wgslTarget.emit(planned, name, device.profile);
    kernels.push({ name, why: planned.kernel.why, slots: planned.slots, code });
    dispatches.push({ kind: "dispatch", kernel: trial, regions });
  }
  const program: Program = {
    version: 1,
    target: "wgsl",
    profile: device.profile.name,
    buffers: [
      { role: "arena", bytes: ends[0]! },
      { role: "arena", bytes: ends[1]! },
    ],
    tensors: [],
    kernels,
    programs: { evaluate: { steps: [...uploads, ...dispatches, ...downloads], inputs: declared, outputs: results } },
    terms: [],
    microSteps: 1,
  };
  return { program, inputs };
}

function encode(values: ArrayLike<number>, dtype: Dtype): ArrayBufferView {
  if (dtype === "f32") return Float32Array.from(values);
  return dtype === "i32" ? Int32Array.from(values) : Uint32Array.from(values);
}

function decode(bytes: ArrayBuffer, dtype: Dtype): readonly number[] {
  if (dtype === "f32") return [...new Float32Array(bytes)];
  return dtype === "i32" ? [...new Int32Array(bytes)] : [...new Uint32Array(bytes)];
}
