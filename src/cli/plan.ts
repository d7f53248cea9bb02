/** `llmc plan`: what a job will take, before anything runs. No GPU is touched unless one is asked for with --device. */
import type { Compiled } from "../compile.ts";
import { prepareFacts } from "../jobs/prepare.ts";
import { command } from "./command.ts";
import { compilableJobs } from "./compilable-jobs.ts";
import { compileForDevice, compileForProfile, defaultProfile, type JobToCompile } from "./compile-job.ts";
import { type Format, writeOut, writeOutLine } from "./output.ts";
import { planReport, renderPlan } from "./plan-report.ts";
import { parseTarget, readProgram } from "./read-program.ts";

export type PlanOptions = {
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly format: Format;
  readonly json?: boolean;
  readonly profile?: string;
  readonly device?: string;
  readonly verify?: boolean;
};

export function plan(targetText: string, options: PlanOptions): Promise<number> {
  return command(options, async (context) => {
    const target = parseTarget(targetText);
    const { program, sandbox } = readProgram(target.file, options, context);
    const reports = [];
    for (const job of compilableJobs(program, target.job)) {
      const facts = prepareFacts(program, job.name, sandbox);
      const request = { program, job: job.name, facts, schedules: new Map(), verify: options.verify ?? false };
      reports.push(planReport(job, await compileAs(request, options)));
    }
    if (options.json) for (const report of reports) writeOutLine(JSON.stringify(report));
    else writeOut(reports.map(renderPlan).join("\n"));
    return undefined;
  });
}

async function compileAs(request: JobToCompile, options: PlanOptions): Promise<Compiled> {
  if (options.device === undefined) return compileForProfile(request, options.profile ?? defaultProfile);
  const { chooseDevice } = await import("../devices/choose.ts");
  const { device } = await chooseDevice({ name: options.device });
  try {
    return compileForDevice(request, device);
  } finally {
    await device.close();
  }
}
