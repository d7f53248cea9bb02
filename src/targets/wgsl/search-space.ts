/** Every schedule that is correct for a kernel on an adapter. */
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Schedule } from "../../ir/plan/plan.ts";
import type { Profile } from "../../ir/plan/profile.ts";

export function searchSpace(kernel: Kernel, profile: Profile): readonly Schedule[] {
  const reduces = kernel.body.some(({ op }) => op.kind === "reduce");
  return reduces ? rowSchedules(profile) : mapSchedules(profile);
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

function rowSchedules({ subgroup, features, limits }: Profile): readonly Schedule[] {
  const sizes = [8, 16, 32, 64, 128, 256].filter((size) => size <= limits.maxComputeInvocationsPerWorkgroup);
  const vectors = [1, 2, 4] as const;
  const oneSize = features.subgroups && subgroup.min === subgroup.max;
  return vectors.flatMap((vector) => [
    ...sizes.map((workgroup): Schedule => ({ kind: "row", by: "thread", workgroup, vector })),
    ...sizes.map((workgroup): Schedule => ({ kind: "row", by: "workgroup", workgroup, vector })),
    ...sizes
      .filter((workgroup) => oneSize && workgroup % subgroup.min === 0)
      .map((workgroup): Schedule => ({ kind: "row", by: "subgroup", workgroup, vector })),
  ]);
}
