/**
 * The Program: what a device runs, and what `llmc build` writes as program.json (+ kernels/*.wgsl). Plain JSON.
 * A program from a stranger is checked before use: schema, sizes, kernels by hash.
 */
import type { LossTerm, ProgramName } from "../graph/graph.ts";
import type { TensorType } from "../types.ts";
import type { PlannedBuffer, PlannedKernel, PlannedProgram, Region, Slot } from "./plan.ts";

export type KernelCode =
  | {
      readonly kind: "wgsl";
      readonly source: string;
      readonly entry: string;
      readonly workgroups: readonly [number, number, number];
    }
  /** The kernel itself, for the device that interprets. */
  | { readonly kind: "interpreted"; readonly planned: PlannedKernel };

export type ProgramKernel = {
  /** Readable and unique: `k012_contract_96x384x128`. The file name under kernels/. */
  readonly name: string;
  readonly why: string;
  readonly slots: readonly Slot[];
  readonly code: KernelCode;
};

export type ProgramTensor = {
  readonly path: string;
  readonly role: "parameter" | "state" | "gradient" | "average" | "cache" | "metric" | "mask";
  readonly trainable: boolean;
  readonly type: TensorType;
  readonly region: Region;
};

export type Program = {
  readonly version: 1;
  readonly target: "wgsl" | "reference";
  /** Name of the profile it was compiled for; a device refuses another adapter class. */
  readonly profile: string;
  readonly buffers: readonly PlannedBuffer[];
  readonly tensors: readonly ProgramTensor[];
  readonly kernels: readonly ProgramKernel[];
  readonly programs: Readonly<Partial<Record<ProgramName, PlannedProgram>>>;
  readonly terms: readonly LossTerm[];
  readonly microSteps: number;
};
