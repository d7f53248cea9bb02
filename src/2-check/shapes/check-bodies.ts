/** Checks each declaration and function once, for all sizes. */
import type { Decl, FnDecl, Member, Param } from "../../1-parse/ast.ts";
import { unsupportedDiagnostic } from "../../diagnostics/report.ts";
import { constantOf, named } from "../../ir/dim.ts";
import { define, noFacts } from "../../ir/dim-facts.ts";
import { type DeclarationKind, isDeclarationKind } from "../kinds.ts";
import type { Module } from "../program.ts";
import { evaluateBody } from "./body.ts";
import { dimsIn } from "./broadcast.ts";
import { assume, type Env, fail, type Shapes, type Summary } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { assumeFacts } from "./facts.ts";
import { match } from "./match.ts";
import { checkRoles } from "./roles.ts";
import { type Bound, nothingBound, typeValue } from "./types.ts";
import { warnUnusedDimensions } from "./usage.ts";
import { describe, intOf, tensor, unknown, type Value } from "./value.ts";

/** Every declaration and function of a file. */
export function checkModule(module: Module, shapes: Shapes): void {
  for (const item of module.ast.items) {
    if (item.kind === "decl" && isDeclarationKind(item.declKind.text))
      checkDeclaration(item, item.declKind.text, module, shapes);
    else if (item.kind === "fn") checkFunction(item, module, freshEnv(item, module, shapes));
  }
}

/** The summary of a function, checked now if its file was not (the standard library's bodies are checked on demand). */
export function summaryOf(fn: FnDecl, shapes: Shapes): Summary | null {
  const known = shapes.summaries.get(fn);
  if (known !== undefined) return known;
  for (const module of shapes.context.loaded.modules.values()) {
    for (const item of module.ast.items) {
      if (item === fn) checkFunction(fn, module, freshEnv(fn, module, shapes));
      else if (item.kind === "decl" && isDeclarationKind(item.declKind.text) && item.members.includes(fn)) {
        checkDeclaration(item, item.declKind.text, module, shapes);
      }
    }
  }
  return shapes.summaries.get(fn) ?? null;
}

function freshEnv(owner: FnDecl | Decl, module: Module, shapes: Shapes): Env {
  const known = { facts: noFacts };
  return {
    shapes,
    module,
    owner,
    locals: new Map(),
    places: new Map(),
    known,
    summary: { obligations: [], calls: [], known },
    quiet: false,
  };
}

function checkDeclaration(decl: Decl, kind: DeclarationKind, module: Module, shapes: Shapes): void {
  const env = freshEnv(decl, module, shapes);
  const bound = nothingBound();
  for (const param of decl.params ?? []) declareParam(param, bound, env);
  assumeFacts(decl.where, env);
  for (const condition of decl.where) evaluateShape(condition, env);
  const functions: FnDecl[] = [];
  for (const member of decl.members) {
    if (member.kind === "fn") functions.push(member);
    else checkMember(member, kind, bound, env);
  }
  checkRoles(decl, kind, functions, env);
  for (const fn of functions) {
    env.locals.set(fn.name.text, { kind: "function", of: "fn", fn, module, self: env.locals });
  }
  for (const fn of functions) {
    const known = { facts: env.known.facts };
    const summary = { obligations: [], calls: [], known };
    checkFunction(fn, module, { ...env, owner: fn, locals: new Map(env.locals), places: new Map(), known, summary });
  }
}

function declareParam(param: Param, bound: Bound, env: Env): void {
  const name = param.name.text;
  const value = param.type === null ? unknown : typeValue(param.type, name, bound, "bind", env);
  if (param.default !== null && param.type !== null) {
    const given = evaluateShape(param.default, env);
    const matched = match(param.type, given, nothingBound(), env);
    if ("mismatch" in matched) {
      const { code, expected } = matched.mismatch;
      fail(env, code, param.default.span, [], () => ({
        message: `\`${name}\` expects ${expected}, and its default is ${describe(given)}`,
        label: `expected ${expected}`,
      }));
    }
  }
  env.locals.set(name, value);
  env.places.set(name, param.name.span);
}

function checkMember(member: Exclude<Member, FnDecl>, kind: DeclarationKind, bound: Bound, env: Env): void {
  if (member.kind !== "binding") {
    if (member.kind === "assert") evaluateShape(member.condition, env);
    else {
      fail(env, "E0103", member.span, [], () => ({
        message: `a ${kind} has members, \`name = value\``,
        label: "not a member",
      }));
    }
    return;
  }
  const value = evaluateShape(member.value, env);
  const [name] = member.names;
  if (member.names.length !== 1 || name === undefined) {
    const elements = value.kind === "tuple" ? value.elements : [];
    for (const [i, each] of member.names.entries()) env.locals.set(each.text, elements[i] ?? unknown);
    return;
  }
  if (env.locals.has(name.text)) {
    fail(env, "E0105", name.span, [], () => ({
      message: `\`${name.text}\` is already a parameter or member`,
      label: "declared again",
    }));
    return;
  }
  const { type } = member;
  if (type === null) {
    env.locals.set(name.text, namedMember(name.text, value, env));
    return;
  }
  const declared = typeValue(type, name.text, bound, "bind", env);
  const holder = type.kind === "named" ? type.name?.text : undefined;
  if (holder === "param" || holder === "state") {
    checkHolder(holder, kind, type.span, env);
    checkInitial(name.text, value, declared, member.value.span, env);
    env.locals.set(name.text, declared);
    if (holder === "state") env.locals.set(`state ${name.text}`, tensor("float", []));
    return;
  }
  const matched = match(type, value, nothingBound(), env);
  if ("mismatch" in matched) {
    const { code, expected } = matched.mismatch;
    fail(env, code, member.value.span, [], () => ({
      message: `\`${name.text}\` is declared ${expected} but is ${describe(value)}`,
      label: describe(value),
    }));
  }
  env.locals.set(name.text, "mismatch" in matched ? unknown : namedMember(name.text, matched, env));
}

/** `K = D // H`: a name of its own in shapes, with its definition as a fact. */
function namedMember(name: string, value: Value, env: Env): Value {
  if (value.kind !== "int" || constantOf(value.dim) !== null) return value;
  assume(env, (facts) => define(facts, name, value.dim));
  return intOf(named(name));
}

/** Parameters live in layers and models, state in optimizers. */
function checkHolder(holder: "param" | "state", kind: DeclarationKind, span: Member["span"], env: Env): void {
  const right = holder === "param" ? kind === "layer" || kind === "model" : kind === "optimizer";
  if (right) return;
  if (holder === "state" && (kind === "layer" || kind === "model")) {
    env.shapes.context.reporter.report(unsupportedDiagnostic(span, "a layer with state"));
    return;
  }
  fail(env, "E0108", span, [], () => ({
    message: `${kind === "optimizer" || kind === "objective" ? "an" : "a"} ${kind} has no \`${holder}[…]\``,
    label: holder === "param" ? "parameters are for layers and models" : "state is for optimizers",
  }));
}

function checkInitial(name: string, value: Value, declared: Value, span: Member["span"], env: Env): void {
  const plain = value.kind === "optional" ? value.of : value;
  const mayBeNone = declared.kind === "optional";
  if (plain.kind === "fill" || plain.kind === "unknown") {
    if (value.kind !== "optional" || mayBeNone) return;
  }
  if (value.kind === "none" && mayBeNone) return;
  fail(env, "E0108", span, [], () => ({
    message: `\`${name}\` starts as ${describe(value)}`,
    label: "an initialiser is expected",
    help:
      value.kind === "optional" || value.kind === "none"
        ? "a parameter that may be missing has `?` after its type"
        : "zeros, ones, normal(std), uniform(bound), constant(value)",
  }));
}

function checkFunction(fn: FnDecl, module: Module, env: Env): void {
  env.shapes.summaries.set(fn, env.summary);
  const before = env.shapes.findings.length;
  const bound = nothingBound();
  for (const param of fn.params) declareParam(param, bound, env);
  for (const name of bound.dims.keys()) if (!env.locals.has(name)) env.locals.set(name, intOf(named(name)));
  for (const [name, shape] of bound.stars) env.locals.set(`*${name}`, tensor("float", shape));
  assumeFacts(fn.where, env);
  for (const condition of fn.where) evaluateShape(condition, env);
  const { result } = fn;
  // Names of the result must be bound by now.
  const promised = result === null ? null : typeValue(result, "result", bound, "use", env);
  evaluateBody(fn, env, (value, expr) => {
    if (result === null || promised?.kind === "unknown" || value.kind === "unknown") return;
    const matched = match(result, value, { dims: new Map(bound.dims), stars: new Map(bound.stars) }, env);
    if (!("mismatch" in matched)) return;
    const { code, expected } = matched.mismatch;
    const about = value.kind === "tensor" ? dimsIn(value.shape) : [];
    fail(env, code === "E0203" || code === "E0108" ? "E0204" : code, expr.span, about, () => ({
      message: `${fn.name.text} promises ${expected} but returns ${describe(value)}`,
      label: describe(value),
      related: [{ span: result.span, text: "promised here" }],
    }));
  });
  // Where something is wrong with the shapes, that is what there is to say.
  if (env.shapes.findings.length === before) warnUnusedDimensions(fn, [...bound.dims.keys()], module, env);
}
