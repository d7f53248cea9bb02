/** Named profiles: adapters one can compile for without having them. Peak rates are the makers' figures. */
import type { Profile } from "../../ir/plan/profile.ts";

const softwareLimits: Profile["limits"] = {
  maxBufferSize: 2 ** 31 - 4,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 16,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupStorageSize: 32_768,
  minStorageBufferOffsetAlignment: 32,
};

const gpuLimits: Profile["limits"] = {
  ...softwareLimits,
  maxBufferSize: 2 ** 32,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxComputeWorkgroupStorageSize: 49_152,
};

export const wgslProfiles: readonly Profile[] = [
  {
    name: "lavapipe",
    adapterClass: "lavapipe",
    limits: softwareLimits,
    features: { f16: true, subgroups: true },
    subgroup: { min: 8, max: 8 },
    roofline: { flops: 30e9, bandwidth: 20e9 },
  },
  {
    name: "swiftshader",
    adapterClass: "swiftshader",
    limits: softwareLimits,
    features: { f16: false, subgroups: true },
    subgroup: { min: 4, max: 4 },
    roofline: { flops: 6e9, bandwidth: 10e9 },
  },
  gpu("a100", "discrete", 32, 19.5e12, 1555e9),
  gpu("rtx4090", "discrete", 32, 82.6e12, 1008e9),
  gpu("m2", "integrated", 32, 3.6e12, 100e9),
];

function gpu(
  name: string,
  adapterClass: "discrete" | "integrated",
  lanes: number,
  flops: number,
  bandwidth: number,
): Profile {
  return {
    name,
    adapterClass,
    limits: gpuLimits,
    features: { f16: true, subgroups: true },
    subgroup: { min: lanes, max: lanes },
    roofline: { flops, bandwidth },
  };
}
