/** Every schedule that is correct for a kernel on an adapter, and worth measuring. */
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Schedule } from "../../ir/plan/plan.ts";
import type { Profile } from "../../ir/plan/profile.ts";
import { rolesOf } from "./families/contract/roles.ts";
import { nestOfKernel } from "./nest.ts";

export function searchSpace(kernel: Kernel, profile: Profile): readonly Schedule[] {
  if (kernel.body.every(({ op }) => op.kind !== "reduce") && kernel.reduce.length === 0) return mapSchedules(profile);
  return isProduct(kernel) ? [...contractSchedules(profile), ...rowSchedules(profile)] : rowSchedules(profile);
}

/** Can the kernel be tiled as one product of two operands? */
export function isProduct(kernel: Kernel): boolean {
  return kernel.family === "contract" && rolesOf(nestOfKernel(kernel)) !== null;
}

/** Do all subgroups have one size, so that a workgroup may be made of whole ones? */
export function hasOneSubgroupSize({ features, subgroup }: Profile): boolean {
  return features.subgroups && subgroup.min === subgroup.max;
}

function mapSchedules({ limits }: Profile): readonly Schedule[] {
  return [32, 64, 128, 256]
    .filter((workgroup) => workgroup <= limits.maxComputeInvocationsPerWorkgroup)
    .flatMap((workgroup) =>
      ([1, 2, 4] as const).flatMap((vector) =>
        [1, 4, 16, 64]
          .filter((elements) => elements >= vector)
          .map((elements): Schedule => ({ kind: "map", workgroup, elements, vector })),
      ),
    );
}

function rowSchedules(profile: Profile): readonly Schedule[] {
  const { subgroup, limits } = profile;
  const sizes = [8, 16, 32, 64, 128, 256].filter((size) => size <= limits.maxComputeInvocationsPerWorkgroup);
  return ([1, 2, 4] as const).flatMap((vector) => [
    ...sizes.map((workgroup): Schedule => ({ kind: "row", by: "thread", workgroup, vector })),
    ...sizes.map((workgroup): Schedule => ({ kind: "row", by: "workgroup", workgroup, vector })),
    ...sizes
      .filter((workgroup) => hasOneSubgroupSize(profile) && workgroup % subgroup.min === 0)
      .map((workgroup): Schedule => ({ kind: "row", by: "subgroup", workgroup, vector })),
  ]);
}

/** Products of four depths in a body; unrolled further, compiling at the first dispatch takes seconds. */
const largestBody = 512;

function contractSchedules(profile: Profile): readonly Schedule[] {
  const { limits, subgroup } = profile;
  const tiles = [4, 8, 16, 32]
    .flatMap((rows) => [4, 8, 16].map((columns) => ({ rows, columns })))
    .filter(({ rows, columns }) => rows * columns * 4 <= largestBody);
  const direct = tiles.flatMap(({ rows, columns }) =>
    (
      [
        [8, 1],
        [8, 8],
        [16, 16],
      ] as const
    ).map((workgroup): Schedule => ({ kind: "contract", staging: "none", rows, columns, step: 4, workgroup })),
  );
  const broadcast = tiles.flatMap(({ rows, columns }) =>
    [4, 8]
      .filter((step) => rows * columns * step <= largestBody)
      .map((step): Schedule => {
        const workgroup = [subgroup.min, 1] as const;
        return { kind: "contract", staging: "subgroup", rows, columns, step, workgroup };
      }),
  );
  const staged = tiles.flatMap(({ rows, columns }) =>
    [8, 16].flatMap((step) =>
      (
        [
          [8, 8],
          [16, 8],
          [16, 16],
        ] as const
      ).map((workgroup): Schedule => ({ kind: "contract", staging: "shared", rows, columns, step, workgroup })),
    ),
  );
  return [...direct, ...(hasOneSubgroupSize(profile) ? broadcast : []), ...staged].filter((schedule) => {
    if (schedule.kind !== "contract") return true;
    const { workgroup, rows, columns, step, staging } = schedule;
    const bytes = 4 * step * (rows * workgroup[1] + columns * workgroup[0]);
    const threads = workgroup[0] * workgroup[1];
    const fits = staging !== "shared" || bytes <= limits.maxComputeWorkgroupStorageSize;
    return fits && threads <= limits.maxComputeInvocationsPerWorkgroup;
  });
}
