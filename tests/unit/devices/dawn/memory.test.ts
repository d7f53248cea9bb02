import { describe, expect, test } from "vitest";
import { checkFits, machineMemory } from "../../../../src/devices/dawn/memory.ts";
import { DeviceError } from "../../../../src/devices/device.ts";
import type { Program } from "../../../../src/ir/plan/program.ts";

const program = (...bytes: number[]): Program => ({
  version: 1,
  target: "wgsl",
  profile: "lavapipe",
  buffers: bytes.map((size) => ({ role: "arena", bytes: size })),
  tensors: [],
  kernels: [],
  programs: {},
  terms: [],
  microSteps: 1,
});
const limits = { maxBufferSize: 4 * 2 ** 30 } as Parameters<typeof checkFits>[1];

describe("checkFits", () => {
  test("a buffer may be as large as the adapter allows, and no larger", () => {
    checkFits(program(4 * 2 ** 30), limits, null);
    expect(() => checkFits(program(256, 4 * 2 ** 30 + 4), limits, null)).toThrow(
      /buffer 1 \(arena\) needs 4,097 MiB, the adapter allows 4,096 MiB/,
    );
  });

  test("on a CPU adapter the whole must leave a tenth of the machine's memory", () => {
    const machine = 10 * 2 ** 30;
    checkFits(program(4 * 2 ** 30, 4 * 2 ** 30), limits, machine);
    expect(() => checkFits(program(4 * 2 ** 30, 4 * 2 ** 30, 2 ** 30), limits, machine)).toThrow(DeviceError);
  });
});

test("the machine's memory is a sensible number", () => {
  expect(machineMemory()).toBeGreaterThan(2 ** 26);
  expect(machineMemory()).toBeLessThan(2 ** 50);
});
