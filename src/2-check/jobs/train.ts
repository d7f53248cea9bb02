/** `train pretrain { model = …  data = …  objective = …  optimizer = …  batch = 64  until = 5000 steps }` */
import type { Context } from "../context.ts";
import type { Static, TrainJob } from "../program.ts";
import { fail } from "../static/failures.ts";
import { describeStatic } from "../static/format-static.ts";
import {
  choiceOf,
  evaluateField,
  integerField,
  notYet,
  numberField,
  part,
  stringField,
  wrongValue,
} from "./field-values.ts";
import type { Fields, WrittenField } from "./fields.ts";
import type { JobBase } from "./job-base.ts";
import { jobField } from "./references.ts";
import { readEvaluate, readSave } from "./train-saving.ts";
import { isCountable, readUntil, stepsOf } from "./until.ts";
import { checkWarmup, needsTotal } from "./warmup.ts";

export function checkTrain(base: JobBase, fields: Fields, context: Context): TrainJob | null {
  const get = (name: string) => fields.get(name);
  const [modelField, dataField, objectiveField] = [get("model"), get("data"), get("objective")];
  const [optimizerField, batchField, untilField] = [get("optimizer"), get("batch"), get("until")];
  if (!modelField || !dataField || !objectiveField || !optimizerField || !batchField || !untilField) return null;

  const model = instanceField(modelField, "model", context);
  const data = jobField(dataField, "data", context);
  if (model?.kind === "instance") context.trained.push({ model, data, span: modelField.nameSpan });
  const objective = instanceField(objectiveField, "objective", context);
  const optimizer = instanceField(optimizerField, "optimizer", context);
  const batch = integerField(batchField, { least: 1 }, context);
  const micro = readMicro(get("micro"), batch, context);
  const clip = readClip(get("clip"), context);
  const until = readUntil(untilField, context);
  const evaluate = readEvaluate(get("evaluate"), context);
  const save = readSave(get("save"), context);
  const log = readLog(get("log"), context);
  const seedField = get("seed");
  const seed = seedField === undefined ? 0 : integerField(seedField, { least: 0, most: 0xffffffff }, context);
  const precision = readPrecision(get("precision"), base.name, context);
  const init = readInit(get("init"), context);
  const tuned = readTune(get("tune"), context);

  if (until !== null && optimizer?.kind === "instance") {
    const steps = stepsOf(until);
    if (steps !== null) checkWarmup(optimizer, steps, optimizerField, context);
    if (!isCountable(until)) checkCountable(optimizer, untilField, context);
  }
  if (model === null || data === null || objective === null || optimizer === null || batch === null) return null;
  if (micro === null || clip === "wrong" || until === null || evaluate === "wrong" || save === null) return null;
  if (log === null || seed === null || precision === null || init === null || !tuned) return null;
  return {
    ...base,
    kind: "train",
    model,
    data,
    objective,
    optimizer,
    batch,
    micro,
    clip,
    until,
    evaluate,
    save,
    log,
    seed,
    precision,
    init,
  };
}

function instanceField(field: WrittenField, kind: string, context: Context): Static | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind === "later") return notYet("going on from the weights of another run", field.value.span, context);
  if (value.kind === "choice") return notYet(`\`${value.name}\` as ${field.name}`, field.value.span, context);
  if (value.kind === "instance" && value.entity.decl.declKind.text === kind) return value;
  return wrongValue(field, kind === "model" ? "a model" : `an ${kind}`, describeStatic(value), context);
}

/** `micro` sequences a forward pass; it divides `batch`. */
function readMicro(field: WrittenField | undefined, batch: number | null, context: Context): number | null {
  if (field === undefined) return batch;
  const micro = integerField(field, { least: 1 }, context);
  if (micro === null || batch === null || batch % micro === 0) return micro;
  const below = Math.floor(batch / micro) * micro;
  const nearest = [below, below + micro].filter((each) => each > 0);
  return fail(context, {
    code: "E0408",
    severity: "error",
    message: `batch ${batch} is not micro ${micro} × n; nearest: ${nearest.join(", ")}`,
    labels: [{ span: field.value.span, text: `does not divide ${batch}` }],
    help: `or a micro that divides ${batch}: ${divisorsNear(batch, micro).join(", ")}`,
  });
}

function divisorsNear(batch: number, micro: number): readonly number[] {
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((d) => batch % d === 0);
  const [below, above] = [divisors.filter((d) => d < micro).at(-1), divisors.find((d) => d > micro)];
  return [below, above].filter((each) => each !== undefined);
}

function readClip(field: WrittenField | undefined, context: Context): number | null | "wrong" {
  if (field === undefined || field.value.kind === "none") return null;
  return numberField(field, { above: 0 }, context) ?? "wrong";
}

function readLog(field: WrittenField | undefined, context: Context): TrainJob["log"] | null {
  if (field === undefined) return ["jsonl"];
  const written = field.value.kind === "list" ? field.value.elements : [field.value];
  const logs = written.map((expr) => {
    const choice = choiceOf(expr, { jsonl: [], tensorboard: [] }, field, context);
    if (choice?.name === "tensorboard") {
      return notYet("the TensorBoard log", expr.span, context, "`log = [jsonl()]` writes metrics.jsonl");
    }
    return choice === null ? null : ("jsonl" as const);
  });
  const names = logs.filter((name) => name !== null);
  return names.length === logs.length ? names : null;
}

function readPrecision(field: WrittenField | undefined, job: string, context: Context): TrainJob["precision"] | null {
  if (field === undefined) return { kind: "f32" };
  const { value } = field;
  if (value.kind === "call" && value.callee.kind === "name" && value.callee.text === "mixed") {
    const help = `\`precision = f32\` is, or on the command line: --set ${job}.precision=f32`;
    return notYet("mixed precision", value.span, context, help);
  }
  if (value.kind === "name" && (value.text === "f16" || value.text === "bf16")) {
    return notYet(`training in ${value.text}`, value.span, context);
  }
  return choiceOf(value, { f32: null }, field, context) === null ? null : { kind: "f32" };
}

function readInit(field: WrittenField | undefined, context: Context): TrainJob["init"] | null {
  if (field === undefined || field.value.kind === "none") return { kind: "fresh" };
  const choice = choiceOf(field.value, { load: [{ name: "path" }] }, field, context);
  const path = choice?.args.get("path");
  const text = path === undefined ? null : stringField(part(field, "load", path), context);
  return text === null ? null : { kind: "load", path: text };
}

/** Everything is trained: `full`, the only choice so far. */
function readTune(field: WrittenField | undefined, context: Context): boolean {
  return field === undefined || choiceOf(field.value, { full: null }, field, context) !== null;
}

/** A schedule that counts down to the end of the run needs an end that can be counted. */
function checkCountable(optimizer: Static & { kind: "instance" }, until: WrittenField, context: Context): void {
  const schedule = needsTotal(optimizer);
  if (schedule === null) return;
  fail(context, {
    code: "E0108",
    severity: "error",
    message: `\`${schedule}\` needs the length of the run, which this \`until\` does not tell`,
    labels: [{ span: until.value.span, text: "cannot be counted in steps" }],
    help: "add a countable bound: `until = 2 hours or 10000 steps`",
  });
}
