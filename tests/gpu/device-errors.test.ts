/** Whatever goes wrong on the device is said, at once, and never leaves stale numbers behind. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseDevice } from "../../src/devices/choose.ts";
import { embeddedAdapter, type FoundAdapter, hold, release, systemAdapter } from "../../src/devices/dawn/adapter.ts";
import { embeddedDriver } from "../../src/devices/dawn/embedded-driver.ts";
import { allocate, type SessionMemory } from "../../src/devices/dawn/memory.ts";
import { Pipelines } from "../../src/devices/dawn/pipelines.ts";
import { Poller } from "../../src/devices/dawn/polling.ts";
import { adapterClassOf } from "../../src/devices/dawn/profile.ts";
import { DawnSession } from "../../src/devices/dawn/session.ts";
import { type Device, DeviceError, type Session } from "../../src/devices/device.ts";
import type { PlannedProgram } from "../../src/ir/plan/plan.ts";
import type { Program } from "../../src/ir/plan/program.ts";
import { counterProgram, kernel } from "./hand-made.ts";

const n = 64;
const update = [{ program: "update" as const, inputs: { step: Int32Array.of(1) } }];
const first = async (session: Session) => new Float32Array((await session.submit(update))[0]!.first!)[0];

describe("a device", () => {
  let device: Device;
  let program: Program;
  beforeEach(async () => {
    device = (await chooseDevice()).device;
    program = counterProgram(n, device.profile.adapterClass);
  });
  afterEach(() => device.close());

  test("refuses a kernel by name, with the compiler's words, and goes on", async () => {
    const wrong = kernel("k007_wrong", [1, 1, 1], [], "result[0] = nothing_like_it;");
    const error = await device.load({ ...program, kernels: [...program.kernels, wrong] }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as Error).message).toMatch(/kernel k007_wrong.*nothing_like_it/s);
    expect(await first(await device.load(program))).toBe(1);
  });

  test("refuses a kernel with more slots than the adapter has, and goes on", async () => {
    const slots = device.profile.limits.maxStorageBuffersPerShaderStage + 1;
    const reads = Array.from({ length: slots }, (_, i) => `a${i}: array<f32>`);
    const wide = kernel("k008_wide", [1, 1, 1], reads, "result[0] = a0[0];");
    await expect(device.load({ ...program, kernels: [wide] })).rejects.toThrow(/kernel k008_wide/);
    expect(await first(await device.load(program))).toBe(1);
  });

  test("refuses a region beyond its buffer, and goes on", async () => {
    const beyond = { buffer: 0, offset: 0, bytes: 4096 };
    const wrong: PlannedProgram = {
      steps: [{ kind: "dispatch", kernel: 0, regions: [beyond, beyond] }],
      inputs: [],
      outputs: [],
    };
    await expect(device.load({ ...program, programs: { init: wrong } })).rejects.toThrow(/Binding size \(4096\)/);
    expect(await first(await device.load(program))).toBe(1);
  });

  test("refuses a program that was compiled for another class of adapters", async () => {
    await expect(device.load({ ...program, profile: "discrete:h100" })).rejects.toThrow(/compiled for discrete:h100/);
  });

  test("ends every session with the first error that no one caught", async () => {
    const good = await device.load(program);
    // A copy beyond its buffer, once validation is no longer awaited.
    const beyond = { buffer: 1, offset: 0, bytes: 4096 };
    const wrong: PlannedProgram = { steps: [{ kind: "copy", from: beyond, to: beyond }], inputs: [], outputs: [] };
    const bad = await device.load({ ...program, programs: { ...program.programs, prefill: wrong } });
    for (let t = 1; t <= 5; t++) expect([await first(good), await first(bad)]).toEqual([t, t]);
    await expect(bad.submit([{ program: "prefill", inputs: {} }])).rejects.toThrow(DeviceError);
    await expect(good.submit(update)).rejects.toThrow(DeviceError);
    await expect(good.read("x")).rejects.toThrow(DeviceError);
    await expect(good.finish()).rejects.toThrow(DeviceError);
    await expect(device.load(program)).rejects.toThrow(DeviceError);
    expect(() => good.write("x", new Float32Array(n))).toThrow(DeviceError);
  });

  test("rejects what is in flight when it is closed", async () => {
    const session = await device.load(program);
    const results = Array.from({ length: 20 }, () => session.submit(update));
    const reading = session.read("x");
    const outcomes = Promise.allSettled([...results, reading]);
    await device.close();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(DeviceError) });
    }
    await expect(session.submit(update)).rejects.toThrow(/closed/);
  });

  test("runs on after a session was closed in the middle of its work", async () => {
    const doomed = await device.load(program);
    const results = Promise.allSettled(Array.from({ length: 10 }, () => doomed.submit(update)));
    doomed.close();
    expect((await results).every(({ status }) => status === "rejected")).toBe(true);
    expect(await first(await device.load(program))).toBe(1);
  });
});

describe("a session whose buffer was destroyed under it", () => {
  let found: FoundAdapter;
  let gpu: GPUDevice;
  let memory: SessionMemory;
  let session: DawnSession;
  beforeEach(async () => {
    found = (await adapter())!;
    hold(found.instance);
    gpu = await found.adapter.requestDevice();
    // No listener for uncaptured errors: the session must see for itself.
    gpu.addEventListener("uncapturederror", (event) => event.preventDefault());
    const poller = new Poller(true);
    const program = counterProgram(n, adapterClassOf(found.adapter.info));
    memory = allocate(gpu, program);
    const kernels = await new Pipelines(gpu, poller).compile(program.kernels);
    const context = { device: gpu, poller, fail: (error: DeviceError) => session.fail(error), closed: () => {} };
    session = new DawnSession(context, program, memory, kernels);
  });
  afterEach(async () => {
    gpu.destroy();
    await gpu.lost;
    release(found.instance);
  });

  async function adapter(): Promise<FoundAdapter | null> {
    const options = { robust: false };
    const system = process.env.LLMC_DEVICE === "swiftshader" ? null : await systemAdapter("best", options);
    return system ?? (await embeddedAdapter((await embeddedDriver())!, options));
  }

  test("says so at its first submissions", async () => {
    expect(await first(session)).toBe(1);
    memory.buffers[0]!.destroy();
    await expect(session.submit(update)).rejects.toThrow(/Dawn rejects a submission: .*destroyed/s);
  });

  test("says so later, when validation is no longer awaited: the canary does not come back", async () => {
    for (let t = 1; t <= 8; t++) expect(await first(session)).toBe(t);
    memory.buffers[0]!.destroy();
    await expect(session.submit(update)).rejects.toThrow(/dropped submission 9: the last one that ran was [678]/);
    await expect(session.submit(update)).rejects.toThrow(/dropped submission 9/);
  });
});
