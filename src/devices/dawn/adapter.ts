/**
 * Finds an adapter through Dawn.
 *
 * Dawn asks the Vulkan loader for drivers anew in every instance, so an instance made after the embedded driver has
 * been put in place sees it, though an earlier one in this process saw nothing.
 */
import { join } from "node:path";
import { DeviceError } from "../device.ts";
import { loaderFile, manifestFile } from "./embedded-driver.ts";
import { quietly } from "./quietly.ts";

/** `best`: what Dawn prefers. `software`: the system's CPU driver even where there is a GPU. */
export type AdapterWish = "best" | "software";

/** An adapter and the instance that must be held as long as anything made from it lives. */
export type FoundAdapter = { readonly adapter: GPUAdapter; readonly instance: GPU };

export type DawnOptions = {
  /**
   * Let the driver check every index. Off by default: each kernel's bounds are proven or guarded by the compiler, and
   * the checks cost a fifth of a product's speed.
   */
  readonly robust: boolean;
};

/** Instances whose devices live: Dawn crashes the process if one is collected before its device. */
const instances = new Set<GPU>();

/** From then on drivers run threads of their own, which open files (see `quietly.ts`). */
let hadDevices = false;

export function hold(instance: GPU): void {
  instances.add(instance);
  hadDevices = true;
}

export function release(instance: GPU): void {
  instances.delete(instance);
}

/** An adapter of the system's own drivers, or `null`. */
export async function systemAdapter(wish: AdapterWish, options: DawnOptions): Promise<FoundAdapter | null> {
  const best = await requestAdapter(options, []);
  if (wish === "best" || best === null || isSoftware(best.adapter.info)) return best;
  return (
    (await requestAdapter(options, ["adapter=llvmpipe"])) ?? (await requestAdapter(options, ["adapter=SwiftShader"]))
  );
}

/** The adapter of the embedded driver in `folder`, whatever the system has. */
export async function embeddedAdapter(folder: string, options: DawnOptions): Promise<FoundAdapter | null> {
  try {
    // RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE. It is no Node module, so this always throws; the library stays mapped,
    // and Dawn's own request for libvulkan.so.1 finds it.
    process.dlopen({ exports: {} }, join(folder, loaderFile), 0x2 | 0x100 | 0x1000);
  } catch {}
  const previous = process.env.VK_DRIVER_FILES;
  process.env.VK_DRIVER_FILES = join(folder, manifestFile);
  try {
    return await requestAdapter(options, []);
  } finally {
    if (previous === undefined) delete process.env.VK_DRIVER_FILES;
    else process.env.VK_DRIVER_FILES = previous;
  }
}

/** Does the CPU do the work? */
export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || info.architecture === "software" || info.architecture === "swiftshader";
}

async function requestAdapter(options: DawnOptions, flags: readonly string[]): Promise<FoundAdapter | null> {
  const { create } = await importDawn();
  const silence = hadDevices ? <T>(call: () => T) => call() : quietly;
  try {
    const instance = silence(() => create([...dawnFlags(options), ...flags]));
    const adapter = await silence(() => instance.requestAdapter({ powerPreference: "high-performance" }));
    return adapter === null ? null : { adapter, instance };
  } catch {
    // A named adapter that is not there, or a platform without the backend: Dawn throws, and to us it is no adapter.
    return null;
  }
}

function dawnFlags({ robust }: DawnOptions): readonly string[] {
  return [
    // On Linux Dawn would fall back to OpenGL ES, which lacks most of what kernels use.
    ...(process.platform === "linux" ? ["backend=vulkan"] : []),
    // allow_unsafe_apis: subgroup features and precise timestamps are behind it.
    `enable-dawn-features=${["allow_unsafe_apis", ...(robust ? [] : ["disable_robustness"])].join(",")}`,
    "disable-dawn-features=timestamp_quantization",
  ];
}

/** Loaded on first use: programs that only parse or check need no native code. */
async function importDawn(): Promise<typeof import("webgpu")> {
  try {
    return await import("webgpu");
  } catch (error) {
    throw new DeviceError(
      `Dawn cannot be loaded on ${process.platform}-${process.arch}: ${error instanceof Error ? error.message : error}`,
      "`--device reference` runs without it, slowly",
    );
  }
}
