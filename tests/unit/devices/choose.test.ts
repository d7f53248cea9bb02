import { describe, expect, test } from "vitest";
import { choose, type DeviceName, deviceName, type Openers } from "../../../src/devices/choose.ts";
import { type Device, DeviceError } from "../../../src/devices/device.ts";

type Machine = { gpu?: boolean; driver?: boolean; package?: boolean };

/** A machine with a GPU, a software driver, the embedded package. Records what was opened and closed. */
function machine(has: Machine): { open: Openers; log: string[] } {
  const log: string[] = [];
  const device = (kind: Device["kind"]): Device => {
    log.push(`open ${kind}`);
    return {
      description: kind,
      kind,
      profile: {} as Device["profile"],
      load: () => Promise.reject(new Error("not here")),
      close: async () => void log.push(`close ${kind}`),
    };
  };
  const open: Openers = {
    system: async () => (has.gpu ? device("hardware") : has.driver ? device("software") : null),
    software: async () => (has.driver ? device("software") : null),
    embedded: async () => (has.package ? device("embedded") : null),
    reference: async () => device("reference"),
  };
  return { open, log };
}

describe("choose", () => {
  test.each<[DeviceName, Machine, Device["kind"]]>([
    ["auto", { gpu: true, driver: true, package: true }, "hardware"],
    ["auto", { driver: true, package: true }, "software"],
    ["auto", { package: true }, "embedded"],
    ["gpu", { gpu: true }, "hardware"],
    ["software", { gpu: true, driver: true }, "software"],
    ["swiftshader", { gpu: true, driver: true, package: true }, "embedded"],
    ["reference", {}, "reference"],
  ])("%s on %o is %s", async (name, has, kind) => {
    const { open, log } = machine(has);
    const { device, notice } = await choose(name, open);
    expect(device.kind).toBe(kind);
    expect(notice.startsWith(kind) && !notice.includes("\n")).toBe(true);
    // Nothing but the chosen device was opened.
    expect(log).toEqual([`open ${kind}`]);
  });

  test.each<[DeviceName, Machine, RegExp]>([
    ["auto", {}, /no Vulkan driver was found, and the embedded one is not installed/],
    ["gpu", {}, /no adapter was found/],
    ["gpu", { driver: true, package: true }, /no GPU was found, only software/],
    ["software", { gpu: true }, /no software Vulkan driver/],
    ["swiftshader", { driver: true }, /SwiftShader is not installed/],
  ])("%s on %o fails and says what to install", async (name, has, message) => {
    const { open, log } = machine(has);
    const error = await choose(name, open).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toMatch(message);
    expect((error as DeviceError).help).toMatch(/install/);
    expect(log.filter((line) => line.startsWith("open")).length).toBe(
      log.filter((line) => line.startsWith("close")).length,
    );
  });

  test("the notice tells how to get faster only where there is a way", async () => {
    expect((await choose("auto", machine({ package: true }).open)).notice).toMatch(/mesa-vulkan-drivers/);
    expect((await choose("auto", machine({ driver: true }).open)).notice).toMatch(/GPU/);
    expect((await choose("auto", machine({ gpu: true }).open)).notice).toBe("hardware");
    expect((await choose("swiftshader", machine({ package: true }).open)).notice).toBe("embedded");
  });
});

describe("deviceName", () => {
  test("lavapipe is the system's software driver", () => {
    expect(deviceName("lavapipe")).toBe("software");
  });

  test.each(["cuda", "", "toString", "GPU"])("refuses %j and lists what there is", (text) => {
    const fails = () => deviceName(text);
    expect(fails).toThrow(DeviceError);
    expect(fails).toThrow(`there is no device "${text}"`);
  });
});
