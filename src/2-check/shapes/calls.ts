/** Calls: layers, functions with a signature, functions without a result type (followed), primitives. */
import type { Arg, Expr, FnDecl, Param } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { type Dim, nameOf } from "../../ir/dim.ts";
import { bindArguments } from "../bind-arguments.ts";
import { constructorNames } from "../jobs/constructors.ts";
import type { Module } from "../program.ts";
import { evaluateBody } from "./body.ts";
import { namesInDim } from "./dims.ts";
import { type Env, type Finding, fail, reporterOf } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { dimsAmong, holdFacts } from "./facts.ts";
import { buildShape, membersOf } from "./instances.ts";
import { match } from "./match.ts";
import { callPrimitive } from "./primitive-calls.ts";
import { reportArgument } from "./report-argument.ts";
import { type Bound, nothingBound, typeValue } from "./types.ts";
import { describe, type FunctionValue, type Instance, intOf, tensor, unknown, type Value } from "./value.ts";

type Call = Expr & { readonly kind: "call" };

export function evaluateCall(call: Call, env: Env): Value {
  const callee = evaluateShape(call.callee, env);
  switch (callee.kind) {
    case "function":
      return callFunctionValue(callee, call, env);
    case "instance":
      return callInstance(callee, call, env);
    case "schedule":
      return callSchedule(call, env);
    case "unknown":
      for (const arg of call.args) evaluateShape(arg.value, env);
      return unknown;
    case "list":
    case "sequence":
      return notCallable("a list is not called", "write `for layer in layers { x = layer(x) }`", call, env);
    default:
      return notCallable(`${describe(callee)} is not called`, undefined, call, env);
  }
}

function notCallable(message: string, help: string | undefined, call: Call, env: Env): Value {
  return fail(env, "E0108", call.callee.span, [], () => ({
    message,
    label: "not a function",
    ...(help === undefined ? {} : { help }),
  }));
}

function callFunctionValue(callee: FunctionValue, call: Call, env: Env): Value {
  switch (callee.of) {
    case "decl":
      return buildShape(callee.decl, callee.module, call.args, call.span, env);
    case "fn":
      return callFunction(nameIn(call.callee), callee.fn, callee.module, callee.self, call.args, call.span, env);
    case "primitive":
      if (constructorNames.some((name) => name === callee.name)) {
        return notCallable(`\`${callee.name}\` is for jobs`, undefined, call, env);
      }
      return callPrimitive(callee.name, call, env);
    case "type":
      return callTyped(callee, call, env);
  }
}

function nameIn(callee: Expr): string {
  if (callee.kind === "name") return callee.text;
  return callee.kind === "member" ? callee.name.text : "this function";
}

/** `qkv(x)`: its `forward`. */
function callInstance(instance: Instance, call: Call, env: Env): Value {
  const forward = membersOf(instance, env).get("forward");
  if (forward?.kind !== "function" || forward.of !== "fn") {
    for (const arg of call.args) evaluateShape(arg.value, env);
    return notCallable(`${describe(instance)} has no \`forward\``, undefined, call, env);
  }
  return callFunction(nameIn(call.callee), forward.fn, forward.module, forward.self, call.args, call.span, env);
}

/** `lr(t)`: the value of a hyperparameter at a step. */
function callSchedule(call: Call, env: Env): Value {
  const values = call.args.map((arg) => evaluateShape(arg.value, env));
  if (call.args.length === 1) return values[0]?.kind === "unknown" ? unknown : tensor("float", []);
  return fail(env, "E0106", call.span, [], () => ({
    message: "a schedule is called with the step: `lr(t)`",
    label: `${call.args.length} arguments`,
  }));
}

/** A parameter of a function type: held to it. */
function callTyped(callee: FunctionValue & { of: "type" }, call: Call, env: Env): Value {
  const bound = nothingBound();
  const values = call.args.map((arg) => evaluateShape(arg.value, env));
  if (values.length !== callee.params.length) {
    return fail(env, "E0106", call.span, [], () => ({
      message: `\`${nameIn(call.callee)}\` takes ${callee.params.length} arguments, got ${values.length}`,
      label: "wrong number of arguments",
    }));
  }
  for (const [i, type] of callee.params.entries()) {
    const [value, arg] = [values[i] ?? unknown, call.args[i]];
    const matched = match(type, value, bound, env);
    if ("mismatch" in matched && arg !== undefined) {
      const callee = nameIn(call.callee);
      const { mismatch } = matched;
      return reportArgument(
        { callee, param: null, mismatch, value, span: arg.value.span, names: new Map(), inner: env },
        env,
      );
    }
  }
  return typeValue(callee.result, "result", bound, "use", { ...env, quiet: true });
}

export function callFunction(
  name: string,
  fn: FnDecl,
  module: Module,
  self: ReadonlyMap<string, Value>,
  args: readonly Arg[],
  span: Span,
  env: Env,
): Value {
  const formals = fn.params.map((param) => ({
    name: param.name.text,
    optional: param.default !== null || param.type?.optional === true,
  }));
  const given = bindArguments(name, formals, args, span, reporterOf(env));
  const values = new Map(args.map((arg) => [arg, evaluateShape(arg.value, env)]));
  if (given === null) return unknown;

  const bound = nothingBound();
  const locals = new Map(self);
  const inner: Env = { ...env, module, locals, quiet: true };
  let failed = false;
  for (const param of fn.params) {
    const arg = given.named.get(param.name.text);
    const value = arg === undefined ? defaultOf(param, inner) : (values.get(arg) ?? unknown);
    const matched = param.type === null ? value : match(param.type, value, bound, inner);
    if (!("mismatch" in matched)) {
      locals.set(param.name.text, matched);
      continue;
    }
    failed = true;
    const names = namesOf(param, locals, bound);
    const { mismatch } = matched;
    reportArgument({ callee: name, param, mismatch, value, span: arg?.value.span ?? span, names, inner }, env);
  }
  for (const [key, dim] of bound.dims) locals.set(key, intOf(dim));
  for (const [key, shape] of bound.stars) locals.set(`*${key}`, tensor("float", shape));
  if (failed) return unknown;
  holdFacts(fn.where, name, inner, span, env);
  if (!env.quiet) env.summary.calls.push({ fn, dims: dimsAmong(locals), span });
  if (fn.result !== null && takesPositions(fn) && !holdsFor(fn, name, inner, span, env)) return unknown;
  if (fn.result !== null) return typeValue(fn.result, "result", bound, "use", inner);
  return env.shapes.active.includes(fn) ? unknown : follow(fn, inner);
}

/** `softmax(x, axis = 5)`: a whole number that is no size may be the position of an axis. */
function takesPositions(fn: FnDecl): boolean {
  return fn.params.some(({ type }) => type?.kind === "named" && type.shape === null && type.name?.text === "int");
}

/** The body with these arguments, for what could not be said for all positions. */
function holdsFor(fn: FnDecl, name: string, inner: Env, span: Span, env: Env): boolean {
  if (env.quiet || env.shapes.active.includes(fn)) return true;
  const findings: Finding[] = [];
  const scratch = { obligations: [], calls: [], known: inner.known };
  follow(fn, { ...inner, shapes: { ...env.shapes, findings }, summary: scratch, quiet: false });
  const [first] = findings;
  if (first === undefined) return true;
  const { code, message } = first.build(null);
  fail(env, code, span, [], () => ({ message: `${name}: ${message}`, label: "with these arguments" }));
  return false;
}

function defaultOf(param: Param, env: Env): Value {
  return param.default === null ? { kind: "none" } : evaluateShape(param.default, env);
}

/** A function that does not say what it returns: its body with these arguments. */
function follow(fn: FnDecl, env: Env): Value {
  env.shapes.active.push(fn);
  const value = evaluateBody(fn, env);
  env.shapes.active.pop();
  return value;
}

/** The callee's dimensions in a parameter's type, where they are called otherwise by the caller: `I = D`. */
function namesOf(param: Param, locals: ReadonlyMap<string, Value>, bound: Bound): ReadonlyMap<string, Dim> {
  const names = new Map<string, Dim>();
  if (param.type?.kind !== "named") return names;
  for (const axis of param.type.shape ?? []) {
    if (axis.kind !== "dim") continue;
    for (const { text } of namesInDim(axis.value)) {
      const local = locals.get(text);
      const dim = local?.kind === "int" ? local.dim : bound.dims.get(text);
      if (dim !== undefined && nameOf(dim) !== text) names.set(text, dim);
    }
  }
  return names;
}
