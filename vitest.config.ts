import { defineConfig } from "vitest/config";

/** `unit` needs no adapter; `gpu` runs on whatever adapter `llmc doctor` finds, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/gpu/**", "node_modules/**"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "gpu",
          include: ["tests/gpu/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
