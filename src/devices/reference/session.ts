/** A program with its memory on the reference device. Everything happens at once, in order, inside `submit`. */
import type { PlannedKernel, PlannedProgram, Region, Step } from "../../ir/plan/plan.ts";
import type { Program } from "../../ir/plan/program.ts";
import { bytesPerElement, type Dtype, denseBytes, type TensorType } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError, type Invocation, type Outputs, type Session } from "../device.ts";
import { interpret } from "./interpret.ts";
import type { Bound, View } from "./machine.ts";

export class ReferenceSession implements Session {
  readonly allocatedBytes: number;
  readonly #program: Program;
  readonly #buffers: readonly ArrayBuffer[];
  readonly #kernels: readonly { readonly planned: PlannedKernel; readonly run: (memory: Bound) => void }[];
  readonly #bound = new Map<Step, Bound>();

  constructor(program: Program) {
    this.#program = program;
    this.#buffers = program.buffers.map(({ bytes }) => new ArrayBuffer(bytes));
    this.allocatedBytes = program.buffers.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#kernels = program.kernels.map(({ name, code }) => {
      if (code.kind !== "interpreted")
        throw new DeviceError(`${name} is ${code.kind} code, which cannot be interpreted`);
      return { planned: code.planned, run: interpret(code.planned.kernel) };
    });
  }

  async submit(invocations: readonly Invocation[]): Promise<readonly Outputs[]> {
    return invocations.map(({ program, inputs }) => {
      const planned = this.#program.programs[program];
      invariant(planned !== undefined, `no program ${program}`);
      return this.#run(planned, inputs);
    });
  }

  async read(path: string): Promise<ArrayBuffer> {
    const { region, type } = this.#tensor(path);
    return this.#bytes(region, type).slice().buffer;
  }

  write(path: string, bytes: ArrayBufferView): void {
    const { region, type } = this.#tensor(path);
    const to = this.#bytes(region, type);
    invariant(bytes.byteLength === to.byteLength, `${path}: ${bytes.byteLength} bytes for ${to.byteLength}`);
    to.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async finish(): Promise<void> {}

  close(): void {}

  #run(program: PlannedProgram, inputs: Invocation["inputs"]): Outputs {
    const outputs: Record<string, ArrayBuffer> = {};
    for (const step of program.steps) {
      switch (step.kind) {
        case "upload": {
          const { type } = program.inputs.find(({ name }) => name === step.name)!;
          const given = inputs[step.name];
          const to = this.#bytes(step.to, type);
          invariant(
            given !== undefined && given.byteLength === to.byteLength,
            () => `input ${step.name}: ${given?.byteLength} bytes for ${to.byteLength}`,
          );
          to.set(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
          break;
        }
        case "download": {
          const { type } = program.outputs.find(({ name }) => name === step.name)!;
          outputs[step.name] = this.#bytes(step.from, type).slice().buffer;
          break;
        }
        case "copy":
          new Uint8Array(this.#buffers[step.to.buffer]!, step.to.offset, step.to.bytes).set(
            new Uint8Array(this.#buffers[step.from.buffer]!, step.from.offset, step.to.bytes),
          );
          break;
        case "dispatch":
          this.#kernels[step.kernel]!.run(this.#bind(step));
          break;
        case "collective":
        case "event":
          invariant(false, `the reference device has no ${step.kind}`);
      }
    }
    return outputs;
  }

  /** Views are made once a dispatch. */
  #bind(step: Extract<Step, { readonly kind: "dispatch" }>): Bound {
    const known = this.#bound.get(step);
    if (known !== undefined) return known;
    const { planned } = this.#kernels[step.kernel]!;
    const view = (i: number, which: "reads" | "writes"): View => {
      const { slot, offset } = planned[which][i]!;
      return this.#view(step.regions[slot]!, offset, planned.kernel[which][i]!.type.dtype);
    };
    const bound = {
      reads: planned.kernel.reads.map((_, i) => view(i, "reads")),
      writes: planned.kernel.writes.map((_, i) => view(i, "writes")),
    };
    this.#bound.set(step, bound);
    return bound;
  }

  #view(region: Region, offset: number, dtype: Dtype): View {
    const width = bytesPerElement[dtype];
    return new arrays[wordOf(dtype)](
      this.#buffers[region.buffer]!,
      region.offset + offset * width,
      Math.floor(region.bytes / width) - offset,
    );
  }

  #bytes(region: Region, type: TensorType): Uint8Array<ArrayBuffer> {
    const bytes = denseBytes(type);
    return new Uint8Array(this.#buffers[region.buffer]!, region.offset, bytes);
  }

  #tensor(path: string) {
    const tensor = this.#program.tensors.find((candidate) => candidate.path === path);
    invariant(tensor !== undefined, `no tensor ${path}`);
    return tensor;
  }
}

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;

/** bool is a word; narrow types are not stored by programs of this target. */
function wordOf(dtype: Dtype): keyof typeof arrays {
  if (dtype === "bool") return "u32";
  if (dtype === "f32" || dtype === "i32" || dtype === "u32") return dtype;
  throw new DeviceError(`the reference device has no ${dtype}`);
}
