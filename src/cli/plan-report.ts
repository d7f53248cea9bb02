/** The numbers of a compiled job: parameters, FLOPs, bytes, and each dispatch with its reason. */
import type { GenerateJob, TrainJob } from "../2-check/program.ts";
import type { Compiled } from "../compile.ts";
import type { ProgramName } from "../ir/graph/graph.ts";
import { type Plan, plannedBytes } from "../ir/plan/plan.ts";
import { stagingBytes } from "../ir/plan/staging.ts";
import { elementCount } from "../ir/types.ts";
import { bytes, count, whole } from "./units.ts";

export type PlanReport = {
  readonly job: string;
  readonly profile: string;
  readonly parameters: number;
  readonly trainable: number;
  /** Device memory by what it is for; the sum is what the runtime allocates. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly totalBytes: number;
  readonly programs: readonly ProgramReport[];
  /** Distinct kernels: pipelines to compile. */
  readonly kernels: number;
};

export type ProgramReport = {
  readonly name: ProgramName;
  /** Times in one training step; null outside of it. */
  readonly perStep: number | null;
  readonly flops: number;
  /** Bytes moved if every tensor is touched once a kernel. */
  readonly bytesMoved: number;
  readonly dispatches: readonly DispatchReport[];
};

export type DispatchReport = {
  readonly kernel: string;
  readonly flops: number;
  readonly bytes: number;
  readonly why: string;
};

export function planReport(job: TrainJob | GenerateJob, { plan, program }: Compiled): PlanReport {
  const parameters = program.tensors.filter(({ role }) => role === "parameter");
  const elements = (tensors: typeof parameters) => tensors.reduce((sum, { type }) => sum + elementCount(type.shape), 0);
  // The interpreter works in the host's memory: there is no bus to cross.
  const staging = program.target === "reference" ? 0 : stagingBytes(program);
  return {
    job: job.name,
    profile: program.profile,
    parameters: elements(parameters),
    trainable: elements(parameters.filter(({ trainable }) => trainable)),
    bytes: { ...bytesByRole(plan), staging },
    totalBytes: plannedBytes(plan) + staging,
    programs: Object.keys(plan.programs).map((name) => programReport(name as ProgramName, { plan, program })),
    kernels: program.kernels.length,
  };
}

/** Totals first, then a line a kernel: how often it runs, what it costs, why it is one. */
export function renderPlan(report: PlanReport): string {
  const { parameters, trainable, programs } = report;
  const lines = [
    `${report.job}, planned for ${report.profile}`,
    `  parameters  ${whole(parameters)} (${trainable === parameters ? "all trained" : `${whole(trainable)} trained`})`,
    `  memory      ${bytes(report.totalBytes)}: ${Object.entries(report.bytes)
      .map(([role, size]) => `${role} ${bytes(size)}`)
      .join(", ")}`,
    `  kernels     ${report.kernels} distinct`,
    ...stepLines(programs),
  ];
  for (const program of programs) {
    const times = program.perStep === null || program.perStep === 1 ? "" : ` (${program.perStep} a step)`;
    const total = `${program.dispatches.length} dispatches, ${unit(program.flops)}, ${bytes(program.bytesMoved)}`;
    lines.push("", `  ${program.name}${times}: ${total}`);
    for (const [{ kernel, flops, bytes: moved, why }, times] of counted(program.dispatches)) {
      const often = times === 1 ? "" : `${times} ×`;
      lines.push(
        `    ${often.padStart(5)} ${kernel.padEnd(36)} ${unit(flops).padStart(11)} ${bytes(moved).padStart(10)}  ${why}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Dispatches of one kernel are one line, where the first of them stands. */
function counted(dispatches: readonly DispatchReport[]): readonly (readonly [DispatchReport, number])[] {
  const groups = new Map<string, { readonly first: DispatchReport; times: number }>();
  for (const dispatch of dispatches) {
    const group = groups.get(dispatch.kernel);
    if (group === undefined) groups.set(dispatch.kernel, { first: dispatch, times: 1 });
    else group.times++;
  }
  return [...groups.values()].map(({ first, times }) => [first, times]);
}

function unit(flops: number): string {
  const text = count(flops);
  return text.includes(" ") ? `${text}FLOP` : `${text} FLOP`;
}

function stepLines(programs: readonly ProgramReport[]): readonly string[] {
  const parts = programs.filter(({ perStep }) => perStep !== null);
  if (parts.length === 0) return [];
  const sum = (of: (program: ProgramReport) => number) =>
    parts.reduce((total, program) => total + (program.perStep ?? 0) * of(program), 0);
  const flops = sum((program) => program.flops);
  const moved = sum((program) => program.bytesMoved);
  const dispatches = sum((program) => program.dispatches.length);
  return [`  step        ${unit(flops)}, ${bytes(moved)} moved, ${whole(dispatches)} dispatches`];
}

function programReport(name: ProgramName, { plan, program }: Pick<Compiled, "plan" | "program">): ProgramReport {
  const steps = plan.programs[name]?.steps ?? [];
  const dispatches = steps.flatMap((step) => {
    const planned = step.kind === "dispatch" ? plan.kernels[step.kernel] : undefined;
    const emitted = step.kind === "dispatch" ? program.kernels[step.kernel] : undefined;
    if (planned === undefined || emitted === undefined) return [];
    const { flops, bytes: moved } = planned.kernel.cost;
    return [{ kernel: emitted.name, flops, bytes: moved, why: planned.kernel.why }];
  });
  const perStep = { count: plan.microSteps, microStep: plan.microSteps, update: 1 } as Partial<
    Record<ProgramName, number>
  >;
  return {
    name,
    perStep: perStep[name] ?? null,
    flops: dispatches.reduce((sum, { flops }) => sum + flops, 0),
    bytesMoved: dispatches.reduce((sum, dispatch) => sum + dispatch.bytes, 0),
    dispatches,
  };
}

function bytesByRole(plan: Plan): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { role, bytes: size } of plan.buffers) sums[role] = (sums[role] ?? 0) + size;
  return sums;
}
