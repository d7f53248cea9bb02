/**
 * What goes over the bus, and the staging memory that it takes.
 *
 * One submission uploads all of its inputs in one piece and downloads all of its outputs in one piece. Uploads and
 * downloads that lie side by side in one buffer are joined into one copy. Used by the runtime to allocate and by
 * `llmc plan` to print: both see the same numbers.
 */
import { invariant } from "../../support/invariant.ts";
import type { ProgramName } from "../graph/graph.ts";
import { denseBytes, type TensorType } from "../types.ts";
import type { PlannedBuffer, PlannedProgram, Region, Step } from "./plan.ts";
import type { Program } from "./program.ts";

/** Submissions whose outputs may be on their way at once: the host runs ahead of the device by two. */
export const ringDepth = 3;
/** Tensors are read to the host in pieces of at most this many bytes. */
export const readChunkBytes = 16 * 2 ** 20;
/** A number that the device copies back at the end of each submission: proof that it ran. Padded to the copy alignment. */
export const canaryBytes = 16;

/** Where one named input or output stands in a transfer; `bytes` of the declared type. */
export type Field = { readonly name: string; readonly offset: number; readonly bytes: number };

/** One copy between staging memory and a device region, and the fields inside; sizes are multiples of 4. */
export type Transfer = { readonly region: Region; readonly fields: readonly Field[] };

/** Uploads (or downloads) of consecutive steps; `bytes` of staging in all. */
export type TransferGroup = { readonly transfers: readonly Transfer[]; readonly bytes: number };

/** Bytes of a tensor as the host sees it. */
export function hostBytes(type: TensorType): number {
  invariant(type.encoding.kind === "dense", "only dense tensors cross the bus");
  return denseBytes(type);
}

/**
 * The transfers of a run of upload or download steps that stand next to each other. Regions with a gap of less than an
 * alignment between them are joined; for uploads only in buffers of role `input`, where a gap holds nothing that is live.
 */
export function groupTransfers(
  run: TransferRun,
  program: PlannedProgram,
  buffers: readonly PlannedBuffer[],
): TransferGroup {
  const types = run.kind === "upload" ? program.inputs : program.outputs;
  const sizes = new Map(types.map(({ name, type }) => [name, hostBytes(type)]));
  const placed = run.steps
    .map((step) => {
      const bytes = sizes.get(step.name);
      invariant(bytes !== undefined, `step ${step.kind} names "${step.name}", which the program does not declare`);
      return { name: step.name, region: step.kind === "upload" ? step.to : step.from, bytes };
    })
    .sort((a, b) => a.region.buffer - b.region.buffer || a.region.offset - b.region.offset);

  const transfers: { region: Region; fields: Field[] }[] = [];
  for (const { name, region, bytes } of placed) {
    const last = transfers.at(-1);
    const mayJoin = run.kind === "download" || buffers[region.buffer]?.role === "input";
    if (last !== undefined && mayJoin && isNext(last.region, region)) {
      const offset = region.offset - last.region.offset;
      last.fields.push({ name, offset, bytes });
      last.region = { ...last.region, bytes: offset + wholeWords(bytes) };
    } else {
      const start = { buffer: region.buffer, offset: region.offset, bytes: wholeWords(bytes) };
      transfers.push({ region: start, fields: [{ name, offset: 0, bytes }] });
    }
  }
  return { transfers, bytes: transfers.reduce((sum, transfer) => sum + transfer.region.bytes, 0) };
}

/** Bytes of staging that one invocation takes for its inputs and outputs. */
function transferBytes(
  program: PlannedProgram,
  buffers: readonly PlannedBuffer[],
): { readonly up: number; readonly down: number } {
  let up = 0;
  let down = 0;
  for (const run of runsOfSteps(program.steps)) {
    if (run.kind === "upload") up += groupTransfers(run, program, buffers).bytes;
    if (run.kind === "download") down += groupTransfers(run, program, buffers).bytes;
  }
  return { up, down };
}

export type TransferRun =
  | { readonly kind: "upload"; readonly steps: readonly Extract<Step, { readonly kind: "upload" }>[] }
  | { readonly kind: "download"; readonly steps: readonly Extract<Step, { readonly kind: "download" }>[] };

export type StepRun =
  | TransferRun
  | { readonly kind: "copy"; readonly steps: readonly Extract<Step, { readonly kind: "copy" }>[] }
  | { readonly kind: "dispatch"; readonly steps: readonly Extract<Step, { readonly kind: "dispatch" }>[] };

/** Steps of one kind that stand next to each other; a run of dispatches is one compute pass. */
export function runsOfSteps(steps: readonly Step[]): readonly StepRun[] {
  const runs: { kind: StepRun["kind"]; steps: Step[] }[] = [];
  for (const step of steps) {
    invariant(step.kind !== "collective" && step.kind !== "event", `a single device cannot run a ${step.kind} step`);
    const last = runs.at(-1);
    if (last !== undefined && last.kind === step.kind) last.steps.push(step);
    else runs.push({ kind: step.kind, steps: [step] });
  }
  return runs as readonly StepRun[];
}

/** Staging memory of a loaded program, in bytes: one upload buffer, a ring of output buffers and one for reading tensors. */
export type Staging = { readonly upload: number; readonly ringSlot: number; readonly read: number };

export function stagingOf(program: Program): Staging {
  const capacity = submissionCapacity(program);
  const largest = Math.max(0, ...program.tensors.map((tensor) => wholeWords(tensor.region.bytes)));
  return {
    upload: capacity.up + canaryBytes,
    ringSlot: capacity.down + canaryBytes,
    read: Math.min(largest, readChunkBytes),
  };
}

/** Bytes of staging that the runtime allocates for this program, beside `program.buffers`. */
export function stagingBytes(program: Program): number {
  const staging = stagingOf(program);
  return staging.upload + ringDepth * staging.ringSlot + staging.read;
}

/** The most that one submission carries: a whole training step, or the largest single program. Longer ones are cut. */
function submissionCapacity(program: Program): { readonly up: number; readonly down: number } {
  const of = (name: ProgramName) => {
    const planned = program.programs[name];
    return planned === undefined ? { up: 0, down: 0 } : transferBytes(planned, program.buffers);
  };
  const [count, microStep, update] = [of("count"), of("microStep"), of("update")];
  const n = program.microSteps;
  const step = {
    up: n * (count.up + microStep.up) + update.up,
    down: n * (count.down + microStep.down) + update.down,
  };
  const single = Object.values(program.programs).map((planned) => transferBytes(planned, program.buffers));
  return {
    up: Math.max(step.up, ...single.map(({ up }) => up)),
    down: Math.max(step.down, ...single.map(({ down }) => down)),
  };
}

/** Copies are made in words of 4 bytes. */
export function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Does `next` begin where `region` ends, but for padding to an alignment (at most 256 bytes)? */
function isNext(region: Region, next: Region): boolean {
  const end = region.offset + region.bytes;
  return region.buffer === next.buffer && next.offset >= end && next.offset - end < 256;
}
