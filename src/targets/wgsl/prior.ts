/** The schedule used where nothing was measured. */
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { Schedule } from "../../ir/plan/plan.ts";
import type { Profile } from "../../ir/plan/profile.ts";

export function prior(kernel: Kernel, _profile: Profile): Schedule {
  if (kernel.body.every(({ op }) => op.kind !== "reduce")) {
    return { kind: "map", workgroup: 64, elements: 16, vector: 4 };
  }
  return { kind: "row", by: "thread", workgroup: 32, vector: 4 };
}
