/** The target that emits nothing: kernels are kept as they are, and the reference device interprets them. */

import type { Schedule } from "../../ir/plan/plan.ts";
import type { Profile } from "../../ir/plan/profile.ts";
import type { Target } from "../target.ts";

const interpreted: Schedule = { kind: "interpreted" };

/** A machine with WebGPU's default limits. */
export const referenceProfile: Profile = {
  name: "reference",
  adapterClass: "reference",
  limits: {
    maxBufferSize: 2 ** 28,
    maxStorageBufferBindingSize: 2 ** 27,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupsPerDimension: 65_535,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupStorageSize: 16_384,
    minStorageBufferOffsetAlignment: 256,
  },
  features: { f16: false, subgroups: false },
  subgroup: { min: 1, max: 1 },
  roofline: { flops: 5e8, bandwidth: 4e9 },
};

export const referenceTarget: Target = {
  name: "reference",
  profiles: [referenceProfile],
  searchSpace: () => [interpreted],
  prior: () => interpreted,
  emit: (planned) => ({ kind: "interpreted", planned }),
};
