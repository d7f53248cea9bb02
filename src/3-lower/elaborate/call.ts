/** Calls: declared functions, methods, lambdas, layers as functions, layer constructors, primitives. */
import type { Arg, Expr, FnDecl, Param } from "../../1-parse/ast.ts";
import type { Module } from "../../2-check/program.ts";
import { type Span, unsupported } from "../../diagnostics/report.ts";
import { tensorType } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { callPrimitive } from "../primitives.ts";
import { type Datum, type Instance, integer, tensor, withoutNames } from "./datum.ts";
import { evaluate } from "./expression.ts";
import { verifyFact } from "./facts.ts";
import { type Frame, innerFrame, instanceFrame, memberPlace, mostCalls } from "./frame.ts";
import { instantiate, memberOf } from "./instance.ts";
import { execute } from "./statement.ts";
import { shapeOf, staticNumber } from "./tensor-ops.ts";
import { bindType } from "./types.ts";

/** Arguments as written: evaluated, not yet matched with parameters. */
export type Args = {
  readonly positional: readonly Datum[];
  readonly named: ReadonlyMap<string, Datum>;
  readonly span: Span;
};

export function evaluateCall(frame: Frame, expr: Expr & { kind: "call" }): Datum {
  const callee = evaluate(frame, expr.callee);
  return apply(frame, callee, evaluateArgs(frame, callee, [], expr.args, expr.span));
}

/** `x |> f(a)` is `f(x, a)`. */
export function applyPiped(frame: Frame, left: Datum, right: Expr): Datum {
  const calleeExpr = right.kind === "call" ? right.callee : right;
  const written = right.kind === "call" ? right.args : [];
  const callee = evaluate(frame, calleeExpr);
  return apply(frame, callee, evaluateArgs(frame, callee, [left], written, right.span));
}

export function apply(frame: Frame, callee: Datum, args: Args): Datum {
  switch (callee.kind) {
    case "function":
      return callFunction(frame, callee, args);
    case "lambda": {
      const inner = { ...innerFrame(callee.frame), depth: frame.depth + 1 };
      bindParams(inner, callee.params, args);
      return evaluate(inner, callee.body);
    }
    case "instance":
      return callInstance(frame, callee.instance, args);
    case "decl": {
      const given = matchArgs(callee.decl.params ?? [], args, callee.decl.name.text);
      return { kind: "instance", instance: instantiate(frame.build, callee, given, frame.naming, frame.depth + 1) };
    }
    case "primitive":
      return callPrimitive(frame, callee.name, args);
    // A constant schedule: `lr(t)` of a number is the number.
    case "number":
    case "percent":
      return callee;
    default:
      return unsupported(args.span, `a call of a ${callee.kind}`);
  }
}

function callFunction(
  frame: Frame,
  callee: { readonly fn: FnDecl; readonly module: Module; readonly self: Instance | null },
  args: Args,
): Datum {
  const { fn, module, self } = callee;
  const depth = frame.depth + 1;
  if (depth > mostCalls) unsupported(args.span, `more than ${mostCalls} calls inside each other`);
  const base =
    self === null
      ? { ...innerFrame(frame), module, self, outer: null, depth }
      : instanceFrame(frame.build, self, depth);
  bindParams(base, fn.params, args);
  return withoutNames(runBody(base, fn));
}

/** Facts, statements and the promised type of a function whose parameters are bound. */
export function runBody(frame: Frame, fn: FnDecl): Datum {
  for (const fact of fn.where) verifyFact(frame, fact);
  const result = isExpr(fn.body) ? evaluate(frame, fn.body) : execute(frame, fn.body);
  invariant(result !== null, `\`${fn.name.text}\` returns nothing`);
  return fn.result === null ? result : bindType(frame, fn.result, result, `result of \`${fn.name.text}\``);
}

/** A layer or model runs its `forward`, a schedule its `at`, whose `total` is the program's where it is left out. */
function callInstance(frame: Frame, instance: Instance, args: Args): Datum {
  const name = instance.decl.declKind.text === "schedule" ? "at" : "forward";
  const method = memberOf(frame.build, instance, name);
  invariant(method?.kind === "function", `\`${instance.decl.name.text}\` has no fn ${name}`);
  const position = method.fn.params.findIndex((param) => param.name.text === "total");
  if (name === "forward" || position < 0 || position < args.positional.length || args.named.has("total")) {
    return apply(frame, method, args);
  }
  const total = tensor(frame.build.graph.input("total", tensorType("f32", [])));
  return apply(frame, method, { ...args, named: new Map([...args.named, ["total", total]]) });
}

/** Binds arguments, then defaults (which see earlier parameters), then the dimensions of their types. */
export function bindParams(frame: Frame, params: readonly Param[], args: Args): void {
  const given = matchArgs(params, args, "the function");
  for (const param of params) {
    const name = param.name.text;
    const value = given.get(name) ?? (param.default === null ? undefined : evaluate(frame, param.default));
    invariant(value !== undefined, `argument \`${name}\` is missing`);
    frame.locals.set(name, withoutNames(value));
    if (param.type?.optional === true) frame.optionals.add(name);
  }
  for (const param of params) {
    const name = param.name.text;
    if (param.type === null) continue;
    frame.locals.set(name, bindType(frame, param.type, frame.locals.get(name)!, `argument \`${name}\``));
  }
}

function matchArgs(params: readonly Param[], args: Args, callee: string): ReadonlyMap<string, Datum> {
  const given = new Map(args.named);
  args.positional.forEach((value, i) => {
    const param = params[i];
    invariant(param !== undefined, `${callee} takes ${params.length} arguments, not ${args.positional.length}`);
    given.set(param.name.text, value);
  });
  return given;
}

/** Layers built as arguments of a constructor are named after the parameter: `head.inner`. */
function evaluateArgs(frame: Frame, callee: Datum, piped: readonly Datum[], written: readonly Arg[], span: Span): Args {
  const positional = [...piped];
  const named = new Map<string, Datum>();
  for (const arg of written) {
    const name = arg.name?.text ?? null;
    const param = name ?? paramName(callee, positional.length);
    const naming = callee.kind === "decl" && param !== null ? memberPlace(frame.naming, param) : frame.naming;
    const at = { ...frame, naming };
    if (name === null) positional.push(evaluate(at, arg.value));
    else named.set(name, name === "axis" ? axisArgument(at, positional[0], arg) : evaluate(at, arg.value));
  }
  return { positional, named, span };
}

function paramName(callee: Datum, position: number): string | null {
  return callee.kind === "decl" ? (callee.decl.params?.[position]?.name.text ?? null) : null;
}

/**
 * `axis = D` is the axis of the dimension D, `axis = -1` a position; lower-case names hold positions. An axis is known
 * by the name it was declared with, or where an operation lost that, by its size.
 */
function axisArgument(frame: Frame, operand: Datum | undefined, arg: Arg): Datum {
  const value = evaluate(frame, arg.value);
  if (arg.value.kind !== "name" || !/^[A-Z]/.test(arg.value.text) || operand === undefined) return value;
  const name = arg.value.text;
  const size = staticNumber(value)?.value;
  const shape = shapeOf(frame.build, operand);
  const named = operand.kind === "tensor" ? (operand.axes ?? []).flatMap((own, i) => (own === name ? [i] : [])) : [];
  if (named.length === 1 && shape[named[0]!] === size) return integer(named[0]! - shape.length);
  const axis = shape.indexOf(size ?? -1);
  invariant(axis >= 0, () => `no axis of [${shape}] is ${name} = ${size}`);
  if (shape.filter((other) => other === size).length > 1) {
    unsupported(
      arg.span,
      "an axis named by a dimension as large as another one of the same tensor",
      "write its position",
    );
  }
  return integer(axis - shape.length);
}

function isExpr(body: FnDecl["body"]): body is Expr {
  return !Array.isArray(body);
}
