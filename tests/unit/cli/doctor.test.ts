import { expect, test } from "vitest";
import { type DoctorReport, isHealthy, renderDoctor } from "../../../src/cli/doctor.ts";

const report: DoctorReport = {
  machine: { node: "v20.19.0", platform: "linux x64", cores: 2, memory: 24 * 2 ** 30 },
  adapters: [{ from: "system", description: "llvmpipe, Vulkan, software" }],
  chosen: {
    ok: true,
    kind: "software",
    notice: "llvmpipe, Vulkan, software (no GPU was found)",
    profile: {
      name: "lavapipe:llvmpipe",
      adapterClass: "lavapipe",
      limits: {
        maxBufferSize: 4294967295,
        maxStorageBufferBindingSize: 2 ** 27,
        maxStorageBuffersPerShaderStage: 16,
        maxComputeWorkgroupsPerDimension: 65535,
        maxComputeInvocationsPerWorkgroup: 1024,
        maxComputeWorkgroupSizeX: 1024,
        maxComputeWorkgroupStorageSize: 32768,
        minStorageBufferOffsetAlignment: 16,
      },
      features: { f16: true, subgroups: true },
      subgroup: { min: 4, max: 8 },
      roofline: { flops: 3e10, bandwidth: 2e10 },
    },
    probe: { results: 100, wrong: 0, flops: 71.84e9 },
  },
  advice: "buy a GPU\nor rent one",
};

test("a healthy machine", () => {
  expect(isHealthy(report)).toBe(true);
  expect(renderDoctor(report)).toBe(`node      v20.19.0 on linux x64, 2 cores, 24 GiB of memory
adapter   llvmpipe, Vulkan, software (system)
device    llvmpipe, Vulkan, software (no GPU was found)
profile   lavapipe:llvmpipe
features  f16 yes, subgroups of 4 to 8 lanes
limits    4 GiB a buffer, 128 MiB a binding
          16 buffers a kernel
          1024 threads and 32 KiB a workgroup
check     100 of 100 results right, 71.8 GFLOP/s in multiply-adds
advice    buy a GPU
          or rent one`);
});

test("a device that computes wrong is not healthy", () => {
  if (!report.chosen.ok) throw new Error("the report is not of a chosen device");
  const wrong = { ...report, chosen: { ...report.chosen, probe: { results: 100, wrong: 3, flops: 1e9 } } };
  expect(isHealthy(wrong)).toBe(false);
  expect(renderDoctor(wrong)).toMatch(/^check +WRONG: 3 of 100 results; do not train on this device$/m);
});

test("no device at all: the error and what to do", () => {
  const none: DoctorReport = {
    ...report,
    adapters: [],
    chosen: { ok: false, error: "no driver" },
    advice: "install one",
  };
  expect(isHealthy(none)).toBe(false);
  expect(renderDoctor(none)).toBe(`node     v20.19.0 on linux x64, 2 cores, 24 GiB of memory
adapter  none
device   none: no driver
advice   install one`);
});
