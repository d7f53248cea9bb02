/**
 * Device memory of one session: every GPUBuffer it makes is made, counted and destroyed here.
 *
 * Dawn's out-of-memory scopes do not fire and drivers hand out more than there is, so sizes are held against the
 * adapter's limits, and on CPU adapters against the machine's memory, before anything is allocated.
 */
import { totalmem } from "node:os";
import type { Profile } from "../../ir/plan/profile.ts";
import type { Program } from "../../ir/plan/program.ts";
import { ringDepth, type Staging, stagingBytes, stagingOf } from "../../ir/plan/staging.ts";
import { DeviceError } from "../device.ts";

/** Bits of GPUBufferUsage. */
const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, storage: 0x80 } as const;

export type SessionMemory = {
  /** `Program.buffers`, in order. */
  readonly buffers: readonly GPUBuffer[];
  /** Inputs of one submission, and its canary. */
  readonly upload: GPUBuffer;
  /** Outputs of the submissions in flight, and their canaries. */
  readonly ring: readonly GPUBuffer[];
  /** For reading tensors; `null` where there are none. */
  readonly read: GPUBuffer | null;
  readonly staging: Staging;
  readonly allocatedBytes: number;
  readonly destroy: () => void;
};

export function allocate(device: GPUDevice, program: Program): SessionMemory {
  const all: GPUBuffer[] = [];
  const create = (size: number, bits: number, label: string): GPUBuffer => {
    const buffer = device.createBuffer({ size, usage: bits, label });
    all.push(buffer);
    return buffer;
  };
  const staging = stagingOf(program);
  const buffers = program.buffers.map((buffer, index) =>
    create(buffer.bytes, usage.storage | usage.copySource | usage.copyTarget, `${buffer.role} ${index}`),
  );
  const upload = create(staging.upload, usage.copySource | usage.copyTarget, "upload");
  const ring = Array.from({ length: ringDepth }, (_, index) =>
    create(staging.ringSlot, usage.mapRead | usage.copyTarget, `outputs ${index}`),
  );
  const read = staging.read === 0 ? null : create(staging.read, usage.mapRead | usage.copyTarget, "read");
  return {
    buffers,
    upload,
    ring,
    read,
    staging,
    allocatedBytes: all.reduce((sum, buffer) => sum + buffer.size, 0),
    destroy: () => {
      for (const buffer of all) buffer.destroy();
    },
  };
}

/** Throws `DeviceError` where the program cannot fit. `machineBytes`: memory of a CPU adapter's machine, `null` for a GPU's, which is not told. */
export function checkFits(program: Program, limits: Profile["limits"], machineBytes: number | null): void {
  for (const [index, buffer] of program.buffers.entries()) {
    if (buffer.bytes > limits.maxBufferSize) {
      throw new DeviceError(
        `buffer ${index} (${buffer.role}) needs ${mebibytes(buffer.bytes)}, the adapter allows ${mebibytes(limits.maxBufferSize)} in one buffer`,
        "a smaller model, batch or window needs less",
      );
    }
  }
  const bytes = program.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0) + stagingBytes(program);
  if (machineBytes !== null && bytes > 0.9 * machineBytes) {
    throw new DeviceError(
      `the program needs ${mebibytes(bytes)}, and this machine has ${mebibytes(machineBytes)} of memory`,
      "smaller micro-batches (`micro`) need less memory",
    );
  }
}

/** Memory of this machine, or of the container that Node runs in. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}
