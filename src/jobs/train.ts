/** The train job: compile, set or load the weights, run the loop, leave a run folder. */
import { join } from "node:path";
import type { Bound, Facts, TrainJob } from "../2-check/program.ts";
import type { Compiled } from "../compile.ts";
import { checkIds } from "../data/corpus.ts";
import type { Session } from "../devices/device.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import type { TrainingState } from "../formats/checkpoint.ts";
import { openMetrics, readMetrics } from "../formats/metrics.ts";
import { writePointer } from "../formats/pointer.ts";
import type { PreparedData } from "./data.ts";
import { fieldSpan } from "./definition.ts";
import { firesAt, limitsOf } from "./durations.ts";
import { evaluatedWindows } from "./evaluation.ts";
import { initialState, restorePoint, storedSchedules } from "./initial-state.ts";
import { writeEnvironment } from "./run-folder.ts";
import { type TrainingRun, trainingLoop } from "./training-loop.ts";
import { trainingSummary } from "./training-summary.ts";
import type { Workspace } from "./workspace.ts";

/** Trains in `folder`, going on from its last checkpoint where `resume`. Returns the outcome in words. */
export async function train(
  workspace: Workspace,
  job: TrainJob,
  data: PreparedData,
  facts: Facts,
  folder: string,
  resume: boolean,
): Promise<string> {
  checkEvaluation(job, data);
  const { device, notice } = await workspace.device();
  writeEnvironment(folder, { ...workspace.environment, device: device.description, profile: device.profile.name });
  const from = resume ? restorePoint(folder) : null;
  const schedules = storedSchedules(from, device.profile);
  const compiled = workspace.compileJob(job.name, facts, device, schedules);
  checkData(job, data, compiled);
  const session = await device.load(compiled.program);
  try {
    const state = await initialState(workspace, job, session, compiled, from);
    if (from !== null) workspace.emit({ kind: "resumed", job: job.name, folder, step: state.step });
    return await runLoop(workspace, job, data, { notice, compiled, session, folder }, state);
  } finally {
    session.close();
  }
}

type Loaded = {
  readonly notice: string;
  readonly compiled: Compiled;
  readonly session: Session;
  readonly folder: string;
};

async function runLoop(
  workspace: Workspace,
  job: TrainJob,
  data: PreparedData,
  { notice, compiled, session, folder }: Loaded,
  state: TrainingState,
): Promise<string> {
  const windows = data.splits.get("train")!;
  const size = { batch: job.batch, window: windows.window, windows: windows.count };
  const limits = limitsOf(job.until, size);
  const every = (field: "evaluate" | "save") => {
    const duration = job[field]?.every ?? null;
    return duration === null ? () => false : firesAt(duration, size, limits.steps, fieldSpan(job, field));
  };
  const val = job.evaluate === null ? null : data.splits.get("val")!;
  const metricsPath = join(folder, "metrics.jsonl");
  const metrics = openMetrics(metricsPath);
  const spent = readMetrics(metricsPath).at(-1)?.time ?? 0;
  const began = workspace.clock();
  const run: TrainingRun = {
    job,
    folder,
    session,
    program: compiled.program,
    train: windows,
    shuffle: data.job.shuffle,
    val: val && { windows: val, numbers: evaluatedWindows(val.count, job.evaluate?.take ?? null) },
    limits,
    stopAfter: workspace.options.steps,
    evaluatesAt: every("evaluate"),
    retention: { keep: job.save.keep, isScheduled: every("save") },
    metrics,
    emit: workspace.emit,
    interrupt: workspace.interrupt,
    elapsed: () => spent + workspace.clock() - began,
  };
  const summary = trainingSummary(job, data, compiled.program, limits, session, notice);
  workspace.emit({ kind: "summary", job: job.name, summary });
  try {
    const end = await trainingLoop(run, state);
    // Without evaluations nothing chose a best checkpoint: the last one stands for it.
    if (end.best === null) writePointer(folder, "best", end.step);
    return outcome(end, job);
  } finally {
    metrics.close();
  }
}

/** Host-side proof that every gather by token id stays inside its table. */
function checkData(job: TrainJob, data: PreparedData, { indexLimits }: Compiled): void {
  const limit = indexLimits.get("ids") ?? data.tokenizer.vocab;
  checkIds(data.corpus, limit, data.tokenizer, fieldSpan(job, "model"));
}

/** `val` is read by evaluations only, and nothing but an evaluation can find that it has stalled. */
function checkEvaluation(job: TrainJob, data: PreparedData): void {
  const report = (field: string, message: string, text: string, help: string) => {
    const labels = [{ span: fieldSpan(job, field), text }] as const;
    throw new DiagnosticError([{ code: "E0104", severity: "error", message, labels, help }]);
  };
  if (job.evaluate !== null && !data.splits.has("val")) {
    const message = `\`${job.name}\` evaluates, but data \`${data.job.name}\` has no split \`val\``;
    report("evaluate", message, "reads `val`", `add to \`${data.job.name}\`: split = { train = 90%, val = 10% }`);
  }
  if (job.evaluate === null && watchesMetrics(job.until)) {
    const message = `\`${job.name}\` waits for a metric to stall, but never evaluates`;
    report("until", message, "needs evaluations", `add to \`${job.name}\`: evaluate = every(250 steps, [loss])`);
  }
}

function watchesMetrics(bound: Bound): boolean {
  return bound.kind === "stalled" || (bound.kind === "any" && bound.bounds.some(watchesMetrics));
}

function outcome({ step, best }: TrainingState, job: TrainJob): string {
  const chosen = best === null ? "" : `; best ${job.save.best} ${best.value.toFixed(4)} at step ${best.step}`;
  return `${step} step${step === 1 ? "" : "s"}${chosen}`;
}
