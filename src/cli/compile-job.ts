/** Compiles a job for a device or for a named profile. */
import type { CheckedProgram, Facts } from "../2-check/program.ts";
import { type Device, DeviceError } from "../devices/device.ts";
import { type Compiled, type CompileRequest, compile, PlanLimitError } from "../index.ts";
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
  return compileWithin({ ...request, target: kind === "reference" ? referenceTarget : wgslTarget, profile });
}

export function compileForProfile(request: JobToCompile, name: string): Compiled {
  const { target, profile } = findProfile(name);
  return compileWithin({ ...request, target, profile });
}

/** A job too large for the adapter is no bug: the device cannot hold it. */
function compileWithin(request: CompileRequest): Compiled {
  try {
    return compile(request);
  } catch (error) {
    if (!(error instanceof PlanLimitError)) throw error;
    throw new DeviceError(error.message, "a smaller model, window or micro-batch (`micro`) needs less");
  }
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
