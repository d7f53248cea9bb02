/**
 * Phase 3: CheckedProgram → Bundle. The program's declarations are evaluated with the sizes of one job: what is static
 * is computed, what is a tensor becomes a value of a Graph, and every layer's parameters get their place in the tree.
 *
 * A train job gives `init`, `loss`, `evaluate` and `update`; a generate job gives `prefill`.
 */
import type { CheckedProgram, Facts, GenerateJob, TrainJob } from "../2-check/program.ts";
import type { Bundle } from "../ir/graph/graph.ts";
import { singleDevice } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import type { Setting } from "./build.ts";
import { lowerPrefill } from "./generate.ts";
import { lowerInit } from "./init.ts";
import { lowerLoss } from "./objective.ts";
import { lowerUpdate } from "./optimizer.ts";
import { createTensorRegistry } from "./tensors.ts";

/** `facts`: what preparation found (`chars.vocab`). What this version cannot run throws a diagnostic E0900. */
export function lower(program: CheckedProgram, job: string, facts: Facts): Bundle {
  const found = program.jobs.get(job);
  invariant(found?.kind === "train" || found?.kind === "generate", `\`${job}\` has no programs to lower`);
  return found.kind === "train" ? lowerTrain(program, found, facts) : lowerGenerate(program, found, facts);
}

function lowerTrain(program: CheckedProgram, train: TrainJob, facts: Facts): Bundle {
  const setting: Setting = { program, facts, train, tensors: createTensorRegistry() };
  const loss = lowerLoss(setting, "loss");
  const evaluate = lowerLoss(setting, "evaluate");
  const update = lowerUpdate(setting);
  const init = lowerInit(setting, update.states);
  return {
    tensors: setting.tensors.all,
    programs: { init, loss: loss.graph, evaluate: evaluate.graph, update: update.graph },
    terms: loss.terms,
    microSteps: train.batch / train.micro,
    mesh: singleDevice,
  };
}

function lowerGenerate(program: CheckedProgram, job: GenerateJob, facts: Facts): Bundle {
  const train = program.jobs.get(job.model.job);
  invariant(train?.kind === "train", `\`${job.model.job}\` is no train job`);
  const setting: Setting = { program, facts, train, tensors: createTensorRegistry() };
  const prefill = lowerPrefill(setting);
  return { tensors: setting.tensors.all, programs: { prefill }, terms: [], microSteps: 1, mesh: singleDevice };
}
