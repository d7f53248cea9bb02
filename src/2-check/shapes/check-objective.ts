/**
 * The objective of a train job against the model's outputs (E0401), the data's fields (E0402) and the tokenizer's
 * vocabulary (E0404, where facts tell its size).
 */
import type { Arg, FnDecl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { constant, constantOf, type Dim, named } from "../../ir/dim.ts";
import { noFacts } from "../../ir/dim-facts.ts";
import type { DataJob, Facts, TrainJob } from "../program.ts";
import { callFunction } from "./calls.ts";
import type { Env, Shapes } from "./env.ts";
import { instanceValue, type StaticInstance } from "./from-static.ts";
import { membersOf } from "./instances.ts";
import { match } from "./match.ts";
import { nothingBound } from "./types.ts";
import { describe, dimAxis, tensor, unknown, type Value } from "./value.ts";

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

function jobEnv(train: TrainJob, shapes: Shapes): Env {
  const known = { facts: noFacts };
  return {
    shapes,
    module: train.module,
    owner: train.decl,
    locals: new Map(),
    places: new Map(),
    known,
    summary: { obligations: [], calls: [], known },
    quiet: true,
  };
}

/** What a text with a tokenizer yields: B sequences of W tokens. */
function fieldsOf(data: DataJob): ReadonlyMap<string, Value> {
  const shape = [dimAxis(named("B")), dimAxis(constant(data.window + data.overlap))];
  return new Map([
    ["ids", tensor("i32", shape)],
    ["mask", tensor("bool", shape)],
  ]);
}

/** What the objective makes of the fields before the model sees them; null where that fails by itself. */
function preparedFields(
  objective: StaticInstance,
  fields: ReadonlyMap<string, Value>,
  env: Env,
): ReadonlyMap<string, Value> | null {
  const prepare = functionOf(objective, "prepare", env);
  if (prepare === null) return fields;
  const prepared = call(prepare.fn, fields, prepare);
  return prepared.kind === "record" ? new Map([...fields, ...prepared.fields]) : null;
}

/** The model's outputs by name, or null where something else is wrong with it already. */
function outputsOf(
  model: StaticInstance,
  fields: ReadonlyMap<string, Value>,
  train: TrainJob,
  env: Env,
): ReadonlyMap<string, Value> | null {
  const forward = functionOf(model, "forward", env);
  if (forward === null) {
    report(
      env,
      "E0401",
      placeOf(train, "model"),
      `model \`${model.entity.decl.name.text}\` has no \`forward\``,
      "nothing to train",
    );
    return null;
  }
  const { fn } = forward;
  const unread = fn.params.find(
    (param) => !fields.has(param.name.text) && param.default === null && param.type?.optional !== true,
  );
  if (unread !== undefined) {
    const name = unread.name.text;
    const later = ["valid", "document", "segment", "input", "target"].includes(name);
    const message = `model \`${model.entity.decl.name.text}\` reads \`${name}\`, which data \`${train.data}\` does not yield`;
    report(
      env,
      "E0402",
      placeOf(train, "data"),
      message,
      `yields ${[...fields.keys()].join(", ")}`,
      unread.name.span,
      later ? "fields of packed and padded data are not in this version" : undefined,
    );
    return null;
  }
  const bound = nothingBound();
  for (const param of fn.params) {
    const value = fields.get(param.name.text);
    const matched = value === undefined || param.type === null ? unknown : match(param.type, value, bound, forward.env);
    if (value === undefined || !("mismatch" in matched)) continue;
    const name = param.name.text;
    const message = `model \`${model.entity.decl.name.text}\` reads \`${name}\` as ${matched.mismatch.expected}; data \`${train.data}\` yields ${describe(value)}`;
    report(env, "E0402", placeOf(train, "data"), message, describe(value), param.span);
    return null;
  }
  const result = call(fn, fields, forward);
  if (result.kind === "unknown") return null;
  if (result.kind === "record") return result.fields;
  return new Map([["logits", result]]);
}

type Method = {
  readonly fn: FnDecl;
  readonly self: ReadonlyMap<string, Value>;
  readonly env: Env;
  readonly module: Env["module"];
};

function functionOf(instance: StaticInstance, name: string, env: Env): Method | null {
  const value = instanceValue(instance);
  const members = membersOf(value, env);
  const member = members.get(name);
  if (member?.kind !== "function" || member.of !== "fn") return null;
  return {
    fn: member.fn,
    self: members,
    module: member.module,
    env: { ...env, module: member.module, locals: new Map(members) },
  };
}

/** A call with values that no expression of the program gives. */
function call(fn: FnDecl, values: ReadonlyMap<string, Value>, method: Method): Value {
  const locals = new Map([...values].map(([name, value]) => [`given ${name}`, value]));
  const args = fn.params.flatMap((param): Arg[] => {
    const name = param.name.text;
    if (!values.has(name)) return [];
    return [{ name: param.name, value: { kind: "name", text: `given ${name}`, span: param.span }, span: param.span }];
  });
  return callFunction(fn.name.text, fn, method.module, method.self, args, fn.span, { ...method.env, locals });
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

function report(
  env: Env,
  code: "E0401" | "E0402" | "E0404",
  span: Span,
  message: string,
  label: string,
  related?: Span,
  help?: string,
): void {
  env.shapes.context.reporter.report({
    code,
    severity: "error",
    message,
    labels: [{ span, text: label }, ...(related === undefined ? [] : [{ span: related, text: "asked for here" }])],
    ...(help === undefined ? {} : { help }),
  });
}

function placeOf(train: TrainJob, field: string): Span {
  return train.fields.get(field) ?? train.decl.name.span;
}
