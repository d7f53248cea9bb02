/** Kernels of every family on the device against their meaning in float64: random sizes and schedules. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Device } from "../../src/devices/device.ts";
import type { Kernel } from "../../src/ir/kernel/kernel.ts";
import type { Schedule } from "../../src/ir/plan/plan.ts";
import { type Dtype, elementCount } from "../../src/ir/types.ts";
import { wgslTarget } from "../../src/targets/wgsl/target.ts";
import { planned } from "../unit/targets/wgsl/fixtures/build-kernel.ts";
import { interpret } from "../unit/targets/wgsl/fixtures/interpret.ts";
import * as kernels from "../unit/targets/wgsl/fixtures/kernels.ts";
import { runKernels, type Trial } from "./run-kernels.ts";

let device: Device;
beforeAll(async () => {
  device = (await chooseDevice()).device;
});
afterAll(() => device.close());

/** Odd sizes, 1, and multiples of 4 alike. */
const size = fc.oneof(fc.constantFrom(1, 4, 8, 16, 64), fc.integer({ min: 1, max: 40 }));
const sizes = (count: number) => fc.array(size, { minLength: count, maxLength: count });

const anyKernel: fc.Arbitrary<Kernel> = fc.oneof(
  sizes(2).map(([a, b]) => kernels.biasMap(a!, b!)),
  sizes(2).map(([a, b]) => kernels.transposeMap(a!, b!)),
  sizes(4).map(([a, b, c, d]) => kernels.splitHeadsMap(Math.min(a!, 3), b!, Math.min(c!, 5), d!)),
  sizes(4).map(([a, b, c, d]) => kernels.embeddingMap(a!, b!, c!, d!)),
  sizes(4).map(([a, b, c, d]) => kernels.padMap(a!, b! - 1, c!, d! - 1)),
  sizes(2).map(([a, b]) => kernels.accumulateMap(a!, b!)),
  sizes(1).map(([a]) => kernels.momentumMap(a!)),
  sizes(2).map(([a, b]) => kernels.dropoutRandom(a!, b!, "uniform")),
  sizes(2).map(([a, b]) => kernels.dropoutRandom(a!, b!, "normal")),
  sizes(2).map(([a, b]) => kernels.softmaxRow(a!, b!)),
  sizes(3).map(([a, b, c]) => kernels.layerNormRow(Math.min(a!, 5), b!, c!)),
  sizes(3).map(([a, b, c]) => kernels.columnRow(Math.min(a!, 5), b!, c!)),
  sizes(3).map(([a, b, c]) => kernels.scatterRow(a!, b!, Math.min(c!, 9))),
  sizes(2).map(([a, b]) => kernels.squaresRow(a!, b!)),
  sizes(2).map(([a, b]) => kernels.crossEntropyRow(a!, b!)),
);

const anyProduct: fc.Arbitrary<Kernel> = fc
  .record({
    batch: fc.constantFrom(1, 1, 2, 3),
    m: size,
    n: size,
    k: size,
    leftReducedLast: fc.boolean(),
    rightReducedLast: fc.boolean(),
    epilogue: fc.constantFrom("none", "bias", "gelu", "accumulate", "mask", "split"),
  })
  .map((product) => kernels.contraction(product as kernels.Product));

describe("kernels", () => {
  test("maps, rows and random numbers of any size, under any schedule", async () => {
    await check(anyKernel, 60);
  });

  test("products of any shape and transposition, under any schedule", async () => {
    await check(anyProduct, 40);
  });

  test("products as a transformer has them, under the schedule that is used", async () => {
    const shapes = [
      { batch: 1, m: 48, n: 96, k: 32 },
      { batch: 3, m: 17, n: 65, k: 30 },
    ];
    const products = shapes.flatMap((shape) =>
      [
        { leftReducedLast: true, rightReducedLast: true, epilogue: "gelu" },
        { leftReducedLast: true, rightReducedLast: false, epilogue: "bias" },
        { leftReducedLast: false, rightReducedLast: false, epilogue: "accumulate" },
        { leftReducedLast: true, rightReducedLast: true, epilogue: "mask" },
      ].map((rest) => kernels.contraction({ ...shape, ...rest } as kernels.Product)),
    );
    await compare(products.map((kernel) => trialOf(kernel, wgslTarget.prior(kernel, device.profile))));
  });

  test("more than 65,535 rows", async () => {
    const tall = [kernels.softmaxRow(70_001, 3), kernels.biasMap(65_537 * 2, 1), kernels.layerNormRow(1, 66_000, 2)];
    const product = kernels.contraction({
      batch: 66_000,
      m: 1,
      n: 2,
      k: 3,
      leftReducedLast: true,
      rightReducedLast: false,
      epilogue: "none",
    });
    const schedules = (kernel: Kernel) => {
      const space = wgslTarget.searchSpace(kernel, device.profile);
      return [space.at(-1)!, wgslTarget.prior(kernel, device.profile)];
    };
    const all = [...tall, product].flatMap((kernel) => schedules(kernel).map((schedule) => ({ kernel, schedule })));
    await compare(all.map(({ kernel, schedule }) => trialOf(kernel, schedule)));
  });
});

/** A failing kernel is shown below, not by fast-check. */
function brief(kernel: Kernel): Kernel {
  const text = `${kernel.family} [${kernel.domain}] / [${kernel.reduce}]`;
  return Object.defineProperty(kernel, fc.toStringMethod, { value: () => text });
}

/** Software drivers take seconds for the longest bodies, and those differ from others in length only. */
function compilesFast(schedule: Schedule): boolean {
  return schedule.kind !== "contract" || schedule.rows * schedule.columns * schedule.step <= 128;
}

/** `count` random kernels, each under a schedule of its space, in two programs. */
async function check(arbitrary: fc.Arbitrary<Kernel>, count: number): Promise<void> {
  const pair = fc.tuple(arbitrary.map(brief), fc.nat());
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: count / 2, maxLength: count / 2 }), async (pairs) => {
      const trials = pairs.map(([kernel, pick]) => {
        const space = wgslTarget.searchSpace(kernel, device.profile).filter(compilesFast);
        return trialOf(kernel, space[pick % space.length]!);
      });
      await compare(trials);
    }),
    { numRuns: 2, endOnFailure: true },
  );
}

async function compare(trials: readonly Trial[]): Promise<void> {
  const results = await runKernels(device, trials);
  for (const [index, { planned: one, inputs, before }] of trials.entries()) {
    const expected = interpret(one.kernel, inputs, before ?? []);
    for (const [write, exact] of expected.entries()) {
      const found = results[index]![write]!;
      const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value) > 1e8 ? 0 : Math.abs(value)), 1);
      const wrong = exact.findIndex(
        (value, at) => !(Math.abs(value - found[at]!) <= 2e-6 * Math.max(scale, Math.abs(value))),
      );
      if (wrong < 0) continue;
      const { family, domain, reduce } = one.kernel;
      const where = `${family} [${domain}] / [${reduce}], write ${write}, element ${wrong}`;
      const code = wgslTarget.emit(one, "failed", device.profile);
      expect.fail(
        `${where}: ${found[wrong]} instead of ${exact[wrong]} under ${JSON.stringify(one.schedule)}\n${code.kind === "wgsl" ? code.source : ""}`,
      );
    }
  }
}

/** Random contents: floats around 0, indices inside of what they index. */
function trialOf(kernel: Kernel, schedule: Schedule): Trial {
  const limit = Math.min(...kernel.reads.map(({ type }) => type.shape[0] ?? 1), ...kernel.domain, 1000);
  const values = (dtype: Dtype, count: number) =>
    Array.from({ length: count }, () => {
      if (dtype === "f32") return Math.fround(Math.random() * 2 - 1);
      return Math.floor(Math.random() * (dtype === "bool" ? 2 : Math.max(1, limit)));
    });
  return {
    planned: planned(kernel, schedule),
    inputs: kernel.reads.map(({ type }) => values(type.dtype, elementCount(type.shape))),
    before: kernel.writes.map(({ type }) => values(type.dtype, elementCount(type.shape))),
  };
}
