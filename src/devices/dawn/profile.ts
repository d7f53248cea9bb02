/** What the compiler is told of a real adapter. */
import { availableParallelism } from "node:os";
import type { AdapterClass, Profile } from "../../ir/plan/profile.ts";
import { isSoftware } from "./adapter.ts";

export function profileOf(adapter: GPUAdapter): Profile {
  const { info, limits, features } = adapter;
  const adapterClass = adapterClassOf(info);
  return {
    // The class before the colon decides whether a compiled program fits.
    name: `${adapterClass}:${info.device || info.architecture || info.vendor}`,
    adapterClass,
    limits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment,
    },
    features: { f16: features.has("shader-f16"), subgroups: features.has("subgroups") },
    subgroup: { min: info.subgroupMinSize ?? 4, max: info.subgroupMaxSize ?? 128 },
    roofline: rooflineOf(adapterClass),
  };
}

/** WebGPU does not say whether memory is shared with the CPU; the vendor is a good guess. */
export function adapterClassOf(info: GPUAdapterInfo): AdapterClass {
  if (isSoftware(info)) return info.architecture === "swiftshader" ? "swiftshader" : "lavapipe";
  const integrated = ["intel", "apple", "arm", "qualcomm", "img-tec", "samsung", "broadcom"];
  return integrated.includes(info.vendor) ? "integrated" : "discrete";
}

/** Guesses: what one core reaches in a product, measured; for GPUs a small and a large one. FLOP/s and bytes/s. */
function rooflineOf(adapterClass: AdapterClass): Profile["roofline"] {
  const cores = availableParallelism();
  switch (adapterClass) {
    case "lavapipe":
      return { flops: cores * 15e9, bandwidth: 20e9 };
    case "swiftshader":
      return { flops: cores * 3e9, bandwidth: 10e9 };
    case "integrated":
      return { flops: 1e12, bandwidth: 50e9 };
    case "discrete":
      return { flops: 10e12, bandwidth: 500e9 };
    case "reference":
      return { flops: 10e6, bandwidth: 100e6 };
  }
}
