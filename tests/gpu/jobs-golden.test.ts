/** The golden run, with the bounds of its README, and the wrong programs that must break them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Device } from "../../src/devices/device.ts";
import { errors, expected, violations } from "../golden/bounds.ts";
import { type GoldenRun, runGolden } from "../golden/run-golden.ts";
import { wrongVariants } from "../golden/wrong-variants.ts";

let device: Device;
let run: GoldenRun;
beforeAll(async () => {
  ({ device } = await chooseDevice());
  run = await runGolden(device);
}, 300_000);
afterAll(() => device?.close());

test("60 steps, both validation losses and the final weights stay within the bounds", () => {
  console.log(
    `${device.description}\n${errors(run)
      .map(({ what, error, bound }) => `  ${what}: ${error.toExponential(1)} (bound ${bound})`)
      .join("\n")}`,
  );
  expect(run.train).toHaveLength(60);
  expect(violations(run)).toEqual([]);
});

test("the greedy continuation is the reference's", () => {
  expect(run.generated).toBe(expected.greedy.prompt + expected.greedy.text);
});

test("micro = 8, 4 and 2 agree to 2e-6", async () => {
  const runs = [run, await runGolden(device, { micro: 8 }), await runGolden(device, { micro: 2 })];
  for (const other of runs) expect(violations(other)).toEqual([]);
  const losses = runs.map(({ train }) => train.map(({ loss }) => loss));
  const apart = losses[0]!.map((_, i) => Math.max(...losses.map((l) => l[i]!)) - Math.min(...losses.map((l) => l[i]!)));
  expect(Math.max(...apart)).toBeLessThanOrEqual(2e-6);
});

test.each(wrongVariants)("rejects $name", async ({ edit, steps }) => {
  const wrong = await runGolden(device, steps === 60 ? { edit } : { edit, steps });
  expect(wrong.train).toHaveLength(steps);
  expect(violations(wrong, steps)).not.toEqual([]);
});
