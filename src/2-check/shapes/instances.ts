/** Layers and their kin while shapes are checked: building one, and its members in the dimensions of whoever holds it. */
import type { Arg, Decl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { bindArguments } from "../bind-arguments.ts";
import type { Module } from "../program.ts";
import { type Env, fail, reporterOf } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { holdFacts } from "./facts.ts";
import { match } from "./match.ts";
import { nothingBound, typeValue } from "./types.ts";
import { describe, type Instance, intOf, unknown, type Value } from "./value.ts";

export function buildShape(decl: Decl, module: Module, args: readonly Arg[], span: Span, env: Env): Value {
  const name = decl.name.text;
  const params = decl.params ?? [];
  const formals = params.map((param) => ({ name: param.name.text, optional: param.default !== null }));
  const bound = bindArguments(name, formals, args, span, reporterOf(env));
  const values = new Map(args.map((arg) => [arg, evaluateShape(arg.value, env)]));
  if (bound === null) return unknown;
  const own = new Map<string, Value>();
  const inner: Env = { ...env, module, locals: own, quiet: true };
  let failed = false;
  for (const param of params) {
    const arg = bound.named.get(param.name.text);
    const value =
      arg === undefined
        ? param.default === null
          ? unknown
          : evaluateShape(param.default, inner)
        : (values.get(arg) ?? unknown);
    const matched = param.type === null ? value : match(param.type, value, nothingBound(), inner);
    if ("mismatch" in matched) {
      failed = true;
      const { code, expected } = matched.mismatch;
      fail(env, code, arg?.value.span ?? span, [], () => ({
        message: `\`${param.name.text}\` of ${name} expects ${expected}, got ${describe(value)}`,
        label: `expected ${expected}`,
      }));
    }
    own.set(param.name.text, "mismatch" in matched ? unknown : matched);
  }
  if (failed) return unknown;
  holdFacts(decl.where, name, inner, span, env);
  return { kind: "instance", decl, module, args: own, members: new Map() };
}

/** A parameter, member or function of an instance; null where it has none of this name. */
export function memberOfInstance(instance: Instance, name: string, env: Env): Value | null {
  const members = membersOf(instance, env);
  return members.get(name) ?? null;
}

export function membersOf(instance: Instance, env: Env): ReadonlyMap<string, Value> {
  if (instance.members.size > 0) return instance.members;
  const { decl, module, args, members } = instance;
  for (const [name, value] of args) members.set(name, value);
  const inner: Env = { ...env, module, locals: members, quiet: true };
  for (const member of decl.members) {
    if (member.kind === "fn") {
      members.set(member.name.text, { kind: "function", of: "fn", fn: member, module, self: members });
    } else if (member.kind === "binding") {
      const [name] = member.names;
      if (name === undefined || member.names.length !== 1) continue;
      const value =
        member.type === null
          ? evaluateShape(member.value, inner)
          : member.type.kind === "named" && member.type.shape !== null
            ? typeValue(member.type, name.text, nothingBound(), "bind", inner)
            : evaluateShape(member.value, inner);
      members.set(name.text, value.kind === "int" ? intOf(value.dim) : value);
    }
  }
  return members;
}
