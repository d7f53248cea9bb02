/** The WGSL target: what Dawn runs. */
import type { Target } from "../target.ts";
import { emitKernel } from "./emit.ts";
import { prior } from "./prior.ts";
import { wgslProfiles } from "./profiles.ts";
import { searchSpace } from "./search-space.ts";

export const wgslTarget: Target = {
  name: "wgsl",
  profiles: wgslProfiles,
  searchSpace,
  prior,
  emit: emitKernel,
};
