/** Runs a model on the data's fields: parameters of `forward` are fields by name, results are outputs by name. */

import type { FnDecl } from "../1-parse/ast.ts";
import { unsupported } from "../diagnostics/report.ts";
import { invariant } from "../support/invariant.ts";
import type { Setting } from "./build.ts";
import { apply } from "./elaborate/call.ts";
import { type Datum, type Instance, none, tensor } from "./elaborate/datum.ts";
import { type Build, instanceFrame } from "./elaborate/frame.ts";
import { memberOf } from "./elaborate/instance.ts";
import { staticInstance } from "./static.ts";

/** The model of the job, at the root of the parameter tree. */
export function buildModel(build: Build, setting: Setting): Instance {
  return staticInstance(build, setting.train.model, { path: "", loop: null });
}

/** Outputs by name; a model with one output calls it `logits`. */
export function runForward(
  build: Build,
  model: Instance,
  prepared: ReadonlyMap<string, Datum>,
): ReadonlyMap<string, Datum> {
  const outputs = callByName(build, model, "forward", [prepared]);
  return outputs.kind === "record" ? outputs.fields : new Map([["logits", outputs]]);
}

/** Calls a method whose parameters are named after what there is: the first of `sources` that has the name, then the data's fields. */
export function callByName(
  build: Build,
  instance: Instance,
  name: string,
  sources: readonly ReadonlyMap<string, Datum>[],
): Datum {
  const method = memberOf(build, instance, name);
  invariant(method?.kind === "function", `\`${instance.decl.name.text}\` has no fn ${name}`);
  const named = new Map<string, Datum>();
  for (const param of method.fn.params) {
    const value = named.get(param.name.text) ?? provided(build, param, sources);
    if (value !== null) named.set(param.name.text, value);
  }
  const frame = instanceFrame(build, instance);
  return apply(frame, method, { positional: [], named, span: method.fn.span });
}

function provided(
  build: Build,
  param: FnDecl["params"][number],
  sources: readonly ReadonlyMap<string, Datum>[],
): Datum | null {
  const name = param.name.text;
  for (const source of sources) {
    const value = source.get(name);
    if (value !== undefined) return value;
  }
  const field = build.fields.get(name);
  if (field !== undefined) return tensor(build.graph.input(name, field));
  if (param.default !== null) return null;
  if (param.type?.optional === true) return none;
  return unsupported(param.span, `the field \`${name}\` of data`);
}
