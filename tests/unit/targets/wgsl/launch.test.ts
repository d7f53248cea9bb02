/** Workgroups over three dimensions: enough of them, none beyond a limit, few too many. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { launch } from "../../../../src/targets/wgsl/launch.ts";
import { wgslProfiles } from "../../../../src/targets/wgsl/profiles.ts";

test("any number of workgroups is started", () => {
  const [profile] = wgslProfiles;
  const limit = profile!.limits.maxComputeWorkgroupsPerDimension;
  const counts = fc.oneof(fc.integer({ min: 1, max: 3 * limit }), fc.integer({ min: 1, max: 2 ** 34 }));
  fc.assert(
    fc.property(counts, (count) => {
      const { workgroups, started } = launch(count, profile!);
      const [x, y, z] = workgroups;
      expect(Math.max(x, y, z)).toBeLessThanOrEqual(limit);
      expect(started).toBe(x * y * z);
      expect(started).toBeGreaterThanOrEqual(count);
      // Rounding up costs less than a row of each dimension.
      expect(started - count).toBeLessThan(y * z + x * y);
      if (count <= limit) expect(started).toBe(count);
    }),
  );
});
