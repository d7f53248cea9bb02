/** The part of a training run's state that is neither tensor nor step: the best evaluation, and how long none was better. */
import type { TrainingState } from "../formats/checkpoint.ts";
import type { Limits } from "./durations.ts";

type Progress = Pick<TrainingState, "best" | "stalled">;

export const noProgress: Progress = { best: null, stalled: {} };

/** The state after an evaluation at `step`. `metrics` by name: `val.loss`. Lower is better. */
export function afterEvaluation(
  progress: Progress,
  step: number,
  metrics: Readonly<Record<string, number>>,
  bestMetric: string,
  limits: Limits,
): Progress {
  const value = metrics[bestMetric];
  const improved = value !== undefined && (progress.best === null || value < progress.best.value);
  const stalled = { ...progress.stalled };
  for (const { metric } of limits.stalled) {
    const measured = metrics[metric];
    const before = stalled[metric];
    if (measured === undefined) continue;
    const better = before === undefined || measured < before.lowest;
    stalled[metric] = better
      ? { lowest: measured, evaluations: 0 }
      : { lowest: before.lowest, evaluations: before.evaluations + 1 };
  }
  return { best: improved ? { step, value } : progress.best, stalled };
}

/** Has some metric gone without improving for its patience? */
export function hasStalled(progress: Progress, limits: Limits): boolean {
  return limits.stalled.some(({ metric, patience }) => (progress.stalled[metric]?.evaluations ?? 0) >= patience);
}
