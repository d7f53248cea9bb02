/** Calls that are known at check: building a declaration, constructors of job fields, numeric and user functions. */
import type { Arg, Expr, FnDecl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { bindArguments } from "../bind-arguments.ts";
import type { Context } from "../context.ts";
import { constructorOf, isConstructorName } from "../jobs/constructors.ts";
import { isJobKind } from "../kinds.ts";
import { resolveName } from "../names.ts";
import { isPrimitiveName } from "../primitives.ts";
import type { Entity, Module, Static } from "../program.ts";
import { applyFunction } from "./arithmetic.ts";
import { bindParams } from "./bind-params.ts";
import { evaluateStatic, type StaticScope } from "./evaluate-static.ts";
import { deeper, fail } from "./failures.ts";
import { describeStatic } from "./format-static.ts";
import { buildInstance } from "./instance.ts";
import { moduleMember } from "./static-members.ts";
import { entityValue } from "./static-names.ts";

export function evaluateCall(expr: Expr & { kind: "call" }, scope: StaticScope, context: Context): Static | null {
  const callee = resolveCallee(expr.callee, scope, context);
  if (callee === null) return null;
  switch (callee.kind) {
    case "decl":
      return isJobKind(callee.decl.declKind.text)
        ? notCallable(`the ${callee.decl.declKind.text} \`${callee.decl.name.text}\``, expr.callee.span, context)
        : deeper(callee.decl.name.text, expr.span, context, () =>
            buildInstance(callee, expr.args, expr.span, scope, context),
          );
    case "fn":
      return deeper(callee.fn.name.text, expr.span, context, () =>
        callFunction(callee.fn, callee.module, expr.args, expr.span, scope, context),
      );
    case "primitive":
      return callPrimitive(callee.name, expr, scope, context);
    case "binding":
    case "module": {
      const value = entityValue(
        callee,
        callee.kind === "binding" ? callee.name : "module",
        expr.callee.span,
        scope,
        context,
      );
      if (value?.kind === "function") return callValue(value, expr, scope, context);
      return value === null ? null : notCallable(describeStatic(value), expr.callee.span, context);
    }
  }
}

function resolveCallee(callee: Expr, scope: StaticScope, context: Context): Entity | null {
  if (callee.kind === "name") {
    const local = scope.locals.get(callee.text);
    if (local?.kind === "function") return local.entity;
    if (local !== undefined) return notCallable(describeStatic(local), callee.span, context);
    return resolveName(
      { text: callee.text, span: callee.span, module: scope.module, locals: scope.locals.keys() },
      context,
    );
  }
  if (callee.kind === "member" && callee.object.kind === "name" && !scope.locals.has(callee.object.text)) {
    const { text, span } = callee.object;
    const object = resolveName({ text, span, module: scope.module, locals: scope.locals.keys() }, context);
    if (object === null) return null;
    if (object.kind === "module") return moduleMember(object.module, callee.name.text, callee.name.span, context);
    if (object.kind === "decl") {
      return fail(context, {
        code: "E0900",
        severity: "error",
        message: `\`${text}.${callee.name.text}(…)\` is not supported by this version of llmc`,
        labels: [{ span: callee.span, text: "not supported yet" }],
      });
    }
  }
  const value = evaluateStatic(callee, scope, context);
  if (value?.kind === "function") return value.entity;
  return value === null ? null : notCallable(describeStatic(value), callee.span, context);
}

function notCallable(what: string, span: Span, context: Context): null {
  return fail(context, {
    code: "E0108",
    severity: "error",
    message: `${what} cannot be called`,
    labels: [{ span, text: "not a function" }],
  });
}

function callValue(
  value: Static & { kind: "function" },
  expr: Expr & { kind: "call" },
  scope: StaticScope,
  context: Context,
): Static | null {
  const { entity } = value;
  return entity.kind === "fn"
    ? callFunction(entity.fn, entity.module, expr.args, expr.span, scope, context)
    : callPrimitive(entity.name, expr, scope, context);
}

/** A function of the file over known values: `fn small(V: dim) = GPT2(V = V, D = 768)`. */
function callFunction(
  fn: FnDecl,
  module: Module,
  args: readonly Arg[],
  span: Span,
  scope: StaticScope,
  context: Context,
): Static | null {
  const name = fn.name.text;
  const inner = bindParams({ name, params: fn.params, module }, args, span, scope, context);
  if (inner === null) return null;
  if (!isStatements(fn.body)) return evaluateStatic(fn.body, inner, context);
  for (const statement of fn.body) {
    if (statement.kind === "return") return evaluateStatic(statement.value, inner, context);
    if (statement.kind !== "binding" || statement.names.length !== 1) break;
    const value = evaluateStatic(statement.value, inner, context);
    const bindingName = statement.names[0]?.text;
    if (value === null || bindingName === undefined) return null;
    inner.locals.set(bindingName, value);
  }
  return fail(context, {
    code: "E0900",
    severity: "error",
    message: `calling \`${name}\` for a value known at check is not supported by this version of llmc`,
    labels: [{ span, text: "not supported yet" }],
  });
}

function isStatements(body: FnDecl["body"]): body is Exclude<FnDecl["body"], Expr> {
  return Array.isArray(body);
}

function callPrimitive(
  name: string,
  expr: Expr & { kind: "call" },
  scope: StaticScope,
  context: Context,
): Static | null {
  if (isConstructorName(name)) return callConstructor(name, expr, scope, context);
  if (!isPrimitiveName(name)) return notCallable(`\`${name}\``, expr.callee.span, context);
  const args = expr.args.map((arg) => evaluateStatic(arg.value, scope, context));
  const values = args.filter((arg) => arg !== null);
  if (values.length !== args.length) return null;
  const [first] = values;
  if (name === "len" && first?.kind === "list") return { kind: "number", value: first.elements.length, integer: true };
  const result = applyFunction(name, values);
  if (result !== null) return result;
  return fail(context, {
    code: "E0108",
    severity: "error",
    message: `\`${name}\` of ${values.map(describeStatic).join(" and ")} is not known before a run`,
    labels: [{ span: expr.span, text: "not a value known at check" }],
  });
}

function callConstructor(
  name: Parameters<typeof constructorOf>[0],
  expr: Expr & { kind: "call" },
  scope: StaticScope,
  context: Context,
): Static | null {
  const chosen = constructorOf(name);
  if (chosen.later !== null) {
    return fail(context, {
      code: "E0900",
      severity: "error",
      message: `${chosen.later} is not supported by this version of llmc`,
      labels: [{ span: expr.span, text: "not supported yet" }],
    });
  }
  const formals = (chosen.params ?? []).map(({ name, optional, rest }) => ({
    name,
    optional: optional ?? false,
    rest: rest ?? false,
  }));
  const bound = bindArguments(name, formals, expr.args, expr.span, context.reporter);
  if (bound === null) return null;
  const args = new Map<string, Static>();
  for (const [key, arg] of bound.named) {
    const value = evaluateStatic(arg.value, scope, context);
    if (value === null) return null;
    args.set(key, value);
  }
  return { kind: "choice", name, args, span: expr.span };
}
