/**
 * Lets a driver compile before the first step, on several cores.
 *
 * lavapipe makes machine code when a kernel is first dispatched, one kernel after the other, 0.1 to 2 s each. What one
 * device of the process has compiled, the others find in Mesa's cache on disk within milliseconds. So each kernel is
 * dispatched once, one workgroup on zeros; and if that turns out to take long, more devices help.
 */
import type { Region } from "../../ir/plan/plan.ts";
import type { Program, ProgramKernel } from "../../ir/plan/program.ts";
import { wholeWords } from "../../ir/plan/staging.ts";
import { type CompiledKernel, Pipelines } from "./pipelines.ts";
import type { Poller } from "./polling.ts";

export type Helper = { readonly device: GPUDevice; readonly close: () => Promise<void> };

export type WarmUp = {
  readonly device: GPUDevice;
  readonly poller: Poller;
  readonly program: Program;
  /** `program.kernels`, compiled as far as Dawn does it. */
  readonly kernels: readonly CompiledKernel[];
  /** Opens another device on the same adapter; `null` where that fails. */
  readonly openHelper: () => Promise<Helper | null>;
  readonly mostHelpers: number;
  /** Milliseconds before helpers are called. */
  readonly patience: number;
};

type Task = { readonly kernel: ProgramKernel; readonly compiled: CompiledKernel; readonly regions: readonly Region[] };

/** A warm cache answers for a whole program in less time than this; a cold one not even for a kernel. */
export const patience = 250;

export async function warmUp(request: WarmUp): Promise<void> {
  const { device, poller } = request;
  const tasks = distinctTasks(request);
  const start = performance.now();
  let helping: Promise<unknown> | null = null;
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    await dispatchOnce(device, poller, task.compiled, task.regions);
    if (helping === null && performance.now() - start >= request.patience) {
      const count = Math.min(request.mostHelpers, tasks.length);
      helping = Promise.all(Array.from({ length: count }, () => help(request, tasks)));
    }
  }
  await helping;
}

/** One dispatch for each pipeline that the program uses. */
function distinctTasks({ program, kernels }: WarmUp): Task[] {
  const tasks = new Map<GPUComputePipeline, Task>();
  for (const planned of Object.values(program.programs)) {
    for (const step of planned.steps) {
      if (step.kind !== "dispatch") continue;
      const [kernel, compiled] = [program.kernels[step.kernel], kernels[step.kernel]];
      if (kernel === undefined || compiled === undefined || tasks.has(compiled.pipeline)) continue;
      tasks.set(compiled.pipeline, { kernel, compiled, regions: step.regions });
    }
  }
  return [...tasks.values()];
}

/** Takes tasks until none is left. What a helper that fails leaves undone, the first step compiles. */
async function help({ openHelper, poller }: WarmUp, tasks: Task[]): Promise<void> {
  const helper = await openHelper().catch(() => null);
  if (helper === null) return;
  try {
    const pipelines = new Pipelines(helper.device, poller);
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const [compiled] = await pipelines.compile([task.kernel]);
      if (compiled !== undefined) await dispatchOnce(helper.device, poller, compiled, task.regions);
    }
  } catch {
    // Said above.
  } finally {
    await helper.close();
  }
}

/** One workgroup, on buffers of its own that hold zeros: indices among them are in bounds. */
async function dispatchOnce(
  device: GPUDevice,
  poller: Poller,
  { pipeline, layout }: CompiledKernel,
  regions: readonly Region[],
): Promise<void> {
  // GPUBufferUsage.STORAGE
  const buffers = regions.map(({ bytes }) => device.createBuffer({ size: wholeWords(bytes), usage: 0x80 }));
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(1, 1, 1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await poller.wait(device.queue.onSubmittedWorkDone());
  for (const buffer of buffers) buffer.destroy();
}
