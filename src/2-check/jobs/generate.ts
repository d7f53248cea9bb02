/** `generate sample { model = pretrain.best  prompt = "…"  decode = top_k(40, temperature = 0.8)  until = 400 tokens }` */
import type { Context } from "../context.ts";
import type { GenerateJob, Sampling } from "../program.ts";
import { describeStatic } from "../static/format-static.ts";
import {
  choiceOf,
  evaluateField,
  inRange,
  integerField,
  numberField,
  part,
  stringField,
  type WrittenChoice,
  wrongValue,
} from "./field-values.ts";
import type { Fields, KindSpec, WrittenField } from "./fields.ts";
import type { JobBase } from "./job-base.ts";
import { checkpointField } from "./references.ts";

export const generateSpec: KindSpec = {
  fields: {
    model: { required: true },
    prompt: {},
    decode: {},
    context: {},
    until: { required: true },
    seed: {},
    samples: { later: "several samples at once" },
    batch: { later: "several samples at once" },
    format: { later: "a chat template" },
    plan: { later: "a device plan" },
  },
  renames: {
    max_tokens: "length is `until = $ tokens`",
    max_new_tokens: "length is `until = $ tokens`",
    length: "length is `until = $ tokens`",
    tokens: "length is `until = $ tokens`",
    temperature: "sampling is `decode = temperature($)`",
    top_k: "sampling is `decode = top_k($)`",
    top_p: "sampling is `decode = top_p($)`",
    sampling: "sampling is `decode = …`",
    checkpoint: "the weights are `model = pretrain.best`",
  },
};

export function checkGenerate(base: JobBase, fields: Fields, context: Context): GenerateJob | null {
  const get = (name: string) => fields.get(name);
  const [modelField, until, seedField, promptField] = [get("model"), get("until"), get("seed"), get("prompt")];
  if (modelField === undefined || until === undefined) return null;
  const model = checkpointField(modelField, context);
  const tokens = readTokens(until, context);
  const decode = readDecode(get("decode"), context);
  const past = readContext(get("context"), context);
  const prompt = promptField === undefined ? "" : stringField(promptField, context);
  const seed = seedField === undefined ? 0 : integerField(seedField, { least: 0, most: 0xffffffff }, context);
  if (model === null || tokens === null || decode === null || prompt === null || seed === null) return null;
  if (past === "wrong") return null;
  return { ...base, kind: "generate", model, prompt, decode, context: past, tokens, seed };
}

function readTokens(field: WrittenField, context: Context): number | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind !== "quantity" || value.unit !== "token") {
    return wrongValue(field, "a number of tokens (400 tokens)", describeStatic(value), context);
  }
  if (!Number.isInteger(value.value))
    return wrongValue(field, "a whole number of tokens", describeStatic(value), context);
  return inRange(field.name, value.value, { least: 1 }, field.value.span, context);
}

function readDecode(field: WrittenField | undefined, context: Context): Sampling | null {
  if (field === undefined) return { kind: "temperature", temperature: 1 };
  const temperature = { name: "temperature", optional: true };
  const choice = choiceOf(
    field.value,
    {
      argmax: [],
      temperature: [{ name: "temperature" }],
      top_k: [{ name: "k" }, temperature],
      top_p: [{ name: "p" }, temperature],
    },
    field,
    context,
  );
  if (choice === null) return null;
  const t = readTemperature(choice, field, context);
  if (t === null) return null;
  const [k, p] = [choice.args.get("k"), choice.args.get("p")];
  if (k !== undefined) {
    const count = integerField(part(field, "top_k", k), { least: 1 }, context);
    return count === null ? null : { kind: "topK", k: count, temperature: t };
  }
  if (p !== undefined) {
    const share = numberField(part(field, "top_p", p), { above: 0, most: 1 }, context);
    return share === null ? null : { kind: "topP", p: share, temperature: t };
  }
  return choice.name === "argmax" ? { kind: "argmax" } : { kind: "temperature", temperature: t };
}

function readTemperature(choice: WrittenChoice, field: WrittenField, context: Context): number | null {
  const written = choice.args.get("temperature");
  return written === undefined ? 1 : numberField(part(field, "temperature", written), { above: 0 }, context);
}

/** Past the model's context: drop the oldest `by` tokens and go on, or stop. */
function readContext(field: WrittenField | undefined, context: Context): GenerateJob["context"] | "wrong" {
  if (field === undefined) return null;
  const choice = choiceOf(field.value, { slide: [{ name: "by" }], stop: null }, field, context);
  if (choice === null) return "wrong";
  const written = choice.args.get("by");
  if (written === undefined) return { kind: "stop" };
  const by = integerField(part(field, "slide", written), { least: 1 }, context);
  return by === null ? "wrong" : { kind: "slide", by };
}
