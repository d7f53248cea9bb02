/**
 * The Plan: every byte placed, every kernel given a schedule, every program a list of steps.
 *
 * Law: no two values that are live together overlap; no dispatch binds one buffer both for reading and for writing
 * (Dawn tracks usage a whole buffer at a time: where one tensor of a buffer is written, the others in it are bound
 * `readWrite` too). A slot may be read and written by the same dispatch at the same index (in place).
 */
import type { LossTerm, Persistent, PersistentId, ProgramName } from "../graph/graph.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { TensorType } from "../types.ts";

export type BufferRole =
  | "parameter"
  | "gradient"
  | "state"
  | "average"
  | "cache"
  | "metric"
  | "mask"
  | "input"
  | "output"
  | "arena";

/** One device allocation. Several colours of one role exist so that the law above holds and limits are kept. */
export type PlannedBuffer = { readonly role: BufferRole; readonly bytes: number };

/** `buffer` is a position in `Plan.buffers`; `offset` is a multiple of the profile's alignment. */
export type Region = { readonly buffer: number; readonly offset: number; readonly bytes: number };

/** Where a read or write of a kernel finds its tensor: slot (bind group entry) and first element in it. */
export type Access = { readonly slot: number; readonly offset: number };

export type Slot = { readonly access: "read" | "readWrite" };

/** A kernel that several dispatches share: its tensors are slots. `reads[i]` and `writes[i]` belong to `kernel.reads[i]`, `kernel.writes[i]`. */
export type PlannedKernel = {
  readonly kernel: Kernel;
  readonly schedule: Schedule;
  readonly slots: readonly Slot[];
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
};

/** Parameters of a loop transformation; the space they are searched in belongs to the target. */
export type Schedule =
  /** Each thread computes `elements` points, `vector` of them side by side along the last axis. */
  | { readonly kind: "map"; readonly workgroup: number; readonly elements: number; readonly vector: 1 | 2 | 4 }
  /** A thread, a subgroup or a workgroup computes each domain point's reductions. */
  | {
      readonly kind: "row";
      readonly by: "thread" | "subgroup" | "workgroup";
      readonly workgroup: number;
      readonly vector: 1 | 2 | 4;
    }
  /** Each thread holds `rows` × `columns` accumulators and advances `step` along the reduced axis. */
  | {
      readonly kind: "contract";
      readonly staging: "none" | "shared" | "subgroup";
      readonly rows: number;
      readonly columns: number;
      readonly step: number;
      readonly workgroup: readonly [number, number];
    }
  /** For targets that interpret. */
  | { readonly kind: "interpreted" };

export type Step =
  | { readonly kind: "dispatch"; readonly kernel: number; readonly regions: readonly Region[] }
  | { readonly kind: "copy"; readonly from: Region; readonly to: Region }
  /** Host → `to`: the bytes of the invocation's input `name`. */
  | { readonly kind: "upload"; readonly name: string; readonly to: Region }
  /** `from` → host: the invocation's output `name`. */
  | { readonly kind: "download"; readonly name: string; readonly from: Region }
  | {
      readonly kind: "collective";
      readonly op: "allReduce" | "allGather" | "reduceScatter" | "send" | "receive";
      readonly from: Region;
      readonly to: Region;
    }
  | { readonly kind: "event"; readonly signal: number };

export type PlannedProgram = {
  readonly steps: readonly Step[];
  readonly inputs: readonly { readonly name: string; readonly type: TensorType }[];
  readonly outputs: readonly { readonly name: string; readonly type: TensorType }[];
};

export type Plan = {
  readonly buffers: readonly PlannedBuffer[];
  readonly tensors: readonly Persistent[];
  readonly places: readonly { readonly tensor: PersistentId; readonly region: Region }[];
  readonly kernels: readonly PlannedKernel[];
  readonly programs: Readonly<Partial<Record<ProgramName, PlannedProgram>>>;
  readonly terms: readonly LossTerm[];
  readonly microSteps: number;
};

/** Bytes of the plan's own buffers. The runtime allocates these and `stagingBytes(program)` (staging.ts), nothing else. */
export function plannedBytes(plan: Plan): number {
  return plan.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
}
