/** What the compiler knows of an adapter. Named profiles let `plan` and tests compile without a device. */

/** Groups adapters that want the same schedules. */
export type AdapterClass = "reference" | "lavapipe" | "swiftshader" | "integrated" | "discrete";

export type Profile = {
  readonly name: string;
  readonly adapterClass: AdapterClass;
  readonly limits: {
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
    readonly maxStorageBuffersPerShaderStage: number;
    readonly maxComputeWorkgroupsPerDimension: number;
    readonly maxComputeInvocationsPerWorkgroup: number;
    readonly maxComputeWorkgroupSizeX: number;
    readonly maxComputeWorkgroupStorageSize: number;
    readonly minStorageBufferOffsetAlignment: number;
  };
  readonly features: { readonly f16: boolean; readonly subgroups: boolean };
  /** Lanes of a subgroup; a kernel that depends on the number must be correct for every value between. */
  readonly subgroup: { readonly min: number; readonly max: number };
  /** Peak rates for estimates: FLOP/s and bytes/s. */
  readonly roofline: { readonly flops: number; readonly bandwidth: number };
};

/** The device that interprets kernels: WebGPU's default limits. */
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
  roofline: { flops: 2e10, bandwidth: 1e10 },
};
