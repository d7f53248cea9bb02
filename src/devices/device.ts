/** Devices move bytes and run programs. No GPU type leaks through here. */
import type { ProgramName } from "../ir/graph/graph.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { Program } from "../ir/plan/program.ts";

/** One run of one program: its inputs by name, bytes of exactly the declared type (little endian; bool as u32). */
export type Invocation = { readonly program: ProgramName; readonly inputs: Readonly<Record<string, ArrayBufferView>> };

/** Outputs by name as raw bytes; f32 outputs are read with `new Float32Array(bytes)`. */
export type Outputs = Readonly<Record<string, ArrayBuffer>>;

/** What one dispatch took on the device. */
export type KernelTime = { readonly kernel: string; readonly nanoseconds: number };

export type Device = {
  /** One line for people: `lavapipe (LLVM 15, 256 bits), Vulkan, software`. */
  readonly description: string;
  readonly kind: "hardware" | "software" | "embedded" | "reference";
  readonly profile: Profile;
  /** Compiles kernels (in parallel, cached by source) and allocates; throws `DeviceError`. */
  readonly load: (program: Program) => Promise<Session>;
  readonly close: () => Promise<void>;
};

/** A loaded program with its memory. */
export type Session = {
  /** Bytes allocated on the device for this session. */
  readonly allocatedBytes: number;
  /**
   * Queues the invocations, in order, as one submission and returns at once; the promise gives each one's outputs.
   * Several submissions may be in flight: outputs go through a ring of staging buffers.
   */
  readonly submit: (invocations: readonly Invocation[]) => Promise<readonly Outputs[]>;
  /** Copies a tensor's contents to or from the host, ordered with submissions. */
  readonly read: (path: string) => Promise<ArrayBuffer>;
  readonly write: (path: string, bytes: ArrayBufferView) => void;
  /**
   * Runs the invocations once, with all their effects, each dispatch in a pass of its own, and gives their times in
   * order. Absent where the device cannot tell the time.
   */
  readonly timeKernels?: (invocations: readonly Invocation[]) => Promise<readonly KernelTime[]>;
  /** Resolves when all submitted work is done; rejects with the first device error. */
  readonly finish: () => Promise<void>;
  readonly close: () => void;
};

/** No adapter, lost device, out of memory, validation error: the CLI exits with 4. */
export class DeviceError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = "DeviceError";
    this.help = help;
  }
}
