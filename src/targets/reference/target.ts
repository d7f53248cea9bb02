/** The target that emits nothing: kernels are kept as they are, and the reference device interprets them. */
import type { Schedule } from "../../ir/plan/plan.ts";
import { referenceProfile } from "../../ir/plan/profile.ts";
import type { Target } from "../target.ts";

const interpreted: Schedule = { kind: "interpreted" };

export const referenceTarget: Target = {
  name: "reference",
  profiles: [referenceProfile],
  searchSpace: () => [interpreted],
  prior: () => interpreted,
  emit: (planned) => ({ kind: "interpreted", planned }),
};
