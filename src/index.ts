/** Public API. `check` reads a program, `compile` makes one of its jobs into kernels and a plan. Both are pure. */
export type { CheckOptions, CheckResult } from "./2-check/check.ts";
export { type Read, withStdlib } from "./2-check/modules.ts";
export type { CheckedProgram, Facts } from "./2-check/program.ts";
export type { Setting } from "./2-check/sets.ts";
export { PlanLimitError } from "./7-plan/limit-error.ts";
export { type Compiled, type CompileRequest, check, compile } from "./compile.ts";
export type { Diagnostic, Source } from "./diagnostics/report.ts";
