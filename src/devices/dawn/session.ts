/**
 * A loaded program on a Dawn device.
 *
 * Work is done strictly in the order it was asked for. A submission goes to the device at once while a slot of the
 * output ring is free, and waits in line otherwise; so the host runs ahead, but never further than the ring is deep.
 *
 * Each submission is one `queue.submit`: inputs of all its invocations come in one upload, their outputs go out in one
 * mapped buffer. With them travels a number that only the command buffer itself can bring back (the canary): Dawn drops
 * a whole submission in silence where one of its buffers is invalid, and results would stay stale and plausible.
 */
import type { ProgramName } from "../../ir/graph/graph.ts";
import type { Program, ProgramTensor } from "../../ir/plan/program.ts";
import { canaryBytes, hostBytes, wholeWords } from "../../ir/plan/staging.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError, type Invocation, type Outputs, type Session } from "../device.ts";
import type { SessionMemory } from "./memory.ts";
import type { CompiledKernel } from "./pipelines.ts";
import type { Poller } from "./polling.ts";
import { bufferOf, encode, type Placement, packInputs, type Recording, recordAll, unpackOutputs } from "./recording.ts";

/** What a session needs of its device. */
export type SessionContext = {
  readonly device: GPUDevice;
  readonly poller: Poller;
  /** Ends the device with everything on it. */
  readonly fail: (error: DeviceError) => void;
  readonly closed: (session: DawnSession) => void;
};

/** Submissions whose validation is awaited before their outputs are handed out. */
const checkedSubmissions = 3;
/** GPUMapMode.READ */
const mapRead = 0x1;

type PlacedInvocation = { readonly recording: Recording; readonly place: Placement };

type Work =
  | {
      readonly kind: "submission";
      readonly invocations: readonly PlacedInvocation[];
      readonly upload: Uint8Array<ArrayBuffer>;
      readonly downBytes: number;
      readonly settle: Settle<readonly Outputs[]>;
    }
  | { readonly kind: "read"; readonly tensor: ProgramTensor; readonly settle: Settle<ArrayBuffer> }
  | { readonly kind: "write"; readonly tensor: ProgramTensor; readonly bytes: Uint8Array<ArrayBuffer> };

type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void };

export class DawnSession implements Session {
  readonly #context: SessionContext;
  readonly #memory: SessionMemory;
  readonly #recordings: Readonly<Partial<Record<ProgramName, Recording>>>;
  readonly #tensors: ReadonlyMap<string, ProgramTensor>;
  /** Work that waits for a slot, in order. */
  readonly #line: Work[] = [];
  readonly #freeSlots: GPUBuffer[];
  /** Rejections of what has been promised and not yet given. */
  readonly #open = new Set<(error: unknown) => void>();
  /** What has been handed to callers and is not settled. */
  readonly #outstanding = new Set<Promise<unknown>>();
  #reading = false;
  #submissions = 0;
  #error: DeviceError | null = null;

  constructor(context: SessionContext, program: Program, memory: SessionMemory, kernels: readonly CompiledKernel[]) {
    this.#context = context;
    this.#memory = memory;
    this.#recordings = recordAll(context.device, program, kernels, memory);
    this.#tensors = new Map(program.tensors.map((tensor) => [tensor.path, tensor]));
    this.#freeSlots = [...memory.ring];
  }

  get allocatedBytes(): number {
    return this.#memory.allocatedBytes;
  }

  submit(invocations: readonly Invocation[]): Promise<readonly Outputs[]> {
    return this.#track(async () => {
      const groups = this.#cut(invocations);
      const parts = groups.map((group) => {
        return this.#promise<readonly Outputs[]>((settle) => this.#enqueue(this.#pack(group, settle)));
      });
      return (await Promise.all(parts)).flat();
    });
  }

  read(path: string): Promise<ArrayBuffer> {
    return this.#track(async () => {
      const tensor = this.#tensor(path);
      return await this.#promise<ArrayBuffer>((settle) => this.#enqueue({ kind: "read", tensor, settle }));
    });
  }

  write(path: string, bytes: ArrayBufferView): void {
    if (this.#error !== null) throw this.#error;
    const tensor = this.#tensor(path);
    const { region } = tensor;
    invariant(bytes.byteLength <= region.bytes, `${path} holds ${region.bytes} bytes, not ${bytes.byteLength}`);
    // A copy: the caller may reuse its memory, Dawn crashes on shared memory, and sizes must be whole words.
    const copy = new Uint8Array(wholeWords(bytes.byteLength));
    copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#enqueue({ kind: "write", tensor, bytes: copy });
  }

  async finish(): Promise<void> {
    await Promise.all(this.#outstanding);
    if (this.#error !== null) throw this.#error;
  }

  close(): void {
    this.fail(new DeviceError("the session was closed"));
    this.#memory.destroy();
    this.#context.closed(this);
  }

  /** Rejects everything that is open and whatever comes later. */
  fail(error: DeviceError): void {
    this.#error ??= error;
    this.#line.length = 0;
    for (const reject of [...this.#open]) reject(error);
    this.#open.clear();
  }

  /** Starts work at once and remembers its promise for `finish`. */
  #track<T>(start: () => Promise<T>): Promise<T> {
    const promise = start();
    this.#outstanding.add(promise);
    const forget = () => void this.#outstanding.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  /** A promise that is rejected when the device fails. */
  #promise<T>(start: (settle: Settle<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#error !== null) return reject(this.#error);
      this.#open.add(reject);
      const close = () => this.#open.delete(reject);
      start({
        resolve: (value) => {
          close();
          resolve(value);
        },
        reject: (error) => {
          close();
          reject(error);
        },
      });
    });
  }

  /** Groups of invocations that fit the staging buffers, in order. A training step is one group. */
  #cut(invocations: readonly Invocation[]): readonly (readonly Invocation[])[] {
    const { upload, ringSlot } = this.#memory.staging;
    const groups: Invocation[][] = [];
    let [up, down] = [Infinity, Infinity];
    for (const invocation of invocations) {
      const recording = this.#recording(invocation.program);
      if (up + recording.up > upload || down + recording.down > ringSlot) {
        groups.push([]);
        [up, down] = [canaryBytes, canaryBytes];
      }
      groups.at(-1)!.push(invocation);
      up += recording.up;
      down += recording.down;
    }
    return groups;
  }

  #pack(invocations: readonly Invocation[], settle: Settle<readonly Outputs[]>): Work {
    let [up, down] = [canaryBytes, canaryBytes];
    const placed: PlacedInvocation[] = [];
    for (const { program } of invocations) {
      const recording = this.#recording(program);
      placed.push({ recording, place: { up, down } });
      up += recording.up;
      down += recording.down;
    }
    const upload = new Uint8Array(up);
    for (const [index, { program, inputs }] of invocations.entries()) {
      const { recording, place } = placed[index]!;
      packInputs(program, recording, inputs, upload.subarray(place.up));
    }
    return { kind: "submission", invocations: placed, upload, downBytes: down, settle };
  }

  #enqueue(work: Work): void {
    this.#line.push(work);
    this.#advance();
  }

  /** Starts what stands first in line, as long as something is free for it. */
  #advance(): void {
    while (this.#line.length > 0 && !this.#reading) {
      const work = this.#line[0]!;
      if (work.kind === "submission" && this.#freeSlots.length === 0) return;
      this.#line.shift();
      switch (work.kind) {
        case "submission":
          this.#settleLater(work.settle, this.#run(work));
          break;
        case "read":
          this.#settleLater(work.settle, this.#readTensor(work.tensor));
          break;
        case "write": {
          const { region } = work.tensor;
          this.#context.device.queue.writeBuffer(bufferOf(this.#memory, region), region.offset, work.bytes);
          break;
        }
      }
    }
  }

  /** What fails here fails the device: state on it is unknown from then on. */
  #settleLater<T>(settle: Settle<T>, work: Promise<T>): void {
    work.then(
      (value) => {
        settle.resolve(value);
        this.#advance();
      },
      (cause) => {
        const error = cause instanceof DeviceError ? cause : new DeviceError(messageOf(cause));
        settle.reject(this.#error ?? error);
        if (this.#error === null) this.#context.fail(error);
      },
    );
  }

  async #run({ invocations, upload, downBytes }: Extract<Work, { kind: "submission" }>): Promise<readonly Outputs[]> {
    const { device, poller } = this.#context;
    const slot = this.#freeSlots.pop()!;
    const canary = ++this.#submissions;
    new DataView(upload.buffer).setUint32(0, canary, true);

    const checked = canary <= checkedSubmissions;
    if (checked) device.pushErrorScope("validation");
    device.queue.writeBuffer(this.#memory.upload, 0, upload);
    const encoder = device.createCommandEncoder();
    for (const { recording, place } of invocations) encode(encoder, recording, this.#memory, slot, place);
    encoder.copyBufferToBuffer(this.#memory.upload, 0, slot, 0, 4);
    device.queue.submit([encoder.finish()]);
    const validation = checked ? device.popErrorScope() : null;

    const mapped = poller.wait(slot.mapAsync(mapRead, 0, downBytes));
    mapped.catch(() => {}); // Its failure is seen below, after the reason for it.
    const invalid = validation === null ? null : await poller.wait(validation);
    if (invalid !== null) throw new DeviceError(`Dawn rejects a submission: ${invalid.message}`);
    await mapped;
    const bytes = new Uint8Array(slot.getMappedRange(0, downBytes));
    const returned = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (returned !== canary) {
      throw new DeviceError(`the device dropped submission ${canary}: the last one that ran was ${returned}`);
    }
    const outputs = invocations.map(({ recording, place }) => unpackOutputs(recording, bytes.subarray(place.down)));
    slot.unmap();
    this.#freeSlots.push(slot);
    return outputs;
  }

  /** In pieces through the read buffer; nothing else starts meanwhile, so the contents are of one moment. */
  async #readTensor({ path, region, type }: ProgramTensor): Promise<ArrayBuffer> {
    const { device, poller } = this.#context;
    const { read, staging } = this.#memory;
    invariant(read !== null, `no memory to read ${path}`);
    this.#reading = true;
    const result = new Uint8Array(type.encoding.kind === "dense" ? hostBytes(type) : region.bytes);
    for (let offset = 0; offset < result.byteLength; offset += staging.read) {
      const bytes = Math.min(staging.read, result.byteLength - offset);
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(bufferOf(this.#memory, region), region.offset + offset, read, 0, wholeWords(bytes));
      device.queue.submit([encoder.finish()]);
      await poller.wait(read.mapAsync(mapRead, 0, wholeWords(bytes)));
      result.set(new Uint8Array(read.getMappedRange(0, wholeWords(bytes))).subarray(0, bytes), offset);
      read.unmap();
    }
    this.#reading = false;
    return result.buffer;
  }

  #recording(name: ProgramName): Recording {
    const recording = this.#recordings[name];
    invariant(recording !== undefined, `the program has no ${name}`);
    return recording;
  }

  #tensor(path: string): ProgramTensor {
    const tensor = this.#tensors.get(path);
    invariant(tensor !== undefined, `the program has no tensor ${path}`);
    return tensor;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
