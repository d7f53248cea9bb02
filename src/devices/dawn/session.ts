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
import { handled } from "../../support/handled.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError, type Invocation, type KernelTime, type Outputs, type Session } from "../device.ts";
import { KernelTimer } from "./kernel-timer.ts";
import type { SessionMemory } from "./memory.ts";
import type { CompiledKernel } from "./pipelines.ts";
import type { Poller } from "./polling.ts";
import { Promises, type Settle } from "./promises.ts";
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

export class DawnSession implements Session {
  readonly #context: SessionContext;
  readonly #memory: SessionMemory;
  readonly #recordings: Recordings;
  readonly #tensors: ReadonlyMap<string, ProgramTensor>;
  /** Work that waits for a slot, in order. */
  readonly #line: Work[] = [];
  readonly #freeSlots: GPUBuffer[];
  readonly #promises = new Promises();
  #reading = false;
  #submissions = 0;

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

  async submit(invocations: readonly Invocation[]): Promise<readonly Outputs[]> {
    const submissions = packSubmissions(invocations, this.#recordings, this.#memory.staging);
    const parts = submissions.map((submission) => {
      return this.#promises.add<readonly Outputs[]>((settle) => {
        this.#enqueue({ kind: "submission", submission, settle });
      });
    });
    return (await Promise.all(parts)).flat();
  }

  async timeKernels(invocations: readonly Invocation[]): Promise<readonly KernelTime[]> {
    const { device, poller } = this.#context;
    if (!device.features.has("timestamp-query")) throw new DeviceError("this adapter cannot tell the time");
    await this.finish();
    const times: KernelTime[] = [];
    for (const submission of packSubmissions(invocations, this.#recordings, this.#memory.staging)) {
      const timer = new KernelTimer(device);
      await this.#promises.add<unknown>((settle) => this.#settleLater(settle, this.#run(submission, timer)));
      times.push(...(await timer.times(poller)));
    }
    return times;
  }

  async read(path: string): Promise<ArrayBuffer> {
    const tensor = this.#tensor(path);
    return await this.#promises.add<ArrayBuffer>((settle) => this.#enqueue({ kind: "read", tensor, settle }));
  }

  write(path: string, bytes: ArrayBufferView): void {
    if (this.#promises.error !== null) throw this.#promises.error;
    const tensor = this.#tensor(path);
    const { region } = tensor;
    invariant(bytes.byteLength <= region.bytes, `${path} holds ${region.bytes} bytes, not ${bytes.byteLength}`);
    // A copy: the caller may reuse its memory, Dawn crashes on shared memory, and sizes must be whole words.
    const copy = new Uint8Array(wholeWords(bytes.byteLength));
    copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#enqueue({ kind: "write", tensor, bytes: copy });
  }

  async finish(): Promise<void> {
    await this.#promises.settled();
  }

  close(): void {
    this.fail(new DeviceError("the session was closed"));
    this.#memory.destroy();
    this.#context.closed(this);
  }

  /** Rejects everything that is open and whatever comes later. */
  fail(error: DeviceError): void {
    this.#line.length = 0;
    this.#promises.fail(error);
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
        settle.reject(error);
        if (this.#promises.error === null) this.#context.fail(error);
      },
    );
  }

  async #run(submission: Submission, timer: KernelTimer | null = null): Promise<readonly Outputs[]> {
    const { device, poller } = this.#context;
    const slot = this.#freeSlots.pop();
    invariant(slot !== undefined, "a submission was started without a free slot");
    const canary = ++this.#submissions;
    setCanary(submission, canary);

    const checked = canary <= checkedSubmissions;
    if (checked) device.pushErrorScope("validation");
    device.queue.writeBuffer(this.#memory.upload, 0, submission.upload);
    const encoder = device.createCommandEncoder();
    encodeSubmission(encoder, submission, this.#memory, slot, timer);
    device.queue.submit([encoder.finish()]);
    const validation = checked ? device.popErrorScope() : null;

    const mapped = handled(poller.wait(slot.mapAsync(mapRead, 0, submission.downBytes)));
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
