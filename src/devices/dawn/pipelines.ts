/**
 * Compute pipelines of one device, cached by WGSL source: Dawn does not recognise identical sources itself.
 * All kernels of a program are compiled at once; Dawn works on them in parallel.
 */
import type { Slot } from "../../ir/plan/plan.ts";
import type { ProgramKernel } from "../../ir/plan/program.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError } from "../device.ts";
import type { Poller } from "./polling.ts";

/** GPUShaderStage.COMPUTE */
const computeStage = 0x4;

export type CompiledKernel = {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly workgroups: readonly [number, number, number];
};

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #poller: Poller;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(device: GPUDevice, poller: Poller) {
    this.#device = device;
    this.#poller = poller;
  }

  /** Distinct pipelines that have been asked for. */
  get size(): number {
    return this.#pipelines.size;
  }

  /** Throws `DeviceError` with the compiler's messages and the kernel's name. */
  async compile(kernels: readonly ProgramKernel[]): Promise<readonly CompiledKernel[]> {
    return await this.#poller.wait(Promise.all(kernels.map((kernel) => this.#compileKernel(kernel))));
  }

  async #compileKernel({ name, slots, code }: ProgramKernel): Promise<CompiledKernel> {
    invariant(code.kind === "wgsl", `kernel ${name} is not for a GPU`);
    const signature = slots.map(({ access }) => (access === "read" ? "r" : "w")).join("");
    const layout = this.#layout(signature, slots);
    const key = `${signature} ${code.entry}\n${code.source}`;
    let pipeline = this.#pipelines.get(key);
    if (pipeline === undefined) {
      pipeline = this.#createPipeline(name, code.source, code.entry, layout);
      this.#pipelines.set(key, pipeline);
    }
    return { name, pipeline: await pipeline, layout, workgroups: code.workgroups };
  }

  /** Explicit, not `auto`: a kernel that leaves a slot unused still takes the same bind group. */
  #layout(signature: string, slots: readonly Slot[]): GPUBindGroupLayout {
    let layout = this.#layouts.get(signature);
    if (layout === undefined) {
      layout = this.#device.createBindGroupLayout({
        entries: slots.map(({ access }, binding) => ({
          binding,
          visibility: computeStage,
          buffer: { type: access === "read" ? "read-only-storage" : "storage" },
        })),
      });
      this.#layouts.set(signature, layout);
    }
    return layout;
  }

  async #createPipeline(
    name: string,
    source: string,
    entryPoint: string,
    layout: GPUBindGroupLayout,
  ): Promise<GPUComputePipeline> {
    // Scopes, so that a refused kernel is this program's failure and not the whole device's.
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ code: source, label: name });
    const pipelineLayout = this.#device.createPipelineLayout({ bindGroupLayouts: [layout] });
    const pipeline = this.#device.createComputePipelineAsync({
      label: name,
      layout: pipelineLayout,
      compute: { module, entryPoint },
    });
    pipeline.catch(() => {}); // Its failure is seen below, after the reason for it.
    const invalid = await this.#device.popErrorScope();
    if (invalid !== null) throw refused(name, invalid.message);
    return await pipeline.catch((error: unknown) => {
      throw refused(name, error instanceof Error ? error.message : String(error));
    });
  }
}

function refused(kernel: string, reason: string): DeviceError {
  return new DeviceError(`the adapter's driver refuses kernel ${kernel}: ${reason}`);
}
