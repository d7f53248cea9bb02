/** Layers, models, optimizers, schedules and objectives with their arguments: their members become a tree of parameters. */
import type { Binding, Decl } from "../../1-parse/ast.ts";
import type { Module } from "../../2-check/program.ts";
import { DiagnosticError, type Span, unsupported } from "../../diagnostics/report.ts";
import { elementCount } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { f32 } from "../tensors.ts";
import { type Datum, type Instance, tensor } from "./datum.ts";
import { evaluate } from "./expression.ts";
import { verifyFact, verifySize } from "./facts.ts";
import { type Build, type Frame, instanceFrame, memberPlace, mostCalls, originAt, type Place } from "./frame.ts";
import { initialValue } from "./initial-value.ts";
import { destructure } from "./statement.ts";
import { bindType, knownShape } from "./types.ts";

/** Evaluates all members: parameters are created in the order they are written. */
export function instantiate(
  build: Build,
  of: { readonly decl: Decl; readonly module: Module },
  given: ReadonlyMap<string, Datum>,
  place: Place,
  depth = 0,
): Instance {
  if (depth > mostCalls) unsupported(of.decl.span, `a declaration inside ${mostCalls} others`);
  const { decl, module } = of;
  const args = new Map<string, Datum>();
  const instance: Instance = { decl, module, ...place, args, members: new Map(), depth, pending: new Set() };
  const frame = instanceFrame(build, instance);
  for (const param of decl.params ?? []) {
    const name = param.name.text;
    const value = given.get(name) ?? (param.default === null ? undefined : evaluate(frame, param.default));
    invariant(value !== undefined, `\`${decl.name.text}\` needs \`${name}\``);
    if (param.type?.kind === "named" && param.type.name?.text === "dim") verifySize(name, decl, value, param.name.span);
    args.set(name, param.type === null ? value : bindType(frame, param.type, value, `\`${name}\``));
  }
  for (const fact of decl.where) verifyFact(frame, fact);
  for (const member of decl.members) {
    if (member.kind === "binding" && !isState(member)) memberOf(build, instance, member.names[0]!.text);
    else if (member.kind === "assert") verifyFact(frame, member.condition, member.message);
    else if (member.kind === "spread") unsupported(member.span, "a spread inside a declaration");
    else if (member.kind === "entry") unsupported(member.span, "a member named by a string");
  }
  return instance;
}

/** A parameter, member or method by name; null where the declaration has none. A `state` is there once it is given its shape. */
export function memberOf(build: Build, instance: Instance, name: string): Datum | null {
  const known = instance.args.get(name) ?? instance.members.get(name);
  if (known !== undefined) return known;
  for (const member of instance.decl.members) {
    if (member.kind === "fn" && member.name.text === name) {
      return { kind: "function", fn: member, module: instance.module, self: instance };
    }
    if (member.kind !== "binding" || !member.names.some((own) => own.text === name) || isState(member)) continue;
    invariant(!instance.pending.has(name), `members of \`${instance.decl.name.text}\` wait for each other: ${name}`);
    for (const own of member.names) instance.pending.add(own.text);
    const parts = evaluateMember(build, instance, member);
    member.names.forEach((own, i) => {
      instance.members.set(own.text, parts[i]!);
      instance.pending.delete(own.text);
    });
    return instance.members.get(name) ?? null;
  }
  return null;
}

/** `m: state[*S] = zeros`. */
export function isState(member: Binding): boolean {
  return member.type?.kind === "named" && member.type.name?.text === "state";
}

function evaluateMember(build: Build, instance: Instance, member: Binding): readonly Datum[] {
  const frame = instanceFrame(build, instance);
  const name = member.names[0]!.text;
  if (member.type?.kind === "named" && member.type.name?.text === "param") return [parameter(frame, name, member)];
  const value = evaluate({ ...frame, naming: memberPlace(frame.naming, name) }, member.value);
  const typed = member.type === null ? value : bindType(frame, member.type, value, `\`${name}\``);
  return destructure(build, typed, member.names.length);
}

/** `weight: param[O, I] = normal(std)`; where the value is `none` there is no parameter. */
function parameter(frame: Frame, name: string, member: Binding): Datum {
  const { build } = frame;
  const place = memberPlace(frame.naming, name);
  const initial = evaluate({ ...frame, naming: place }, member.value);
  if (initial.kind === "none") return initial;
  const shape = member.type?.kind === "named" ? knownShape(frame, member.type.shape ?? []) : null;
  invariant(shape !== null, `the shape of parameter ${place.path} is not known`);
  if (elementCount(shape) > mostElements) failSize(place.path, shape, member.span);
  const id = build.tensors.obtain(place.path, "parameter", f32(shape), originAt(place, member.span));
  if (build.met.has(id)) unsupported(member.span, `a second parameter at the path ${place.path}`);
  build.met.add(id);
  return build.graph.at(originAt(place, member.span), () => {
    if (build.initialising) build.graph.update(id, initialValue(build, initial, shape, place.path));
    return tensor(build.graph.persistent(id));
  });
}

/** Kernels count elements in i32. */
const mostElements = 2 ** 31 - 1;

function failSize(path: string, shape: readonly number[], span: Span): never {
  throw new DiagnosticError([
    {
      code: "E0109",
      severity: "error",
      message: `\`${path}\` would be [${shape.join(", ")}]; a tensor has at most 2^31 - 1 elements`,
      labels: [{ span, text: "too large" }],
    },
  ]);
}
