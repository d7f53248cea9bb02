/** What phases 7 and 8 need of a target; compile.ts hands it to them. */
import type { Kernel } from "../ir/kernel/kernel.ts";
import type { PlannedKernel, Schedule } from "../ir/plan/plan.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { KernelCode } from "../ir/plan/program.ts";

export type Target = {
  readonly name: "wgsl" | "reference";
  /** Named profiles: compile without a device. */
  readonly profiles: readonly Profile[];
  /** Every schedule that is correct for this kernel on this profile; what a tuner measures. */
  readonly searchSpace: (kernel: Kernel, profile: Profile) => readonly Schedule[];
  /** The schedule used where nothing was measured: from a small table per adapter class. */
  readonly prior: (kernel: Kernel, profile: Profile) => Schedule;
  readonly emit: (kernel: PlannedKernel, name: string, profile: Profile) => KernelCode;
};

/** Schedules that were measured, by `scheduleKey(kernel)`. */
export type ScheduleTable = ReadonlyMap<string, Schedule>;
