/**
 * A Dawn device: opened on an adapter, it loads programs into sessions.
 *
 * The first error that no one caught, and the loss of the device, end every session: after that, what is in device
 * memory is unknown.
 */
import { availableParallelism } from "node:os";
import type { Profile } from "../../ir/plan/profile.ts";
import type { Program } from "../../ir/plan/program.ts";
import { type Device, DeviceError, type Session } from "../device.ts";
import { type FoundAdapter, hold, isSoftware, release } from "./adapter.ts";
import { allocate, checkFits, machineMemory } from "./memory.ts";
import { type CompiledKernel, Pipelines } from "./pipelines.ts";
import { Poller } from "./polling.ts";
import { profileOf } from "./profile.ts";
import { DawnSession } from "./session.ts";
import { type Helper, patience, warmUp } from "./warm-up.ts";

/** More devices that compile on lavapipe: one a core, but few, for each costs some 50 ms to find. */
const mostHelpers = Math.min(availableParallelism(), 4) - 1;

export type DawnKind = "hardware" | "software" | "embedded";

/**
 * Opens a device with everything its adapter can give. `find` gives the same adapter again: each device wants one of
 * its own. Those of helpers are asked for now, while Dawn can still be silenced. Throws `DeviceError`.
 */
export async function openDawn(
  found: FoundAdapter,
  kind: DawnKind,
  find: () => Promise<FoundAdapter | null>,
): Promise<Device> {
  const profile = profileOf(found.adapter);
  const spare: FoundAdapter[] = [];
  for (let count = profile.adapterClass === "lavapipe" ? mostHelpers : 0; count > 0; count--) {
    const again = await find();
    if (again !== null) spare.push(again);
  }
  const { device, close } = await requestDevice(found);
  const open = new OpenDevice(device, close, profile, kind !== "hardware", async () => {
    const again = spare.pop();
    return again === undefined ? null : await requestDevice(again).catch(() => null);
  });
  return {
    description: describe(found.adapter.info),
    kind,
    profile,
    load: (program) => open.load(program),
    close: () => open.close(),
  };
}

/** `close` destroys the device and lets go of its instance. */
async function requestDevice({ adapter, instance }: FoundAdapter): Promise<Helper> {
  hold(instance);
  try {
    const wanted: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];
    const device = await adapter.requestDevice({
      requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
      requiredLimits: profileOf(adapter).limits,
    });
    const close = async (): Promise<void> => {
      device.destroy();
      await device.lost;
      release(instance);
    };
    return { device, close };
  } catch (error) {
    release(instance);
    throw new DeviceError(`the adapter gives no device: ${error instanceof Error ? error.message : error}`);
  }
}

/** `llvmpipe: Mesa 25.0.7 (LLVM 15.0.6), Vulkan, software` */
export function describe(info: GPUAdapterInfo): string {
  const name = info.description || info.device || `${info.vendor} ${info.architecture}`.trim() || "unnamed adapter";
  const api = { linux: "Vulkan", darwin: "Metal", win32: "Direct3D 12" }[process.platform as string] ?? "WebGPU";
  return [name.replace(/ 0\.0\.1$/, ""), api, ...(isSoftware(info) ? ["software"] : [])].join(", ");
}

class OpenDevice {
  readonly #device: GPUDevice;
  readonly #destroy: () => Promise<void>;
  readonly #profile: Profile;
  readonly #isSoftware: boolean;
  readonly #openHelper: () => Promise<Helper | null>;
  readonly #poller: Poller;
  readonly #pipelines: Pipelines;
  readonly #sessions = new Set<DawnSession>();
  #error: DeviceError | null = null;

  constructor(
    device: GPUDevice,
    destroy: () => Promise<void>,
    profile: Profile,
    isSoftware: boolean,
    openHelper: () => Promise<Helper | null>,
  ) {
    this.#device = device;
    this.#destroy = destroy;
    this.#profile = profile;
    this.#isSoftware = isSoftware;
    this.#openHelper = openHelper;
    this.#poller = new Poller(isSoftware);
    this.#pipelines = new Pipelines(device, this.#poller);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // Dawn would print it.
      this.#fail(new DeviceError(`Dawn reports: ${event.error.message}`));
    });
    device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#fail(new DeviceError(`the device was lost: ${message}`));
    });
  }

  async load(program: Program): Promise<Session> {
    if (this.#error !== null) throw this.#error;
    const fitting = program.profile.split(":")[0];
    if (program.target !== "wgsl" || fitting !== this.#profile.adapterClass) {
      throw new DeviceError(
        `the program was compiled for ${program.profile} (${program.target}), and this is ${this.#profile.name}`,
        "compile it again for this device",
      );
    }
    checkFits(program, this.#profile.limits, this.#isSoftware ? machineMemory() : null);

    const kernels = await this.#compile(program);
    this.#device.pushErrorScope("validation");
    const memory = allocate(this.#device, program);
    const context = {
      device: this.#device,
      poller: this.#poller,
      fail: (error: DeviceError) => this.#fail(error),
      closed: (closed: DawnSession) => void this.#sessions.delete(closed),
    };
    const session = new DawnSession(context, program, memory, kernels);
    const invalid = await this.#poller.wait(this.#device.popErrorScope());
    if (invalid !== null) {
      memory.destroy();
      throw new DeviceError(`Dawn refuses the program's memory: ${invalid.message}`);
    }
    this.#sessions.add(session);
    return session;
  }

  async #compile(program: Program): Promise<readonly CompiledKernel[]> {
    const kernels = await this.#pipelines.compile(program.kernels);
    // Other drivers compile when the pipeline is made.
    if (this.#profile.adapterClass === "lavapipe") {
      const [device, poller, openHelper] = [this.#device, this.#poller, this.#openHelper];
      await warmUp({ device, poller, program, kernels, openHelper, mostHelpers, patience });
    }
    return kernels;
  }

  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.close();
    this.#error ??= new DeviceError("the device was closed");
    await this.#destroy();
  }

  #fail(error: DeviceError): void {
    if (this.#error !== null) return;
    this.#error = error;
    for (const session of this.#sessions) session.fail(error);
  }
}
