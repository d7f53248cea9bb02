/** What all programs of a job have in common, and the start of one of them. */
import type { CheckedProgram, DataJob, Facts, TrainJob } from "../2-check/program.ts";
import { GraphBuilder } from "../ir/graph/builder.ts";
import type { ProgramName } from "../ir/graph/graph.ts";
import { type TensorType, tensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { type Build, stepBudget } from "./elaborate/frame.ts";
import type { TensorRegistry } from "./tensors.ts";

export type Setting = {
  readonly program: CheckedProgram;
  readonly facts: Facts;
  readonly tensors: TensorRegistry;
  /** The job that says what the model is and what it reads. */
  readonly train: TrainJob;
};

/** `rows`: sequences of a batch; 0 where the program reads no data. */
export type Mode = { readonly training: boolean; readonly initialising?: boolean; readonly rows: number };

export function startProgram(setting: Setting, name: ProgramName, mode: Mode): Build {
  const { facts, tensors } = setting;
  return {
    facts,
    tensors,
    graph: new GraphBuilder(name, tensors.all),
    training: mode.training,
    initialising: mode.initialising ?? false,
    met: new Set(),
    draws: new Map(),
    times: [],
    fields: dataFields(setting, mode.rows),
    budget: { left: stepBudget },
  };
}

/** What `data` yields for a batch of `rows` windows: `ids` [B, W], `mask` [B, W] (true where a token may be predicted). */
function dataFields(setting: Setting, rows: number): ReadonlyMap<string, TensorType> {
  const length = windowLength(dataOf(setting));
  return new Map([
    ["ids", tensorType("i32", [rows, length])],
    ["mask", tensorType("bool", [rows, length])],
  ]);
}

function dataOf(setting: Setting): DataJob {
  const data = setting.program.jobs.get(setting.train.data);
  invariant(data?.kind === "data", `\`${setting.train.data}\` is no data`);
  return data;
}

/** Tokens of a window: `overlap = 1` gives W + 1, so that W of them are predicted. */
function windowLength(data: DataJob): number {
  return data.window + data.overlap;
}
