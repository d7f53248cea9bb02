/** `llmc doctor` on this machine, and that switches of Dawn which it would accept in silence have their effect. */
import { describe, expect, test } from "vitest";
import { doctor, isHealthy, renderDoctor } from "../../src/cli/doctor.ts";
import { chooseDevice } from "../../src/devices/choose.ts";
import { embeddedAdapter, hold, release, systemAdapter } from "../../src/devices/dawn/adapter.ts";
import { embeddedDriver } from "../../src/devices/dawn/embedded-driver.ts";
import type { Program } from "../../src/ir/plan/program.ts";
import { tensorType } from "../../src/ir/types.ts";
import { kernel } from "./hand-made.ts";

test("finds the device, runs a kernel and checks it", async () => {
  const report = await doctor();
  expect(isHealthy(report)).toBe(true);
  expect(report.adapters.length).toBeGreaterThan(0);
  expect(report.chosen).toMatchObject({ ok: true, probe: { wrong: 0 } });
  if (report.chosen.ok) expect(report.chosen.probe!.flops).toBeGreaterThan(1e8);
  expect(renderDoctor(report)).toMatch(/^device +\S/m);
});

test("reports a device that is not there, without throwing", async () => {
  const report = await doctor("nothing-like-it");
  expect(isHealthy(report)).toBe(false);
  expect(report.chosen).toMatchObject({ ok: false, error: 'there is no device "nothing-like-it"' });
});

describe("Dawn's switches", () => {
  test("indices are clamped to their array where the device is robust, and only there", async () => {
    expect(await readBeyond(true)).toBe(3);
    expect(await readBeyond(false)).not.toBe(3);
  });

  test("timestamps are not rounded", async () => {
    const options = { robust: false };
    const system = process.env.LLMC_DEVICE === "swiftshader" ? null : await systemAdapter("best", options);
    const found = system ?? (await embeddedAdapter((await embeddedDriver())!, options));
    hold(found!.instance);
    const gpu = await found!.adapter.requestDevice({ requiredFeatures: ["timestamp-query"] });
    const count = 16;
    const querySet = gpu.createQuerySet({ type: "timestamp", count });
    const resolved = gpu.createBuffer({ size: 8 * count, usage: 0x200 | 0x4 });
    const mapped = gpu.createBuffer({ size: 8 * count, usage: 0x1 | 0x8 });
    const encoder = gpu.createCommandEncoder();
    for (let i = 0; i < count; i += 2) {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: i, endOfPassWriteIndex: i + 1 };
      encoder.beginComputePass({ timestampWrites }).end();
    }
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, 8 * count);
    gpu.queue.submit([encoder.finish()]);
    await mapped.mapAsync(0x1);
    const times = [...new BigInt64Array(mapped.getMappedRange())];
    gpu.destroy();
    await gpu.lost;
    release(found!.instance);
    expect(times.every((time) => time > 0n)).toBe(true);
    expect(times.some((time) => time % 65536n !== 0n)).toBe(true);
  });
});

/** On the embedded driver, which checks nothing of its own: element 5 of a kernel's own array of 0, 1, 2, 3; the index is data. */
async function readBeyond(robust: boolean): Promise<number> {
  const { device } = await chooseDevice({ name: "swiftshader", robust });
  const index = { buffer: 0, offset: 0, bytes: 4 };
  const result = { buffer: 1, offset: 0, bytes: 4 };
  const body = "var values = array(0.0, 1.0, 2.0, 3.0);\n  result[0] = values[index[0]];";
  const program: Program = {
    version: 1,
    target: "wgsl",
    profile: device.profile.name,
    buffers: [
      { role: "input", bytes: 256 },
      { role: "arena", bytes: 256 },
    ],
    tensors: [],
    kernels: [kernel("beyond", [1, 1, 1], ["index: array<i32>"], body)],
    programs: {
      evaluate: {
        steps: [
          { kind: "upload", name: "index", to: index },
          { kind: "dispatch", kernel: 0, regions: [index, result] },
          { kind: "download", name: "result", from: result },
        ],
        inputs: [{ name: "index", type: tensorType("i32", [1]) }],
        outputs: [{ name: "result", type: tensorType("f32", [1]) }],
      },
    },
    terms: [],
    microSteps: 1,
  };
  try {
    const session = await device.load(program);
    const [outputs] = await session.submit([{ program: "evaluate", inputs: { index: Int32Array.of(5) } }]);
    return new Float32Array(outputs!.result!)[0]!;
  } finally {
    await device.close();
  }
}
