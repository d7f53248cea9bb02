/** How many workgroups, along which dimensions, and which one this is. */
import type { Profile } from "../../ir/plan/profile.ts";
import { invariant } from "../../support/invariant.ts";
import { name, plus, times, u32 } from "./syntax/build.ts";
import type { Expr } from "./syntax/tree.ts";

export type Launch = {
  readonly workgroups: readonly [number, number, number];
  /** Workgroups started: `count`, or more where it had to be split over dimensions. */
  readonly started: number;
  /** This workgroup's number. */
  readonly index: Expr;
};

/** Split over y and z where x alone would pass the limit (65,535 almost everywhere). */
export function launch(count: number, { limits }: Profile): Launch {
  const limit = limits.maxComputeWorkgroupsPerDimension;
  const z = Math.ceil(count / limit / limit);
  const y = Math.ceil(count / limit / z);
  const x = Math.ceil(count / y / z);
  invariant(z <= limit, `${count} workgroups`);
  const dimension = (letter: string) => name(`group.${letter}`, u32);
  let index = dimension("x");
  if (y > 1) index = plus(index, times(dimension("y"), x));
  if (z > 1) index = plus(index, times(dimension("z"), x * y));
  return { workgroups: [x, y, z], started: x * y * z, index };
}
