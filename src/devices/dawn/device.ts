/**
 * A Dawn device: opened on an adapter, it loads programs into sessions.
 *
 * The first error that no one caught, and the loss of the device, end every session: after that, what is in device
 * memory is unknown.
 */
import type { Profile } from "../../ir/plan/profile.ts";
import type { Program } from "../../ir/plan/program.ts";
import { type Device, DeviceError, type Session } from "../device.ts";
import { type FoundAdapter, hold, isSoftware, release } from "./adapter.ts";
import { allocate, checkFits, machineMemory } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";
import { Poller } from "./polling.ts";
import { profileOf } from "./profile.ts";
import { DawnSession } from "./session.ts";

export type DawnKind = "hardware" | "software" | "embedded";

/** Opens a device with everything its adapter can give. Throws `DeviceError`. */
export async function openDawn({ adapter, instance }: FoundAdapter, kind: DawnKind): Promise<Device> {
  const profile = profileOf(adapter);
  hold(instance);
  try {
    const wanted: readonly GPUFeatureName[] = ["shader-f16", "subgroups", "timestamp-query"];
    const device = await adapter.requestDevice({
      requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
      requiredLimits: profile.limits,
    });
    const open = new OpenDevice(device, () => release(instance), profile, kind !== "hardware");
    return {
      description: describe(adapter.info),
      kind,
      profile,
      load: (program) => open.load(program),
      close: () => open.close(),
    };
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
  readonly #release: () => void;
  readonly #profile: Profile;
  readonly #isSoftware: boolean;
  readonly #poller: Poller;
  readonly #pipelines: Pipelines;
  readonly #sessions = new Set<DawnSession>();
  #error: DeviceError | null = null;

  constructor(device: GPUDevice, release: () => void, profile: Profile, isSoftware: boolean) {
    this.#device = device;
    this.#release = release;
    this.#profile = profile;
    this.#isSoftware = isSoftware;
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

    const kernels = await this.#pipelines.compile(program.kernels);
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

  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.close();
    this.#error ??= new DeviceError("the device was closed");
    this.#device.destroy();
    await this.#device.lost;
    this.#release();
  }

  #fail(error: DeviceError): void {
    if (this.#error !== null) return;
    this.#error = error;
    for (const session of this.#sessions) session.fail(error);
  }
}
