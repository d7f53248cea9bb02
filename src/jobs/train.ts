/** The train job: compile, set or load the weights, run the loop, leave a run folder. */
import { join } from "node:path";
import type { Facts, TrainJob } from "../2-check/program.ts";
import type { Compiled } from "../compile.ts";
import { start } from "../data/batches.ts";
import { checkIds } from "../data/corpus.ts";
import { findTexts } from "../data/sources.ts";
import type { Session } from "../devices/device.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import { deleteCheckpoints, listCheckpoints, openCheckpoint, type TrainingState } from "../formats/checkpoint.ts";
import { openMetrics, readMetrics, truncateMetrics } from "../formats/metrics.ts";
import { readPointer, writePointer } from "../formats/pointer.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import type { PreparedData } from "./data.ts";
import { baseFolder, fieldSpan } from "./definition.ts";
import { firesAt, limitsOf } from "./durations.ts";
import { evaluatedWindows } from "./evaluation.ts";
import { invocation, scalarInputs } from "./inputs.ts";
import { optimizerTensorsOf, parametersOf, writeTensors } from "./parameters.ts";
import { noProgress } from "./progress-state.ts";
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
  const { device, notice } = await workspace.device();
  const from = resume ? restorePoint(folder) : null;
  const compiled = workspace.compileJob(job.name, facts, device, new Map());
  checkData(job, data, compiled);
  const session = await device.load(compiled.program);
  try {
    const state = await initialState(workspace, job, session, compiled, folder, from);
    return await runLoop(workspace, job, data, { notice, compiled, session, folder }, state);
  } finally {
    session.close();
  }
}

/** The step to go on from: where `last` points to. Everything after it is forgotten. Null: there is no checkpoint yet. */
function restorePoint(folder: string): number | null {
  const step = readPointer(folder, "last");
  deleteCheckpoints(
    folder,
    listCheckpoints(folder).filter((other) => step === null || other > step),
  );
  truncateMetrics(join(folder, "metrics.jsonl"), step ?? -1);
  return step;
}

/** Puts tensors on the device: fresh ones, those of `init`, or those of a checkpoint. */
async function initialState(
  workspace: Workspace,
  job: TrainJob,
  session: Session,
  { program }: Compiled,
  folder: string,
  from: number | null,
): Promise<TrainingState> {
  await session.submit([invocation(program, "init", scalarInputs({ seed: job.seed }))]);
  if (from !== null) {
    const { state, model, optimizer } = openCheckpoint(folder, from);
    writeTensors(session, parametersOf(program), model, null);
    writeTensors(session, optimizerTensorsOf(program), optimizer, null);
    model.close();
    optimizer.close();
    workspace.emit({ kind: "resumed", job: job.name, folder, step: from });
    return state;
  }
  if (job.init.kind === "load") {
    const span = fieldSpan(job, "init");
    for (const { path } of findTexts([job.init.path], baseFolder(job), workspace.sandbox, span)) {
      const file = openSafetensors(path);
      writeTensors(session, parametersOf(program), file, span);
      file.close();
    }
  }
  return { step: 0, position: start, seed: job.seed, ...noProgress, schedules: {} };
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
  const val = job.evaluate === null ? null : evaluationSplit(job, data);
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

function evaluationSplit(job: TrainJob, data: PreparedData) {
  const val = data.splits.get("val");
  if (val !== undefined) return val;
  throw new DiagnosticError([
    {
      code: "E0104",
      severity: "error",
      message: `\`${job.name}\` evaluates, but data \`${data.job.name}\` has no split \`val\``,
      labels: [{ span: fieldSpan(job, "evaluate"), text: "reads `val`" }],
      help: `add to \`${data.job.name}\`: split = { train = 90%, val = 10% }`,
    },
  ]);
}

function outcome({ step, best }: TrainingState, job: TrainJob): string {
  const chosen = best === null ? "" : `; best ${job.save.best} ${best.value.toFixed(4)} at step ${best.step}`;
  return `${step} step${step === 1 ? "" : "s"}${chosen}`;
}
