/** `llmc doctor`: what this machine offers, which device would run a program and why, whether it computes right. */
import { arch, availableParallelism, platform } from "node:os";
import { type ChosenDevice, chooseDevice, faster } from "../devices/choose.ts";
import { embeddedAdapter, systemAdapter } from "../devices/dawn/adapter.ts";
import { describe } from "../devices/dawn/device.ts";
import { embeddedDriver } from "../devices/dawn/embedded-driver.ts";
import { machineMemory } from "../devices/dawn/memory.ts";
import { type Device, DeviceError } from "../devices/device.ts";
import { type Probe, probe } from "../devices/probe.ts";
import type { Profile } from "../ir/plan/profile.ts";
import { bytes } from "./units.ts";

/** Printed as it is with `--json`. */
export type DoctorReport = {
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
  };
  readonly adapters: readonly { readonly from: "system" | "embedded"; readonly description: string }[];
  readonly chosen:
    | {
        readonly ok: true;
        readonly kind: Device["kind"];
        readonly notice: string;
        readonly profile: Profile;
        /** `null` for the reference device. */
        readonly probe: Probe | null;
      }
    | { readonly ok: false; readonly error: string };
  /** What to do for more speed, or for a device at all; `null` where there is nothing to say. */
  readonly advice: string | null;
};

/** Looks at everything and never throws for want of a device: the CLI exits with 4 where `isHealthy` is false. */
export async function doctor(deviceName?: string): Promise<DoctorReport> {
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cores: availableParallelism(),
    memory: machineMemory(),
  };
  const adapters = await listAdapters();
  let opened: ChosenDevice | null = null;
  try {
    opened = await chooseDevice({ name: deviceName });
    const { device, notice } = opened;
    const { kind, profile } = device;
    const result = kind === "reference" ? null : await probe(device);
    return { machine, adapters, chosen: { ok: true, kind, notice, profile, probe: result }, advice: faster(kind) };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { machine, adapters, chosen: { ok: false, error: error.message }, advice: error.help ?? null };
  } finally {
    await opened?.device.close();
  }
}

/** Is there a device, and does it compute right? */
export function isHealthy({ chosen }: DoctorReport): boolean {
  return chosen.ok && (chosen.probe === null || chosen.probe.wrong === 0);
}

export function renderDoctor({ machine, adapters, chosen, advice }: DoctorReport): string {
  const rows: (readonly [string, string])[] = [
    ["node", `${machine.node} on ${machine.platform}, ${machine.cores} cores, ${bytes(machine.memory)} of memory`],
    ...(adapters.length === 0 ? [["adapter", "none"] as const] : []),
    ...adapters.map(({ from, description }) => ["adapter", `${description} (${from})`] as const),
  ];
  if (chosen.ok) {
    const { limits, features, subgroup } = chosen.profile;
    rows.push(
      ["device", chosen.notice],
      ["profile", chosen.profile.name],
      ["features", `f16 ${features.f16 ? "yes" : "no"}, subgroups ${features.subgroups ? lanes(subgroup) : "no"}`],
      ["limits", `${bytes(limits.maxBufferSize)} a buffer, ${bytes(limits.maxStorageBufferBindingSize)} a binding`],
      ["", `${limits.maxStorageBuffersPerShaderStage} buffers a kernel`],
      [
        "",
        `${limits.maxComputeInvocationsPerWorkgroup} threads and ${bytes(limits.maxComputeWorkgroupStorageSize)} a workgroup`,
      ],
    );
    if (chosen.probe !== null) rows.push(["check", check(chosen.probe)]);
  } else {
    rows.push(["device", `none: ${chosen.error}`]);
  }
  if (advice !== null) for (const [i, line] of advice.split("\n").entries()) rows.push([i === 0 ? "advice" : "", line]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n");
}

async function listAdapters(): Promise<DoctorReport["adapters"]> {
  const options = { robust: true };
  const found: { from: "system" | "embedded"; description: string }[] = [];
  const add = (from: "system" | "embedded", adapter: GPUAdapter | undefined) => {
    const description = adapter && describe(adapter.info);
    if (description !== undefined && !found.some((other) => other.description === description)) {
      found.push({ from, description });
    }
  };
  try {
    add("system", (await systemAdapter("best", options))?.adapter);
    add("system", (await systemAdapter("software", options))?.adapter);
    const folder = await embeddedDriver();
    if (folder !== null) add("embedded", (await embeddedAdapter(folder, options))?.adapter);
  } catch (error) {
    // Said when the device is chosen.
    if (!(error instanceof DeviceError)) throw error;
  }
  return found;
}

function check({ results, wrong, flops }: Probe): string {
  if (wrong > 0) return `WRONG: ${wrong} of ${results} results; do not train on this device`;
  return `${results} of ${results} results right, ${(flops / 1e9).toPrecision(3)} GFLOP/s in multiply-adds`;
}

function lanes({ min, max }: Profile["subgroup"]): string {
  return min === max ? `of ${min} lanes` : `of ${min} to ${max} lanes`;
}
