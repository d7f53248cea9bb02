import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Tests that need an adapter run one file at a time, each in a process of its own. */
const onDevice: NonNullable<TestProjectInlineConfiguration["test"]> = {
  include: ["tests/gpu/**/*.test.ts"],
  pool: "forks",
  fileParallelism: false,
  testTimeout: 600_000,
  hookTimeout: 120_000,
};

/**
 * `unit` needs no adapter. `gpu` runs on whatever `llmc doctor` finds (or on `LLMC_DEVICE`), `swiftshader` the same
 * tests on the embedded driver: lanes of a subgroup, limits and rounding differ.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/gpu/**", "**/node_modules/**"],
          testTimeout: 60_000,
        },
      },
      { test: { name: "gpu", ...onDevice, sequence: { groupOrder: 1 } } },
      { test: { name: "swiftshader", ...onDevice, env: { LLMC_DEVICE: "swiftshader" }, sequence: { groupOrder: 2 } } },
    ],
  },
});
