/** The value of an expression while shapes are checked. Says what is wrong once, then gives `unknown`. */
import type { Expr, Member } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { constant, named } from "../../ir/dim.ts";
import { assumeUnbounded } from "../../ir/dim-facts.ts";
import { resolveName } from "../names.ts";
import type { Entity } from "../program.ts";
import { pipedCall } from "../static/static-operators.ts";
import { evaluateCall } from "./calls.ts";
import { evaluateIf } from "./conditionals.ts";
import { assume, type Env, fail, innerEnv } from "./env.ts";
import { evaluateIndex } from "./indexing.ts";
import { evaluateMember } from "./members.ts";
import { binary, unary } from "./operators.ts";
import { describe, intOf, none, someFloat, unknown, type Value } from "./value.ts";

export function evaluateShape(expr: Expr, env: Env): Value {
  switch (expr.kind) {
    case "number":
      return expr.integer ? intOf(constant(expr.value), true) : { kind: "float", value: expr.value };
    case "quantity":
      return { kind: "duration" };
    case "percent":
      return { kind: "float", value: expr.value, percent: true };
    case "string":
      return { kind: "string", value: expr.value, span: expr.span };
    case "bool":
      return { kind: "boolean", value: expr.value };
    case "none":
      return none;
    case "name":
      return evaluateName(expr.text, expr.span, env);
    case "if":
      return evaluateIf(expr, env);
    case "lambda":
      return unknown;
    case "binary": {
      if (expr.op === "|>") return evaluateCall(pipedCall(expr), env);
      const left = evaluateShape(expr.left, env);
      const right = evaluateShape(expr.right, env);
      return binary(expr.op, left, right, expr, env);
    }
    case "unary":
      return unary(expr.op, evaluateShape(expr.operand, env), expr.span, env);
    case "member":
      return evaluateMember(expr, env);
    case "call":
      return evaluateCall(expr, env);
    case "index":
      return evaluateIndex(expr, env);
    case "tuple":
    case "list":
      return { kind: expr.kind, elements: expr.elements.map((element) => evaluateShape(element, env)) };
    case "comprehension":
      return evaluateComprehension(expr, env);
    case "record":
      return evaluateRecord(expr.members, env);
  }
}

function evaluateName(text: string, span: Span, env: Env): Value {
  const local = env.locals.get(text);
  if (local !== undefined) return local;
  if (env.quiet && !env.module.scope.has(text)) return unknown;
  const entity = resolveName({ text, span, module: env.module, locals: env.locals.keys() }, env.shapes.context);
  return entity === null ? unknown : entityShape(entity, text, span, env);
}

export function entityShape(entity: Entity, text: string, span: Span, env: Env): Value {
  switch (entity.kind) {
    case "fn":
      return { kind: "function", of: "fn", fn: entity.fn, module: entity.module, self: new Map() };
    case "decl":
      return { kind: "function", of: "decl", decl: entity.decl, module: entity.module };
    case "primitive":
      return primitiveValue(entity.name);
    case "module":
      return unknown;
    case "binding":
      return fail(env, "E0102", span, [], () => ({
        message: `\`${text}\` is a value of the file, and those are for jobs`,
        label: "not visible inside a declaration",
        related: [{ span: entity.binding.span, text: "declared here" }],
        help: `make it a parameter: (${text}: …)`,
      }));
  }
}

function primitiveValue(name: string): Value {
  if (name === "pi" || name === "inf") return someFloat;
  if (name === "training") return { kind: "boolean", value: null };
  if (name === "zeros" || name === "ones") return { kind: "fill" };
  return { kind: "function", of: "primitive", name };
}

function evaluateComprehension(expr: Expr & { kind: "comprehension" }, env: Env): Value {
  const over = evaluateShape(expr.over, env);
  const inner = innerEnv(env);
  if (over.kind === "list") {
    return {
      kind: "list",
      elements: over.elements.map((element) => {
        inner.locals.set(expr.name.text, element);
        return evaluateShape(expr.value, inner);
      }),
    };
  }
  if (over.kind === "sequence") {
    inner.locals.set(expr.name.text, elementOf(over, expr.name.text, env));
    return { kind: "sequence", element: evaluateShape(expr.value, inner), length: over.length };
  }
  if (over.kind === "unknown") return unknown;
  return fail(env, "E0108", expr.over.span, [], () => ({
    message: `\`for\` runs over a list or \`a..b\`, got ${describe(over)}`,
    label: "not a list",
  }));
}

/** One element, whichever it is. In a range it is a whole number of its own. */
export function elementOf(over: Value & { kind: "sequence" }, name: string, env: Env): Value {
  if (over.element.kind !== "int") return over.element;
  assume(env, (facts) => assumeUnbounded(facts, name));
  return intOf(named(name));
}

function evaluateRecord(members: readonly Member[], env: Env): Value {
  const fields = new Map<string, Value>();
  for (const member of members) {
    if (member.kind === "binding" && member.names[0] !== undefined)
      fields.set(member.names[0].text, evaluateShape(member.value, env));
    else if (member.kind === "entry") fields.set(member.key, evaluateShape(member.value, env));
    else if (member.kind === "spread") {
      const base = evaluateShape(member.value, env);
      if (base.kind === "record") for (const [name, value] of base.fields) fields.set(name, value);
    }
  }
  return { kind: "record", fields };
}
