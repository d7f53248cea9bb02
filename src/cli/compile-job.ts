/** Compiles a job for a device or for a named profile. */
import type { CheckedProgram, Facts } from "../2-check/program.ts";
import type { Device } from "../devices/device.ts";
import { type Compiled, type CompileRequest, compile } from "../index.ts";
import type { Profile } from "../ir/plan/profile.ts";
import { UsageError } from "../jobs/failures.ts";
import { referenceTarget } from "../targets/reference/target.ts";
import type { ScheduleTable, Target } from "../targets/target.ts";
import { wgslTarget } from "../targets/wgsl/target.ts";

export type JobToCompile = {
  readonly program: CheckedProgram;
  readonly job: string;
  readonly facts: Facts;
  readonly schedules: ScheduleTable;
  readonly verify: boolean;
  readonly watch?: NonNullable<CompileRequest["watch"]>;
};

export function compileForDevice(request: JobToCompile, { kind, profile }: Device): Compiled {
  return compile({ ...request, target: kind === "reference" ? referenceTarget : wgslTarget, profile });
}

export function compileForProfile(request: JobToCompile, name: string): Compiled {
  const { target, profile } = findProfile(name);
  return compile({ ...request, target, profile });
}

/** Named profiles need no device. The first of the WGSL target's is the default. */
export const defaultProfile: string = wgslTarget.profiles[0]?.name ?? referenceTarget.profiles[0]!.name;

function findProfile(name: string): { readonly target: Target; readonly profile: Profile } {
  const all = [wgslTarget, referenceTarget].flatMap((target) =>
    target.profiles.map((profile) => ({ target, profile })),
  );
  const found = all.find(({ profile }) => profile.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`there is no profile ${name}`, `one of ${all.map(({ profile }) => profile.name).join(", ")}`);
}
