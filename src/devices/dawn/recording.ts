/**
 * A program made ready to be encoded again and again: bind groups are made once, copies are joined, dispatches that
 * follow each other share one compute pass. Encoding then costs about two microseconds a dispatch.
 */
import type { ProgramName } from "../../ir/graph/graph.ts";
import type { PlannedBuffer, PlannedProgram, Region, Step } from "../../ir/plan/plan.ts";
import type { Program } from "../../ir/plan/program.ts";
import {
  type Field,
  groupTransfers,
  hostBytes,
  runsOfSteps,
  type Transfer,
  wholeWords,
} from "../../ir/plan/staging.ts";
import { invariant } from "../../support/invariant.ts";
import type { Outputs } from "../device.ts";
import type { SessionMemory } from "./memory.ts";
import type { CompiledKernel } from "./pipelines.ts";

type Dispatch = { readonly kernel: CompiledKernel; readonly group: GPUBindGroup };

type Segment =
  | { readonly kind: "upload" | "download"; readonly transfers: readonly StagedTransfer[] }
  | { readonly kind: "copy"; readonly steps: readonly Extract<Step, { readonly kind: "copy" }>[] }
  | { readonly kind: "pass"; readonly dispatches: readonly Dispatch[] };

/** `at`: where the transfer stands in the invocation's part of the staging buffer. */
type StagedTransfer = Transfer & { readonly at: number };

export type Recording = {
  readonly planned: PlannedProgram;
  readonly segments: readonly Segment[];
  /** Inputs and outputs in the invocation's part of the staging buffers. */
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  /** Bytes of staging an invocation takes. */
  readonly up: number;
  readonly down: number;
};

/** Where one invocation's inputs and outputs stand in this submission's staging buffers. */
export type Placement = { readonly up: number; readonly down: number };

/** Every program, recorded. */
export function recordAll(
  device: GPUDevice,
  program: Program,
  kernels: readonly CompiledKernel[],
  memory: SessionMemory,
): Readonly<Partial<Record<ProgramName, Recording>>> {
  const groups = new BindGroups(device, kernels, memory);
  return Object.fromEntries(
    Object.entries(program.programs).map(([name, planned]) => [name, record(planned, program.buffers, groups)]),
  );
}

function record(planned: PlannedProgram, buffers: readonly PlannedBuffer[], groups: BindGroups): Recording {
  const segments: Segment[] = [];
  const fields: { upload: Field[]; download: Field[] } = { upload: [], download: [] };
  const bytes = { upload: 0, download: 0 };
  for (const run of runsOfSteps(planned.steps)) {
    switch (run.kind) {
      case "upload":
      case "download": {
        const transfers: StagedTransfer[] = [];
        for (const transfer of groupTransfers(run, planned, buffers).transfers) {
          const at = bytes[run.kind];
          transfers.push({ ...transfer, at });
          for (const field of transfer.fields) fields[run.kind].push({ ...field, offset: at + field.offset });
          bytes[run.kind] += transfer.region.bytes;
        }
        segments.push({ kind: run.kind, transfers });
        break;
      }
      case "copy":
        segments.push(run);
        break;
      case "dispatch": {
        const dispatches = run.steps.map(({ kernel, regions }) => groups.dispatch(kernel, regions));
        segments.push({ kind: "pass", dispatches });
        break;
      }
    }
  }
  return { segments, planned, inputs: fields.upload, outputs: fields.download, up: bytes.upload, down: bytes.download };
}

/** Writes the commands of one invocation. */
export function encode(
  encoder: GPUCommandEncoder,
  recording: Recording,
  memory: SessionMemory,
  outputs: GPUBuffer,
  place: Placement,
  timer: Timer | null,
): void {
  for (const segment of recording.segments) {
    switch (segment.kind) {
      case "upload":
        for (const { region, at } of segment.transfers) {
          const target = bufferOf(memory, region);
          encoder.copyBufferToBuffer(memory.upload, place.up + at, target, region.offset, region.bytes);
        }
        break;
      case "download":
        for (const { region, at } of segment.transfers) {
          const source = bufferOf(memory, region);
          encoder.copyBufferToBuffer(source, region.offset, outputs, place.down + at, region.bytes);
        }
        break;
      case "copy":
        for (const { from, to } of segment.steps) {
          const bytes = wholeWords(Math.min(from.bytes, to.bytes));
          encoder.copyBufferToBuffer(bufferOf(memory, from), from.offset, bufferOf(memory, to), to.offset, bytes);
        }
        break;
      case "pass":
        encodePasses(encoder, segment.dispatches, timer);
        break;
    }
  }
}

/** Times dispatches: where the pass of the next one writes its beginning and end. */
export type Timer = { readonly next: (kernel: string) => GPUComputePassTimestampWrites };

/** One pass for all dispatches; with a timer one for each. */
function encodePasses(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[], timer: Timer | null): void {
  let pass: GPUComputePassEncoder | null = null;
  let pipeline: GPUComputePipeline | null = null;
  for (const { kernel, group } of dispatches) {
    if (pass === null || timer !== null) {
      pass?.end();
      pass = encoder.beginComputePass(timer === null ? {} : { timestampWrites: timer.next(kernel.name) });
      pipeline = null;
    }
    if (kernel.pipeline !== pipeline) pass.setPipeline(kernel.pipeline);
    pipeline = kernel.pipeline;
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...kernel.workgroups);
  }
  pass?.end();
}

/** Copies an invocation's inputs to their places in `target`. Each must be there, of its declared size. */
export function packInputs(
  program: ProgramName,
  recording: Recording,
  inputs: Readonly<Record<string, ArrayBufferView>>,
  target: Uint8Array,
): void {
  for (const { name: input, type } of recording.planned.inputs) {
    const view = inputs[input];
    invariant(view !== undefined, () => `${program} needs the input "${input}"`);
    const expected = hostBytes(type);
    invariant(
      view.byteLength === expected,
      () => `${program} takes ${expected} bytes as "${input}", not ${view.byteLength}`,
    );
  }
  for (const { name: input, offset } of recording.inputs) {
    const view = inputs[input];
    invariant(view !== undefined, `no input "${input}"`);
    target.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), offset);
  }
}

/** An invocation's outputs, copied out of its part of the staging buffer. */
export function unpackOutputs(recording: Recording, source: Uint8Array): Outputs {
  return Object.fromEntries(
    recording.outputs.map(({ name, offset, bytes }) => [
      name,
      source.slice(offset, offset + bytes).buffer as ArrayBuffer,
    ]),
  );
}

export function bufferOf(memory: SessionMemory, region: Region): GPUBuffer {
  const buffer = memory.buffers[region.buffer];
  invariant(buffer !== undefined, `no buffer ${region.buffer}`);
  return buffer;
}

/** One bind group a kernel and set of regions, however many dispatches use it: making one costs 50 µs. */
class BindGroups {
  readonly #device: GPUDevice;
  readonly #kernels: readonly CompiledKernel[];
  readonly #memory: SessionMemory;
  readonly #groups = new Map<string, GPUBindGroup>();

  constructor(device: GPUDevice, kernels: readonly CompiledKernel[], memory: SessionMemory) {
    this.#device = device;
    this.#kernels = kernels;
    this.#memory = memory;
  }

  dispatch(index: number, regions: readonly Region[]): Dispatch {
    const kernel = this.#kernels[index];
    invariant(kernel !== undefined, `a dispatch names kernel ${index}, and there are ${this.#kernels.length}`);
    const key = [index, ...regions.map(({ buffer, offset, bytes }) => `${buffer}:${offset}:${bytes}`)].join(" ");
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = this.#device.createBindGroup({
        label: kernel.name,
        layout: kernel.layout,
        entries: regions.map((region, binding) => ({
          binding,
          resource: { buffer: bufferOf(this.#memory, region), offset: region.offset, size: wholeWords(region.bytes) },
        })),
      });
      this.#groups.set(key, group);
    }
    return { kernel, group };
  }
}
