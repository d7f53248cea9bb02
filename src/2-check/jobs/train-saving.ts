/** When a run evaluates and saves: `evaluate = every(…)`, `save = every(…)`. */
import type { Context } from "../context.ts";
import type { TrainJob } from "../program.ts";
import { fail } from "../static/failures.ts";
import { describeStatic } from "../static/format-static.ts";
import {
  choiceOf,
  durationField,
  evaluateField,
  inRange,
  integerField,
  metricOf,
  notYet,
  part,
  wrongValue,
} from "./field-values.ts";
import type { WrittenField } from "./fields.ts";

/** Metrics an evaluation can report. Those of heads and of text come with the objectives that have them. */
const metricsNow = ["loss", "perplexity"];

const metricsLater = ["accuracy", "f1", "matthews", "bleu", "rouge", "exact_match"];

export function readEvaluate(field: WrittenField | undefined, context: Context): TrainJob["evaluate"] | "wrong" {
  if (field === undefined || field.value.kind === "none") return null;
  const params = [
    { name: "duration" },
    { name: "metrics", optional: true },
    { name: "take", optional: true },
    { name: "decode", optional: true },
  ];
  const choice = choiceOf(field.value, { every: params }, field, context);
  const written = choice?.args.get("duration");
  if (choice === null || written === undefined) return "wrong";
  const every = durationField(part(field, "every", written), context);
  const list = choice.args.get("metrics");
  const decode = choice.args.get("decode");
  if (decode !== undefined) return notYet("evaluation of decoded text", decode.span, context) ?? "wrong";
  const takeExpr = choice.args.get("take");
  const take = takeExpr === undefined ? null : readSamples(part(field, "take", takeExpr), context);
  if (every === null || (takeExpr !== undefined && take === null)) return "wrong";
  if (list === undefined) return { every, metrics: ["loss"], take };
  const listed = list.kind === "list" ? list.elements : [list];
  const metrics = listed.map((metric) => {
    const name = metricOf(metric, part(field, "metrics", metric), context);
    if (name === null || metricsNow.includes(name)) return name;
    if (name.includes(".") || metricsLater.includes(name))
      return notYet(`the metric \`${name}\``, metric.span, context);
    return fail(context, {
      code: "E0102",
      severity: "error",
      message: `there is no metric \`${name}\``,
      labels: [{ span: metric.span, text: "not a metric" }],
      help: `metrics: ${metricsNow.join(", ")}`,
    });
  });
  const names = metrics.filter((name) => name !== null);
  return names.length === metrics.length ? { every, metrics: names, take } : "wrong";
}

/** `512 samples` */
function readSamples(field: WrittenField, context: Context): number | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind !== "quantity" || value.unit !== "sample" || !Number.isInteger(value.value)) {
    return wrongValue(field, "a number of samples (512 samples)", describeStatic(value), context);
  }
  return inRange(field.name, value.value, { least: 1 }, field.value.span, context);
}

export function readSave(field: WrittenField | undefined, context: Context): TrainJob["save"] | null {
  const usual = { every: null, keep: null, best: "val.loss" } as const;
  if (field === undefined) return usual;
  const params = [{ name: "duration" }, { name: "keep", optional: true }, { name: "best", optional: true }];
  const choice = choiceOf(field.value, { every: params }, field, context);
  const written = choice?.args.get("duration");
  if (choice === null || written === undefined) return null;
  const every = durationField(part(field, "every", written), context);
  const keepExpr = choice.args.get("keep");
  const keep = keepExpr === undefined ? null : integerField(part(field, "keep", keepExpr), { least: 1 }, context);
  const bestExpr = choice.args.get("best");
  const best = bestExpr === undefined ? usual.best : metricOf(bestExpr, part(field, "best", bestExpr), context);
  if (every === null || best === null || (keepExpr !== undefined && keep === null)) return null;
  if (bestExpr !== undefined && best !== "val.loss" && best !== "val.perplexity") {
    return notYet(`\`best = ${best}\``, bestExpr.span, context, "`best = val.loss` is");
  }
  return { every, keep, best };
}
