/**
 * Which device runs a program: the one that was asked for, or else the first of: a GPU, the system's software driver,
 * the embedded software driver.
 */
import { referenceProfile } from "../ir/plan/profile.ts";
import { type Device, DeviceError } from "./device.ts";

/** What `--device` takes. `software` is the system's CPU driver (lavapipe), `swiftshader` the embedded one. */
export type DeviceName = "auto" | "gpu" | "software" | "swiftshader" | "reference";

export type ChosenDevice = {
  readonly device: Device;
  /** One line for people: the device, why this one where that is not plain, and how to get a faster one. */
  readonly notice: string;
};

export type ChooseOptions = {
  /** As the user wrote it; without it `LLMC_DEVICE` counts, then `auto`. */
  readonly name?: string | undefined;
  /** Let drivers check every index (`--verify`). */
  readonly robust?: boolean;
};

/** Opens the device. Throws `DeviceError` where there is none of the kind asked for. */
export async function chooseDevice(options: ChooseOptions = {}): Promise<ChosenDevice> {
  return await choose(deviceName(options.name ?? process.env.LLMC_DEVICE ?? "auto"), openers(options.robust ?? false));
}

export function deviceName(text: string): DeviceName {
  const names: Readonly<Record<string, DeviceName>> = {
    auto: "auto",
    gpu: "gpu",
    software: "software",
    lavapipe: "software",
    swiftshader: "swiftshader",
    reference: "reference",
  };
  const name = Object.hasOwn(names, text) ? names[text] : undefined;
  if (name === undefined)
    throw new DeviceError(`there is no device "${text}"`, `one of ${Object.keys(names).join(", ")}`);
  return name;
}

/** Opens a device of one kind; `null` where this machine has none. */
export type Openers = {
  /** The system's preferred adapter: a GPU, or a software driver where there is none. */
  readonly system: () => Promise<Device | null>;
  readonly software: () => Promise<Device | null>;
  readonly embedded: () => Promise<Device | null>;
  readonly reference: () => Promise<Device>;
};

export async function choose(name: DeviceName, open: Openers): Promise<ChosenDevice> {
  switch (name) {
    case "auto": {
      const device = (await open.system()) ?? (await open.embedded());
      if (device === null) {
        const help = `${driverHelp}\nor the embedded one: ${embeddedHelp}`;
        throw new DeviceError("no Vulkan driver was found, and the embedded one is not installed", help);
      }
      return chosen(device, hints[device.kind]);
    }
    case "gpu": {
      const device = await open.system();
      if (device?.kind === "hardware") return chosen(device, null);
      await device?.close();
      throw new DeviceError(
        device === null ? "no adapter was found" : `no GPU was found, only ${device.description}`,
        "install the GPU's Vulkan driver, or run with `--device auto`",
      );
    }
    case "software": {
      const device = await open.software();
      if (device === null) throw new DeviceError("the system has no software Vulkan driver", driverHelp);
      return chosen(device, null);
    }
    case "swiftshader": {
      const device = await open.embedded();
      if (device === null) throw new DeviceError("the embedded SwiftShader is not installed", embeddedHelp);
      return chosen(device, null);
    }
    case "reference":
      return chosen(await open.reference(), null);
  }
}

const driverHelp = [
  "install a Vulkan driver: your GPU's, or Mesa's software driver",
  "  Debian 12:      apt install -t bookworm-backports mesa-vulkan-drivers libvulkan1",
  "  Debian, Ubuntu: apt install mesa-vulkan-drivers libvulkan1",
  "  Fedora:         dnf install mesa-vulkan-drivers vulkan-loader",
].join("\n");

const embeddedHelp = "install the package @sparticuz/chromium@147.0.0, which holds it (Linux on x86-64)";

const hints: Readonly<Record<Device["kind"], string | null>> = {
  hardware: null,
  software: "no GPU was found; one with a Vulkan driver would be faster",
  embedded: "no Vulkan driver was found; mesa-vulkan-drivers would be 5 to 10 times faster, see `llmc doctor`",
  reference: null,
};

/** How to get a faster device than one of this kind; `null` where there is none. */
export function faster(kind: Device["kind"]): string | null {
  const advice: Readonly<Record<Device["kind"], string | null>> = {
    hardware: null,
    software: "a GPU with its Vulkan driver would be faster",
    embedded: driverHelp,
    reference: "leave `--device` out: kernels compiled for Vulkan are thousands of times faster",
  };
  return advice[kind];
}

function chosen(device: Device, hint: string | null): ChosenDevice {
  return { device, notice: hint === null ? device.description : `${device.description} (${hint})` };
}

/** Native code is loaded when a device is opened, not before. */
function openers(robust: boolean): Openers {
  const options = { robust };
  const system = async (wish: "best" | "software"): Promise<Device | null> => {
    const { isSoftware, systemAdapter } = await import("./dawn/adapter.ts");
    const { openDawn } = await import("./dawn/device.ts");
    const find = () => systemAdapter(wish, options);
    const found = await find();
    return found && (await openDawn(found, isSoftware(found.adapter.info) ? "software" : "hardware", find));
  };
  return {
    system: () => system("best"),
    software: () => system("software"),
    embedded: async () => {
      const { embeddedDriver } = await import("./dawn/embedded-driver.ts");
      const { embeddedAdapter } = await import("./dawn/adapter.ts");
      const { openDawn } = await import("./dawn/device.ts");
      const folder = await embeddedDriver();
      if (folder === null) return null;
      const find = () => embeddedAdapter(folder, options);
      const found = await find();
      return found && (await openDawn(found, "embedded", find));
    },
    reference: async () => {
      const { openReferenceDevice } = await import("./reference/device.ts");
      return openReferenceDevice(referenceProfile);
    },
  };
}
