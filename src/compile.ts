/**
 * THE pipeline: a checked program in, a Program out, a line a phase.
 *
 * Pure: no files, clock, console or GPU. What the outside world knows comes in as data — `facts` (vocabulary sizes
 * found by preparation), `profile` (the adapter), `schedules` (what tuning measured).
 */
import { parse, parseExpression } from "./1-parse/parse.ts";
import { type CheckOptions, type CheckResult, checkProgram } from "./2-check/check.ts";
import type { Read } from "./2-check/modules.ts";
import type { CheckedProgram, Facts } from "./2-check/program.ts";
import { lower } from "./3-lower/lower.ts";
import { derive } from "./4-derive/derive.ts";
import { partition } from "./5-partition/partition.ts";
import { optimize } from "./6-optimize/optimize.ts";
import { plan } from "./7-plan/plan.ts";
import { emit } from "./8-emit/emit.ts";
import type { Source } from "./diagnostics/report.ts";
import type { Graph, Persistent } from "./ir/graph/graph.ts";
import { indexLimitsOf } from "./ir/graph/index-limits.ts";
import type { Plan } from "./ir/plan/plan.ts";
import type { Profile } from "./ir/plan/profile.ts";
import type { Program } from "./ir/plan/program.ts";
import { verifyPlan } from "./ir/plan/verify-plan.ts";
import { singleDevice } from "./ir/types.ts";
import type { ScheduleTable, Target } from "./targets/target.ts";

/** Text → a checked program, or what is wrong with it. `read` gives the text of the files that `root` uses. */
export function check(root: Source, read: Read, options: CheckOptions = {}): CheckResult {
  return checkProgram(root, read, { parse, parseExpression }, options);
}

export type CompileRequest = {
  readonly program: CheckedProgram;
  /** Name of a train or generate job. */
  readonly job: string;
  readonly facts: Facts;
  readonly target: Target;
  readonly profile: Profile;
  readonly schedules: ScheduleTable;
  /** Hold each form against its rules after every pass. */
  readonly verify?: boolean;
  /** Sees each program's graph after each pass of phase 6. */
  readonly watch?: (pass: string, graph: Graph, tensors: readonly Persistent[]) => void;
};

export type Compiled = {
  readonly plan: Plan;
  readonly program: Program;
  /** Inputs that choose rows of a table, and the smallest such table: the host proves what it uploads below that. */
  readonly indexLimits: ReadonlyMap<string, number>;
};

export function compile(request: CompileRequest): Compiled {
  const { target, profile, schedules } = request;
  const lowered = lower(request.program, request.job, request.facts);
  const derived = derive(lowered);
  const partitioned = partition(derived, singleDevice);
  const optimized = optimize(partitioned, profile, {
    verify: request.verify ?? false,
    watch: (_program, pass, graph) => request.watch?.(pass, graph, partitioned.tensors),
  });
  const planned = plan(optimized, target, profile, schedules);
  if (request.verify) verifyPlan(planned, profile);
  const program = emit(planned, target, profile);
  return { plan: planned, program, indexLimits: indexLimitsOf(derived.programs) };
}
