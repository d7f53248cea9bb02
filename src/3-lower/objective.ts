/** `loss` and `evaluate`: the model on a batch, then the objective's means, numerators and weights apart. */

import { unsupported } from "../diagnostics/report.ts";
import type { Graph, LossTerm } from "../ir/graph/graph.ts";
import { type Setting, startProgram } from "./build.ts";
import type { Datum, MeanTerm } from "./elaborate/datum.ts";
import { memberOf } from "./elaborate/instance.ts";
import { buildModel, callByName, runForward } from "./forward.ts";
import { staticInstance } from "./static.ts";

export type LossProgram = { readonly graph: Graph; readonly terms: readonly LossTerm[] };

/** Inputs: data fields [micro, W], and `seed`, `step`, `sample` where random numbers are drawn. */
export function lowerLoss(setting: Setting, name: "loss" | "evaluate"): LossProgram {
  const { train } = setting;
  const build = startProgram(setting, name, { training: name === "loss", rows: train.micro });
  const model = buildModel(build, setting);
  const objective = staticInstance(build, train.objective, { path: "objective", loop: null });
  const prepared: ReadonlyMap<string, Datum> =
    memberOf(build, objective, "prepare") === null
      ? new Map()
      : recordFields(callByName(build, objective, "prepare", []));
  const outputs = runForward(build, model, prepared);
  const loss = callByName(build, objective, "loss", [outputs, prepared]);
  if (loss.kind !== "mean") return unsupported(objective.decl.span, "a loss that is no sum of means");
  const kept = withoutZeros(loss.terms);
  kept.forEach((term, k) => {
    build.graph.output(`numerator.${k}`, term.numerator);
    build.graph.output(`weight.${k}`, term.weight);
  });
  const objectiveName = objective.decl.name.text;
  const terms = kept.map(({ coefficient }, k) => ({
    name: kept.length === 1 ? objectiveName : `${objectiveName}.${k}`,
    coefficient,
  }));
  return { graph: build.graph.finish(), terms };
}

/** `0.0 * mean(…)`: a term that was switched off costs nothing. */
function withoutZeros(terms: readonly MeanTerm[]): readonly MeanTerm[] {
  const kept = terms.filter((term) => term.coefficient !== 0);
  return kept.length === 0 ? terms.slice(0, 1) : kept;
}

function recordFields(datum: Datum): ReadonlyMap<string, Datum> {
  return datum.kind === "record" ? datum.fields : new Map();
}
