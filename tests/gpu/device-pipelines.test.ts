/** Compiling is what takes longest on a CPU adapter: nothing is compiled twice. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { embeddedAdapter, type FoundAdapter, hold, release, systemAdapter } from "../../src/devices/dawn/adapter.ts";
import { embeddedDriver } from "../../src/devices/dawn/embedded-driver.ts";
import { Pipelines } from "../../src/devices/dawn/pipelines.ts";
import { Poller } from "../../src/devices/dawn/polling.ts";
import type { ProgramKernel } from "../../src/ir/plan/program.ts";
import { kernel } from "./hand-made.ts";

let found: FoundAdapter;
let gpu: GPUDevice;
let pipelines: Pipelines;
beforeEach(async () => {
  const options = { robust: false };
  const system = process.env.LLMC_DEVICE === "swiftshader" ? null : await systemAdapter("best", options);
  found = (system ?? (await embeddedAdapter((await embeddedDriver())!, options)))!;
  hold(found.instance);
  gpu = await found.adapter.requestDevice();
  pipelines = new Pipelines(gpu, new Poller(true));
});
afterEach(async () => {
  gpu.destroy();
  await gpu.lost;
  release(found.instance);
});

const one = (name: string, body: string): ProgramKernel => kernel(name, [1, 1, 1], [], body);

function commented(of: ProgramKernel, comment: string): ProgramKernel {
  if (of.code.kind !== "wgsl") throw new Error("the kernel is not WGSL");
  return { ...of, code: { ...of.code, source: `// ${comment}\n${of.code.source}` } };
}

test("kernels that differ in name, workgroups and comments only are one pipeline", async () => {
  const create = vi.spyOn(gpu, "createComputePipelineAsync");
  const a = commented(one("a", "result[id.x] = 1.0;"), "blocks.0");
  const b = commented(one("b", "result[id.x] = 1.0;"), "blocks.1");
  if (b.code.kind !== "wgsl") throw new Error("the kernel is not WGSL");
  const wider: ProgramKernel = { ...b, code: { ...b.code, workgroups: [7, 1, 1] } };
  const c = one("c", "result[id.x] = 2.0;");
  const [first, second, third] = await pipelines.compile([a, wider, c]);
  expect(create).toHaveBeenCalledTimes(2);
  expect(second!.pipeline).toBe(first!.pipeline);
  expect(third!.pipeline).not.toBe(first!.pipeline);
  expect([first!.name, second!.name, second!.workgroups]).toEqual(["a", "b", [7, 1, 1]]);
});

test("a later program finds the pipelines of an earlier one", async () => {
  const create = vi.spyOn(gpu, "createComputePipelineAsync");
  await pipelines.compile([one("a", "result[id.x] = 1.0;")]);
  await pipelines.compile([one("b", "result[id.x] = 1.0;"), one("c", "result[id.x] = 3.0;")]);
  expect(create).toHaveBeenCalledTimes(2);
});
