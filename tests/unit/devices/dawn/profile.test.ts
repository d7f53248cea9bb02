import { expect, test } from "vitest";
import { describe as describeAdapter } from "../../../../src/devices/dawn/device.ts";
import { adapterClassOf } from "../../../../src/devices/dawn/profile.ts";

const info = (vendor: string, architecture: string, isFallbackAdapter = false, description = "") =>
  ({ vendor, architecture, isFallbackAdapter, description, device: "" }) as GPUAdapterInfo;

test.each([
  [info("mesa", "software", true), "lavapipe"],
  [info("google", "swiftshader", true), "swiftshader"],
  [info("google", "swiftshader"), "swiftshader"],
  [info("nvidia", "ampere"), "discrete"],
  [info("amd", "rdna-3"), "discrete"],
  [info("intel", "xe"), "integrated"],
  [info("apple", "metal-3"), "integrated"],
] as const)("%o is of class %s", (adapter, adapterClass) => {
  expect(adapterClassOf(adapter)).toBe(adapterClass);
});

test("an adapter is described by its name, and by vendor and architecture where it has none", () => {
  const named = info("mesa", "software", true, "llvmpipe: Mesa 25.0.7 (LLVM 15.0.6) 0.0.1");
  expect(describeAdapter(named)).toMatch(/^llvmpipe: Mesa 25\.0\.7 \(LLVM 15\.0\.6\), .+, software$/);
  expect(describeAdapter(info("nvidia", "ampere"))).toMatch(/^nvidia ampere, [^,]+$/);
});
