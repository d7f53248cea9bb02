/**
 * The loop of a training run: one submission a step, two more in flight before the first is read, evaluations and
 * checkpoints at their steps. What it does is a function of the program, the seed and the state it starts from: never
 * of the clock (but for bounds in seconds) or of how often it was interrupted.
 */
import type { TrainJob } from "../2-check/program.ts";
import { batches } from "../data/batches.ts";
import type { Windows } from "../data/windows.ts";
import type { Outputs, Session } from "../devices/device.ts";
import type { TrainingState } from "../formats/checkpoint.ts";
import type { MetricsRecord, MetricsWriter } from "../formats/metrics.ts";
import type { Program } from "../ir/plan/program.ts";
import { handled } from "../support/handled.ts";
import { lastGood, type Retention, save } from "./checkpoints.ts";
import type { Limits } from "./durations.ts";
import { evaluateLoss } from "./evaluation.ts";
import type { JobEvent } from "./events.ts";
import { InterruptedError, TrainingError } from "./failures.ts";
import { combinedLoss, scalarOutput } from "./loss.ts";
import { firstNonFinite, gradientsOf, parametersOf, readTensors } from "./parameters.ts";
import { afterEvaluation, hasStalled } from "./progress-state.ts";
import { stepInvocations } from "./step-invocations.ts";
import type { Interrupt } from "./workspace.ts";

export type TrainingRun = {
  readonly job: TrainJob;
  readonly folder: string;
  readonly session: Session;
  readonly program: Program;
  readonly train: Windows;
  readonly shuffle: "epoch" | "none";
  /** The windows of an evaluation; null where nothing is evaluated. */
  readonly val: { readonly windows: Windows; readonly numbers: readonly number[] } | null;
  readonly limits: Limits;
  /** The step after which to stop whatever the limits say: `--steps`. */
  readonly stopAfter: number | null;
  readonly evaluatesAt: (step: number) => boolean;
  readonly retention: Retention;
  readonly metrics: MetricsWriter;
  readonly emit: (event: JobEvent) => void;
  readonly interrupt: Interrupt;
  /** Seconds of this run so far, those before it was resumed included. */
  readonly elapsed: () => number;
};

/** Submissions that may be on their way while the host prepares the next. */
const runAhead = 2;

/** Runs from `initial` to the end and returns the last state. Throws `TrainingError`, `InterruptedError`, `DeviceError`. */
export async function trainingLoop(run: TrainingRun, initial: TrainingState): Promise<TrainingState> {
  const { job, session, program, train, limits } = run;
  const sampler = batches(train.count, run.shuffle, job.seed);
  const stepInputs = stepInvocations(program, job.batch, limits.steps ?? 0, job.seed);
  const end = Math.min(limits.steps ?? Number.POSITIVE_INFINITY, run.stopAfter ?? Number.POSITIVE_INFINITY);
  const flight: { readonly step: number; readonly outputs: Promise<readonly Outputs[]> }[] = [];
  const recorder = stepRecorder(run);
  let state = initial;

  const drain = async (left: number): Promise<void> => {
    while (flight.length > left) {
      const { step, outputs } = flight.shift()!;
      await recorder(step, await outputs);
    }
  };

  // A run resumed at step 0 was evaluated there already.
  if (state.step === 0 && state.best === null && run.val !== null) {
    state = await evaluateAt(run, state);
    await saveAt(run, state);
  }
  for (let last = state.step >= end; !last; ) {
    const { windows, next } = sampler.take(state.position, job.batch);
    state = { ...state, step: state.step + 1, position: next };
    flight.push({ step: state.step, outputs: handled(session.submit(stepInputs(state.step, train, windows))) });
    await drain(runAhead);
    await breathe();

    const interrupted = run.interrupt.requested;
    last = state.step >= end || (limits.seconds !== null && run.elapsed() >= limits.seconds);
    const evaluates = run.val !== null && (last || run.evaluatesAt(state.step));
    const scheduled = run.retention.isScheduled(state.step);
    if (last || interrupted || evaluates || scheduled) await drain(0);
    if (evaluates) state = await evaluateAt(run, state);
    last ||= hasStalled(state, limits);
    if (last || interrupted || scheduled || state.best?.step === state.step) await saveAt(run, state);
    if (interrupted && !last) {
      throw new InterruptedError(`interrupted: step ${state.step} is saved; go on with --resume`);
    }
  }
  return state;
}

/** Writes what a step measured. A loss or a gradient that is not finite ends the run. */
function stepRecorder(run: TrainingRun): (step: number, outputs: readonly Outputs[]) => Promise<void> {
  const { job, program, train } = run;
  const speed = speedometer(job.batch * train.window, run.elapsed());
  return async (step, outputs) => {
    const update = outputs.at(-1) ?? {};
    const loss = combinedLoss(program.terms, outputs.slice(-1 - program.microSteps, -1));
    const gradNorm = scalarOutput(update, "grad_norm");
    const now = run.elapsed();
    const record: MetricsRecord = {
      ...basics(run, step, "train", loss),
      ...("lr" in update ? { lr: scalarOutput(update, "lr") } : {}),
      grad_norm: gradNorm,
      tokens_per_sec: Math.round(speed(now)),
      time: round(now, 3),
    };
    run.metrics.write(record);
    run.emit({ kind: "step", job: job.name, record, steps: run.limits.steps });
    if (!Number.isFinite(loss)) throw await notFinite(run, step, `the loss is ${loss}`);
    if (!Number.isFinite(gradNorm)) throw await notFinite(run, step, `the gradient's norm is ${gradNorm}`);
  };
}

/** Tokens per second over the last steps: results of several steps may arrive at once. */
function speedometer(tokensPerStep: number, began: number): (now: number) => number {
  const times = [began];
  return (now) => {
    times.push(now);
    if (times.length > 16) times.shift();
    return ((times.length - 1) * tokensPerStep) / Math.max(now - times[0]!, 1e-6);
  };
}

async function evaluateAt(run: TrainingRun, state: TrainingState): Promise<TrainingState> {
  if (run.val === null) return state;
  const loss = await evaluateLoss(run.session, run.program, run.val.windows, run.val.numbers);
  const record: MetricsRecord = { ...basics(run, state.step, "val", loss), time: round(run.elapsed(), 3) };
  run.metrics.write(record);
  if (!Number.isFinite(loss)) throw await notFinite(run, state.step, `the validation loss is ${loss}`);
  const measured = { "val.loss": loss, "val.perplexity": Math.exp(loss) };
  const progress = afterEvaluation(state, state.step, measured, run.job.save.best, run.limits);
  const improved = progress.best?.step === state.step;
  run.emit({ kind: "evaluated", job: run.job.name, record, improved });
  return { ...state, ...progress };
}

/** Lines of metrics reach the disk before the checkpoint that they lead to. */
async function saveAt(run: TrainingRun, state: TrainingState): Promise<void> {
  run.metrics.flush();
  const folder = await save(run.folder, run.session, run.program, state, run.retention);
  run.emit({ kind: "saved", job: run.job.name, step: state.step, folder });
}

function basics({ job, train }: TrainingRun, step: number, split: string, loss: number) {
  const sequences = step * job.batch;
  const epoch = round(sequences / train.count, 6);
  return { step, tokens: sequences * train.window, epoch, split, loss, perplexity: Math.exp(loss) };
}

/** Looks for the tensor it shows in; later steps may have run already, so the first one found is named. */
async function notFinite(run: TrainingRun, step: number, what: string): Promise<TrainingError> {
  const tensors = await readTensors(run.session, [...gradientsOf(run.program), ...parametersOf(run.program)]);
  const tensor = firstNonFinite(tensors);
  const where = tensor === null ? "" : `; ${tensor} is not finite`;
  return new TrainingError(`${what} at step ${step}${where}`, lastGood(run.folder));
}

/** Lets signals and timers in. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
