/**
 * Compute pipelines of one device, cached by WGSL source: Dawn does not recognise identical sources itself.
 * All kernels of a program are compiled at once; Dawn works on them in parallel.
 */
import type { Slot } from "../../ir/plan/plan.ts";
import type { ProgramKernel } from "../../ir/plan/program.ts";
import { handled } from "../../support/handled.ts";
import { invariant } from "../../support/invariant.ts";
import { DeviceError } from "../device.ts";
import type { Poller } from "./polling.ts";

/** GPUShaderStage.COMPUTE */
const computeStage = 0x4;

type Compiled = { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout };

export type CompiledKernel = Compiled & {
  readonly name: string;
  readonly workgroups: readonly [number, number, number];
};

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #poller: Poller;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #compiled = new Map<string, Promise<Compiled>>();

  constructor(device: GPUDevice, poller: Poller) {
    this.#device = device;
    this.#poller = poller;
  }

  /** Throws `DeviceError` with the compiler's messages and the kernel's name. */
  async compile(kernels: readonly ProgramKernel[]): Promise<readonly CompiledKernel[]> {
    return await this.#poller.wait(Promise.all(kernels.map((kernel) => this.#compileKernel(kernel))));
  }

  async #compileKernel(kernel: ProgramKernel): Promise<CompiledKernel> {
    const { name, slots, code } = kernel;
    invariant(code.kind === "wgsl", `kernel ${name} is not for a GPU`);
    const signature = slots.map(({ access }) => (access === "read" ? "r" : "w")).join("");
    const key = `${signature} ${code.entry}\n${withoutComments(code.source)}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = this.#compileSource(name, signature, slots, code.source, code.entry);
      this.#compiled.set(key, compiled);
    }
    return { name, ...(await compiled), workgroups: code.workgroups };
  }

  async #compileSource(
    name: string,
    signature: string,
    slots: readonly Slot[],
    source: string,
    entryPoint: string,
  ): Promise<Compiled> {
    // A scope, so that a refused kernel is this program's failure and not the whole device's.
    this.#device.pushErrorScope("validation");
    const layout = this.#layout(signature, slots);
    const module = this.#device.createShaderModule({ code: source, label: name });
    const pipeline = handled(
      this.#device.createComputePipelineAsync({
        label: name,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      }),
    );
    const invalid = await this.#device.popErrorScope();
    if (invalid !== null) throw refused(name, invalid.message);
    try {
      return { pipeline: await pipeline, layout };
    } catch (error) {
      throw refused(name, error instanceof Error ? error.message : String(error));
    }
  }

  /** Explicit, not `auto`: a kernel that leaves a slot unused still takes the same bind group. */
  #layout(signature: string, slots: readonly Slot[]): GPUBindGroupLayout {
    let layout = this.#layouts.get(signature);
    if (layout === undefined) {
      layout = this.#device.createBindGroupLayout({
        label: signature,
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
}

/** Kernels say in comments where they come from; those of many layers are one otherwise. */
function withoutComments(source: string): string {
  return source.replaceAll(/^\s*\/\/.*\n/gm, "");
}

function refused(kernel: string, reason: string): DeviceError {
  return new DeviceError(`the adapter's driver refuses kernel ${kernel}: ${reason}`);
}
