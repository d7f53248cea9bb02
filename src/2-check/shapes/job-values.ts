/** What a train job computes with: fields of its data, outputs of its model, functions of its objective. */
import type { Arg, FnDecl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { constant, named } from "../../ir/dim.ts";
import { noFacts } from "../../ir/dim-facts.ts";
import type { DataJob, TrainJob } from "../program.ts";
import { callFunction } from "./calls.ts";
import type { Env, Shapes } from "./env.ts";
import { instanceValue, type StaticInstance } from "./from-static.ts";
import { membersOf } from "./instances.ts";
import { match } from "./match.ts";
import { nothingBound } from "./types.ts";
import { describe, dimAxis, tensor, unknown, type Value } from "./value.ts";

export function jobEnv(train: TrainJob, shapes: Shapes): Env {
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
export function fieldsOf(data: DataJob): ReadonlyMap<string, Value> {
  const shape = [dimAxis(named("B")), dimAxis(constant(data.window + data.overlap))];
  return new Map([
    ["ids", tensor("i32", shape)],
    ["mask", tensor("bool", shape)],
  ]);
}

/** What the objective makes of the fields before the model sees them; null where that fails by itself. */
export function preparedFields(
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
export function outputsOf(
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

export type Method = {
  readonly fn: FnDecl;
  readonly self: ReadonlyMap<string, Value>;
  readonly env: Env;
  readonly module: Env["module"];
};

export function functionOf(instance: StaticInstance, name: string, env: Env): Method | null {
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
export function call(fn: FnDecl, values: ReadonlyMap<string, Value>, method: Method): Value {
  const locals = new Map([...values].map(([name, value]) => [`given ${name}`, value]));
  const args = fn.params.flatMap((param): Arg[] => {
    const name = param.name.text;
    if (!values.has(name)) return [];
    return [{ name: param.name, value: { kind: "name", text: `given ${name}`, span: param.span }, span: param.span }];
  });
  return callFunction(fn.name.text, fn, method.module, method.self, args, fn.span, { ...method.env, locals });
}

export function report(
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

export function placeOf(train: TrainJob, field: string): Span {
  return train.fields.get(field) ?? train.decl.name.span;
}
