/** Emission: Plan → Program, through a target. */
import { printSize } from "../ir/kernel/print-kernel.ts";
import type { Plan, PlannedKernel } from "../ir/plan/plan.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { Program, ProgramKernel, ProgramTensor } from "../ir/plan/program.ts";
import type { Target } from "../targets/target.ts";

export function emit(plan: Plan, target: Target, profile: Profile): Program {
  const digits = Math.max(3, String(plan.kernels.length - 1).length);
  return {
    version: 1,
    target: target.name,
    profile: profile.name,
    buffers: plan.buffers,
    tensors: plan.tensors.map(({ path, role, trainable, type }, i): ProgramTensor => {
      return { path, role, trainable, type, region: plan.places[i]!.region };
    }),
    kernels: plan.kernels.map((planned, i): ProgramKernel => {
      const name = kernelName(planned, i, digits);
      const code = target.emit(planned, name, profile);
      return { name, why: planned.kernel.why, slots: planned.slots, code };
    }),
    programs: plan.programs,
    terms: plan.terms,
    microSteps: plan.microSteps,
  };
}

/** `k012_contract_96x384x128`: a file name and an identifier. */
function kernelName({ kernel }: PlannedKernel, position: number, digits: number): string {
  return `k${String(position).padStart(digits, "0")}_${kernel.family}_${printSize(kernel)}`;
}
