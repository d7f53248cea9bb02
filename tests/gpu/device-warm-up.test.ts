/** Compiling on several devices at once: everything once, nobody left behind. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { embeddedAdapter, hold, release, systemAdapter } from "../../src/devices/dawn/adapter.ts";
import { embeddedDriver } from "../../src/devices/dawn/embedded-driver.ts";
import { type CompiledKernel, Pipelines } from "../../src/devices/dawn/pipelines.ts";
import { Poller } from "../../src/devices/dawn/polling.ts";
import { type Helper, type WarmUp, warmUp } from "../../src/devices/dawn/warm-up.ts";
import type { Program } from "../../src/ir/plan/program.ts";
import { counterProgram } from "./hand-made.ts";

const poller = new Poller(true);
const program: Program = counterProgram(64, "lavapipe");
let main: Helper;
let kernels: readonly CompiledKernel[];
let dispatched: string[];
beforeEach(async () => {
  main = await openDevice();
  kernels = await new Pipelines(main.device, poller).compile(program.kernels);
  dispatched = [];
  watch(main.device, "main");
});
afterEach(() => main.close());

async function openDevice(): Promise<Helper> {
  const options = { robust: false };
  const system = process.env.LLMC_DEVICE === "swiftshader" ? null : await systemAdapter("best", options);
  const { adapter, instance } = (system ?? (await embeddedAdapter((await embeddedDriver())!, options)))!;
  hold(instance);
  const device = await adapter.requestDevice();
  const close = async () => {
    device.destroy();
    await device.lost;
    release(instance);
  };
  return { device, close };
}

/** Notes every submission under a name. */
function watch(device: GPUDevice, name: string): void {
  const submit = device.queue.submit.bind(device.queue);
  vi.spyOn(device.queue, "submit").mockImplementation((commands) => {
    dispatched.push(name);
    return submit(commands);
  });
}

const request = (change: Partial<WarmUp>): WarmUp => {
  const { device } = main;
  const openHelper = async () => null;
  return { device, poller, program, kernels, openHelper, mostHelpers: 3, patience: 0, ...change };
};

test("where compiling is quick no one is called", async () => {
  const openHelper = vi.fn(async () => null);
  await warmUp(request({ openHelper, patience: 60_000 }));
  expect(openHelper).not.toHaveBeenCalled();
  expect(dispatched).toEqual(["main", "main", "main", "main"]);
});

test("each kernel is dispatched on one device, and helpers are closed", async () => {
  let open = 0;
  const openHelper = async () => {
    const helper = await openDevice();
    open++;
    watch(helper.device, "helper");
    const close = async () => {
      open--;
      await helper.close();
    };
    return { device: helper.device, close };
  };
  await warmUp(request({ openHelper }));
  expect(dispatched).toHaveLength(4);
  expect(open).toBe(0);
});

test.each([
  ["cannot be opened", async () => null],
  ["fails to open", () => Promise.reject(new Error("no adapter"))],
  [
    "is lost at once",
    async () => {
      const helper = await openDevice();
      helper.device.destroy();
      return helper;
    },
  ],
])("a helper that %s is no failure", async (_, openHelper) => {
  await warmUp(request({ openHelper }));
  expect(dispatched.every((name) => name === "main")).toBe(true);
  expect(dispatched.length).toBeGreaterThan(0);
});
