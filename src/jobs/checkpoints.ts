/** When and how a training run saves, and which of its checkpoints stay. */
import type { Session } from "../devices/device.ts";
import {
  checkpointFolder,
  deleteCheckpoints,
  listCheckpoints,
  saveCheckpoint,
  type TrainingState,
} from "../formats/checkpoint.ts";
import { writePointer } from "../formats/pointer.ts";
import type { Program } from "../ir/plan/program.ts";
import { TrainingError } from "./failures.ts";
import { firstNonFinite, optimizerTensorsOf, parametersOf, readTensors } from "./parameters.ts";

/** Of the checkpoints at steps where `save` fires the newest `keep` stay (null: all); so do the newest and the best of all. */
export type Retention = { readonly keep: number | null; readonly isScheduled: (step: number) => boolean };

/**
 * Saves the state after `state.step` updates and points `last` (and `best`, if this is it) to it; then deletes what
 * need not stay. A checkpoint with a NaN in it is never written: that throws `TrainingError`.
 */
export async function save(
  runFolder: string,
  session: Session,
  program: Program,
  state: TrainingState,
  retention: Retention,
): Promise<string> {
  const model = await readTensors(session, parametersOf(program));
  const optimizer = await readTensors(session, optimizerTensorsOf(program));
  const bad = firstNonFinite([...model, ...optimizer]);
  if (bad !== null) throw new TrainingError(`${bad} is not finite after step ${state.step}`, lastGood(runFolder));
  saveCheckpoint(runFolder, state, { model, optimizer });
  writePointer(runFolder, "last", state.step);
  if (state.best?.step === state.step) writePointer(runFolder, "best", state.step);
  deleteCheckpoints(runFolder, superfluous(listCheckpoints(runFolder), state.best?.step ?? null, retention));
  return checkpointFolder(runFolder, state.step);
}

/** Help for a run that failed. */
export function lastGood(runFolder: string): string {
  const step = listCheckpoints(runFolder).at(-1);
  return step === undefined
    ? "no checkpoint was written before"
    : `the last good checkpoint is ${checkpointFolder(runFolder, step)}`;
}

function superfluous(steps: readonly number[], best: number | null, retention: Retention): readonly number[] {
  const scheduled = steps.filter(retention.isScheduled);
  const kept = retention.keep === null ? scheduled : scheduled.slice(-retention.keep);
  return steps.filter((step) => !kept.includes(step) && step !== best && step !== steps.at(-1));
}
