/**
 * The objective of a train job against the model's outputs (E0401), the data's fields (E0402) and the tokenizer's
 * vocabulary (E0404, where facts tell its size).
 */
import type { FnDecl } from "../../1-parse/ast.ts";
import { constantOf, type Dim } from "../../ir/dim.ts";
import type { DataJob, Facts, TrainJob } from "../program.ts";
import type { Env, Shapes } from "./env.ts";
import {
  call,
  fieldsOf,
  functionOf,
  jobEnv,
  type Method,
  outputsOf,
  placeOf,
  preparedFields,
  report,
} from "./job-values.ts";
import { match } from "./match.ts";
import { nothingBound } from "./types.ts";
import { describe, type Value } from "./value.ts";

export function checkObjective(train: TrainJob, data: DataJob, facts: Facts, shapes: Shapes): void {
  if (train.model.kind !== "instance" || train.objective.kind !== "instance") return;
  const env = jobEnv(train, shapes);
  const fields = preparedFields(train.objective, fieldsOf(data), env);
  if (fields === null) return;
  const outputs = outputsOf(train.model, fields, train, env);
  if (outputs === null) return;
  const loss = functionOf(train.objective, "loss", env);
  if (loss === null) return;
  if (!checkParameters(train, data, loss.fn, outputs, fields, loss.env)) return;
  checkMean(train, loss, new Map([...fields, ...outputs]), env);
  checkVocabulary(train, data, outputs, facts, env);
}

function checkParameters(
  train: TrainJob,
  data: DataJob,
  loss: FnDecl,
  outputs: ReadonlyMap<string, Value>,
  fields: ReadonlyMap<string, Value>,
  env: Env,
): boolean {
  let right = true;
  const bound = nothingBound();
  const objective = train.objective.kind === "instance" ? train.objective.entity.decl.name.text : "the objective";
  const model = train.model.kind === "instance" ? train.model.entity.decl.name.text : "the model";
  const place = placeOf(train, "objective");
  for (const param of loss.params) {
    const name = param.name.text;
    const value = outputs.get(name) ?? fields.get(name);
    const has = [...outputs].map(([key, output]) => `\`${key}\` ${describe(output)}`).join(", ");
    if (value === undefined) {
      if (param.default !== null || param.type?.optional) continue;
      right = false;
      const output = name === "logits" || name.endsWith("logits") || name.startsWith("hidden");
      if (output)
        report(
          env,
          "E0401",
          place,
          `${objective} needs \`${name}\`; model \`${model}\` yields ${has}`,
          "no such output",
          param.span,
        );
      else {
        const message = `${objective} reads \`${name}\`, which neither model \`${model}\` nor data \`${data.name}\` yields`;
        report(
          env,
          "E0402",
          place,
          message,
          `outputs: ${[...outputs.keys()].join(", ")}; fields: ${[...fields.keys()].join(", ")}`,
          param.span,
        );
      }
      continue;
    }
    const matched = param.type === null ? value : match(param.type, value, bound, env);
    if (!("mismatch" in matched)) continue;
    right = false;
    const whose = outputs.has(name) ? `model \`${model}\` yields` : `data \`${data.name}\` yields`;
    report(
      env,
      "E0401",
      place,
      `${objective} needs \`${name}\` ${matched.mismatch.expected}; ${whose} ${describe(value)}`,
      "does not fit",
      param.span,
    );
  }
  return right;
}

/** A loss is a sum of means, so that micro-batches and devices change nothing. */
function checkMean(train: TrainJob, loss: Method, values: ReadonlyMap<string, Value>, env: Env): void {
  const value = call(loss.fn, values, loss);
  if (value.kind === "mean" || value.kind === "unknown") return;
  const help = "`mean(values, weight = w)` keeps sum and weight apart";
  const message = `a loss is a sum of means; this one is ${describe(value)}`;
  report(env, "E0401", placeOf(train, "objective"), message, "not a mean", loss.fn.name.span, help);
}

/** Every token has a logit. More logits than tokens are padding. */
function checkVocabulary(
  train: TrainJob,
  data: DataJob,
  outputs: ReadonlyMap<string, Value>,
  facts: Facts,
  env: Env,
): void {
  const logits = outputs.get("logits");
  const last = logits?.kind === "tensor" ? logits.shape.at(-1) : undefined;
  const size = last?.kind === "dim" ? sizeOf(last.dim, facts) : null;
  const vocabulary = facts.get(`${data.tokenizer}.vocab`);
  if (size === null || vocabulary === undefined || size >= vocabulary) return;
  const message = `the model has ${size} logits, tokenizer \`${data.tokenizer}\` has ${vocabulary} tokens`;
  report(
    env,
    "E0404",
    placeOf(train, "model"),
    message,
    "too few",
    undefined,
    `take it from the tokenizer: V = ${data.tokenizer}.vocab`,
  );
}

function sizeOf(dim: Dim, facts: Facts): number | null {
  const value = constantOf(dim);
  if (value !== null) return value;
  return dim.terms.length === 1 ? (facts.get(dim.key.replace(/^1·/, "")) ?? null) : null;
}
