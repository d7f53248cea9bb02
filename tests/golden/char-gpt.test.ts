/** The golden run on the reference device, which interprets kernels: its first steps only, for it is slow. */
import { expect, test } from "vitest";
import { openReferenceDevice } from "../../src/devices/reference/device.ts";
import { referenceProfile } from "../../src/ir/plan/profile.ts";
import { errors, violations } from "./bounds.ts";
import { runGolden } from "./run-golden.ts";

const steps = 8;

test("the first steps on the reference device stay within the bounds", { timeout: 180_000 }, async () => {
  const run = await runGolden(openReferenceDevice(referenceProfile), { steps });
  expect(run.train).toHaveLength(steps);
  expect(violations(run, steps), JSON.stringify(errors(run, steps))).toEqual([]);
});
