/** What is said before the first step: sizes, memory, device, and the first example with its loss mask. */
import type { TrainJob } from "../2-check/program.ts";
import { dataFields } from "../data/batch-inputs.ts";
import type { Session } from "../devices/device.ts";
import type { Program } from "../ir/plan/program.ts";
import { elementCount } from "../ir/types.ts";
import type { PreparedData } from "./data.ts";
import type { Limits } from "./durations.ts";
import type { TrainingSummary } from "./events.ts";

export function trainingSummary(
  job: TrainJob,
  data: PreparedData,
  program: Program,
  limits: Limits,
  session: Session,
  notice: string,
): TrainingSummary {
  const parameters = program.tensors.filter(({ role }) => role === "parameter");
  const count = (tensors: typeof parameters) => tensors.reduce((sum, { type }) => sum + elementCount(type.shape), 0);
  return {
    parameters: count(parameters),
    trainable: count(parameters.filter(({ trainable }) => trainable)),
    windows: Object.fromEntries([...data.splits].map(([name, { count }]) => [name, count])),
    batch: job.batch,
    micro: job.micro,
    tokensPerStep: job.batch * data.job.window,
    steps: limits.steps,
    deviceBytes: session.allocatedBytes,
    device: notice,
    example: firstExample(data),
  };
}

/** The first window in runs of tokens that are predicted or not. The first token never is: nothing comes before it. */
function firstExample({ splits, tokenizer }: PreparedData): TrainingSummary["example"] {
  const { ids, mask } = dataFields(splits.get("train")!, [0], 1);
  const runs: { ids: number[]; predicted: boolean }[] = [];
  ids.forEach((id, at) => {
    const predicted = at > 0 && mask[at] === 1;
    const last = runs.at(-1);
    if (last?.predicted === predicted) last.ids.push(id);
    else runs.push({ ids: [id], predicted });
  });
  return runs.map((run) => ({ text: tokenizer.decode(run.ids), predicted: run.predicted }));
}
