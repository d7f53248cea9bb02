/**
 * Evaluates what is known without running: file-level values, fields of jobs, arguments of declarations.
 *
 * Every function returns null after it has reported what is wrong, so that one mistake gives one message.
 */
import type { Expr, Member } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Context } from "../context.ts";
import type { Module, Static } from "../program.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { fail, outOfSteps, wrongKind } from "./failures.ts";
import { describeStatic, formatStatic } from "./format-static.ts";
import { evaluateMember } from "./static-members.ts";
import { evaluateName } from "./static-names.ts";
import { evaluateBinary } from "./static-operators.ts";

export type StaticScope = {
  readonly module: Module;
  /** Parameters, members and variables; empty at file level. */
  readonly locals: ReadonlyMap<string, Static>;
  /** Inside a declaration file-level values are not visible. */
  readonly inDeclaration: boolean;
  /** The outermost call whose arguments made these values: where a message about numbers is of use. */
  readonly origin: Span | null;
};

export function fileScope(module: Module): StaticScope {
  return { module, locals: new Map(), inDeclaration: false, origin: null };
}

export function evaluateStatic(expr: Expr, scope: StaticScope, context: Context): Static | null {
  if (context.budget.steps-- <= 0) return outOfSteps(expr.span, context);
  switch (expr.kind) {
    case "number":
      return { kind: "number", value: expr.value, integer: expr.integer };
    case "quantity":
      return { kind: "quantity", value: expr.value, unit: expr.unit };
    case "percent":
      return { kind: "percent", value: expr.value };
    case "string":
      return { kind: "string", value: expr.value };
    case "bool":
      return { kind: "bool", value: expr.value };
    case "none":
      return { kind: "none" };
    case "name":
      return evaluateName(expr.text, expr.span, scope, context);
    case "if":
      return evaluateIf(expr, scope, context);
    case "lambda":
      return fail(context, {
        code: "E0900",
        severity: "error",
        message: "a function written in place is not supported by this version of llmc",
        labels: [{ span: expr.span, text: "not supported yet" }],
        help: "give it a name: fn f(x) = …",
      });
    case "binary":
      return evaluateBinary(expr, scope, context);
    case "unary":
      return evaluateUnary(expr, scope, context);
    case "member":
      return evaluateMember(expr, scope, context);
    case "call":
      return evaluateCall(expr, scope, context);
    case "index":
      return evaluateIndex(expr, scope, context);
    case "tuple":
    case "list": {
      const elements = expr.elements.map((element) => evaluateStatic(element, scope, context));
      return elements.includes(null) ? null : { kind: expr.kind, elements: elements.filter((e) => e !== null) };
    }
    case "comprehension":
      return evaluateComprehension(expr, scope, context);
    case "record":
      return evaluateRecord(expr.members, scope, context);
  }
}

function evaluateIf(expr: Expr & { kind: "if" }, scope: StaticScope, context: Context): Static | null {
  const condition = evaluateStatic(expr.condition, scope, context);
  if (condition === null) return null;
  if (condition.kind === "bool") return evaluateStatic(condition.value ? expr.then : expr.else, scope, context);
  return wrongKind(
    context,
    expr.condition.span,
    `\`if\` expects true or false, got ${describeStatic(condition)}`,
    "neither true nor false",
  );
}

function evaluateUnary(expr: Expr & { kind: "unary" }, scope: StaticScope, context: Context): Static | null {
  const operand = evaluateStatic(expr.operand, scope, context);
  if (operand === null) return null;
  if (expr.op === "not" && operand.kind === "bool") return { kind: "bool", value: !operand.value };
  if (expr.op === "-" && operand.kind === "number") return { ...operand, value: -operand.value };
  if (expr.op === "-" && operand.kind === "percent") return { ...operand, value: -operand.value };
  return wrongKind(
    context,
    expr.span,
    `\`${expr.op}\` does not go with ${describeStatic(operand)}`,
    "cannot be computed",
  );
}

function evaluateIndex(expr: Expr & { kind: "index" }, scope: StaticScope, context: Context): Static | null {
  const object = evaluateStatic(expr.object, scope, context);
  const [index] = expr.indices;
  if (object === null || index === undefined) return null;
  if ((object.kind !== "list" && object.kind !== "tuple") || expr.indices.length !== 1 || index.kind !== "at") {
    return wrongKind(context, expr.span, `${describeStatic(object)} cannot be indexed so`, "not a list");
  }
  const at = evaluateStatic(index.value, scope, context);
  if (at === null) return null;
  const element = at.kind === "number" ? object.elements.at(at.value) : undefined;
  if (element !== undefined) return element;
  return fail(context, {
    code: "E0206",
    severity: "error",
    message: `index ${formatStatic(at)} is outside a list of ${object.elements.length}`,
    labels: [{ span: index.span, text: "outside" }],
  });
}

function evaluateComprehension(
  expr: Expr & { kind: "comprehension" },
  scope: StaticScope,
  context: Context,
): Static | null {
  const over = evaluateStatic(expr.over, scope, context);
  if (over === null) return null;
  if (over.kind !== "list") {
    return wrongKind(
      context,
      expr.over.span,
      `\`for\` runs over a list or \`a..b\`, got ${describeStatic(over)}`,
      "not a list",
    );
  }
  const elements: Static[] = [];
  for (const item of over.elements) {
    const inner = { ...scope, locals: new Map([...scope.locals, [expr.name.text, item]]) };
    const element = evaluateStatic(expr.value, inner, context);
    if (element === null) return null;
    elements.push(element);
  }
  return { kind: "list", elements };
}

function evaluateRecord(members: readonly Member[], scope: StaticScope, context: Context): Static | null {
  const fields = new Map<string, Static>();
  let failed = false;
  for (const member of members) {
    if (member.kind === "binding" || member.kind === "entry") {
      const value = evaluateStatic(member.value, scope, context);
      const name = member.kind === "entry" ? member.key : member.names[0]?.text;
      if (value === null || name === undefined) failed = true;
      else fields.set(name, value);
    } else if (member.kind === "spread") {
      const base = evaluateStatic(member.value, scope, context);
      if (base?.kind === "record") for (const [name, value] of base.fields) fields.set(name, value);
      else failed = true;
      if (base !== null && base.kind !== "record") {
        wrongKind(context, member.span, `\`...\` spreads a record, got ${describeStatic(base)}`, "not a record");
      }
    } else {
      failed = true;
      wrongKind(context, member.span, "a record holds values only", "not a value");
    }
  }
  return failed ? null : { kind: "record", fields };
}
