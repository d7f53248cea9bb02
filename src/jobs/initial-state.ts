/** What a training run starts from: fresh tensors, those of `init`, or those of its own last checkpoint. */
import { join } from "node:path";
import type { TrainJob } from "../2-check/program.ts";
import { scheduleKey } from "../7-plan/schedule.ts";
import type { Compiled } from "../compile.ts";
import { start } from "../data/batches.ts";
import { findTexts } from "../data/sources.ts";
import type { Session } from "../devices/device.ts";
import {
  type Checkpoint,
  deleteCheckpoints,
  listCheckpoints,
  openCheckpoint,
  type TrainingState,
} from "../formats/checkpoint.ts";
import { truncateMetrics } from "../formats/metrics.ts";
import { readPointer } from "../formats/pointer.ts";
import { openSafetensors } from "../formats/safetensors.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { ScheduleTable } from "../targets/target.ts";
import { baseFolder, fieldSpan } from "./definition.ts";
import { invocation, scalarInputs } from "./inputs.ts";
import { optimizerTensorsOf, parametersOf, writeTensors } from "./parameters.ts";
import { noProgress } from "./progress-state.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The checkpoint that `last` points to; null where there is none yet. What a killed process did after it is forgotten:
 * the resumed run does it again.
 */
export function restorePoint(folder: string): Checkpoint | null {
  const step = readPointer(folder, "last");
  const checkpoint = step === null ? null : openCheckpoint(folder, step);
  const later = listCheckpoints(folder).filter((other) => step === null || other > step);
  deleteCheckpoints(folder, later);
  truncateMetrics(join(folder, "metrics.jsonl"), step ?? -1);
  return checkpoint;
}

/** A resumed run keeps its schedules, and with them its bytes, unless it goes on on another kind of adapter. */
export function storedSchedules(from: Checkpoint | null, { name }: Profile): ScheduleTable {
  if (from === null || from.state.schedules.profile !== name) return new Map();
  return new Map(Object.entries(from.state.schedules.byKernel));
}

/** Puts tensors on the device and returns the state they belong to. Throws E0602 where a file does not fit the model. */
export async function initialState(
  workspace: Workspace,
  job: TrainJob,
  session: Session,
  compiled: Compiled,
  from: Checkpoint | null,
): Promise<TrainingState> {
  const { program } = compiled;
  const schedules = usedSchedules(compiled);
  await session.submit([invocation(program, "init", scalarInputs({ seed: job.seed }))]);
  if (from !== null) {
    writeTensors(session, parametersOf(program), from.model, null);
    writeTensors(session, optimizerTensorsOf(program), from.optimizer, null);
    from.model.close();
    from.optimizer.close();
    return { ...from.state, schedules };
  }
  if (job.init.kind === "load") loadWeights(workspace, job, job.init.path, session, compiled);
  return { step: 0, position: start, seed: job.seed, ...noProgress, schedules };
}

function loadWeights(workspace: Workspace, job: TrainJob, path: string, session: Session, { program }: Compiled): void {
  const span = fieldSpan(job, "init");
  for (const found of findTexts([path], baseFolder(job), workspace.sandbox, span)) {
    const file = openSafetensors(found.path);
    writeTensors(session, parametersOf(program), file, span);
    file.close();
  }
}

/** By key in a fixed order: checkpoints of equal runs are equal files. */
function usedSchedules({ plan, program }: Compiled): TrainingState["schedules"] {
  const entries = plan.kernels.map(({ kernel, schedule }) => [scheduleKey(kernel), schedule] as const);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return { profile: program.profile, byKernel: Object.fromEntries(sorted) };
}
