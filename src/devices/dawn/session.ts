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
import type { Program, ProgramTensor } from "../../ir/plan/program.ts";
import { hostBytes, wholeWords } from "../../ir/plan/staging.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError, type Invocation, type Outputs, type Session } from "../device.ts";
import type { SessionMemory } from "./memory.ts";
import type { CompiledKernel } from "./pipelines.ts";
import type { Poller } from "./polling.ts";
import { bufferOf, recordAll } from "./recording.ts";
import {
  encodeSubmission,
  packSubmissions,
  type Recordings,
  type Submission,
  setCanary,
  unpackSubmission,
} from "./submission.ts";

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

type Work =
  | { readonly kind: "submission"; readonly submission: Submission; readonly settle: Settle<readonly Outputs[]> }
  | { readonly kind: "read"; readonly tensor: ProgramTensor; readonly settle: Settle<ArrayBuffer> }
  | { readonly kind: "write"; readonly tensor: ProgramTensor; readonly bytes: Uint8Array<ArrayBuffer> };

type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void };

export class DawnSession implements Session {
  readonly #context: SessionContext;
  readonly #memory: SessionMemory;
  readonly #recordings: Recordings;
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
      const submissions = packSubmissions(invocations, this.#recordings, this.#memory.staging);
      const parts = submissions.map((submission) => {
        return this.#promise<readonly Outputs[]>((settle) => this.#enqueue({ kind: "submission", submission, settle }));
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
          this.#settleLater(work.settle, this.#run(work.submission));
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

  async #run(submission: Submission): Promise<readonly Outputs[]> {
    const { device, poller } = this.#context;
    const slot = this.#freeSlots.pop();
    invariant(slot !== undefined, "a submission was started without a free slot");
    const canary = ++this.#submissions;
    setCanary(submission, canary);

    const checked = canary <= checkedSubmissions;
    if (checked) device.pushErrorScope("validation");
    device.queue.writeBuffer(this.#memory.upload, 0, submission.upload);
    const encoder = device.createCommandEncoder();
    encodeSubmission(encoder, submission, this.#memory, slot);
    device.queue.submit([encoder.finish()]);
    const validation = checked ? device.popErrorScope() : null;

    const mapped = poller.wait(slot.mapAsync(mapRead, 0, submission.downBytes));
    mapped.catch(() => {}); // Its failure is seen below, after the reason for it.
    const invalid = validation === null ? null : await poller.wait(validation);
    if (invalid !== null) throw new DeviceError(`Dawn rejects a submission: ${invalid.message}`);
    await mapped;
    const bytes = new Uint8Array(slot.getMappedRange(0, submission.downBytes));
    const outputs = unpackSubmission(submission, bytes, canary);
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

  #tensor(path: string): ProgramTensor {
    const tensor = this.#tensors.get(path);
    invariant(tensor !== undefined, `the program has no tensor ${path}`);
    return tensor;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
