/** Reads the value of one field as the plain data a job record holds. Null after something was reported. */
import type { Expr, Unit } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { bindArguments } from "../bind-arguments.ts";
import type { Context } from "../context.ts";
import type { Duration, Static } from "../program.ts";
import { evaluateStatic, fileScope } from "../static/evaluate-static.ts";
import { fail } from "../static/failures.ts";
import { describeStatic, formatNumber } from "../static/format-static.ts";
import { constructorOf, isConstructorName } from "./constructors.ts";
import type { WrittenField } from "./fields.ts";

type Range = {
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  readonly below?: number;
};

export function evaluateField(field: WrittenField, context: Context): Static | null {
  return evaluateStatic(field.value, fileScope(field.module), context);
}

export function wrongValue(field: WrittenField, expected: string, got: string, context: Context, span?: Span): null {
  return fail(context, {
    code: "E0108",
    severity: "error",
    message: `${field.name} expects ${expected}, got ${got}`,
    labels: [{ span: span ?? field.value.span, text: `expected ${expected}` }],
  });
}

export function notYet(what: string, span: Span, context: Context, help?: string): null {
  return fail(context, {
    code: "E0900",
    severity: "error",
    message: `${what} is not supported by this version of llmc`,
    labels: [{ span, text: "not supported yet" }],
    ...(help === undefined ? {} : { help }),
  });
}

export function integerField(field: WrittenField, range: Range, context: Context): number | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind === "later" || value.kind === "pending") {
    return notYet(`\`${field.name}\` from a value known after preparation`, field.value.span, context);
  }
  if (value.kind !== "number" || !value.integer)
    return wrongValue(field, "a whole number", describeStatic(value), context);
  return inRange(field.name, value.value, range, field.value.span, context);
}

export function numberField(field: WrittenField, range: Range, context: Context): number | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind !== "number" && value.kind !== "percent")
    return wrongValue(field, "a number", describeStatic(value), context);
  return inRange(field.name, value.value, range, field.value.span, context);
}

export function stringField(field: WrittenField, context: Context): string | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  return value.kind === "string" ? value.value : wrongValue(field, "a string", describeStatic(value), context);
}

/** One path or a list of them. */
export function pathsField(field: WrittenField, context: Context): readonly string[] | null {
  const value = evaluateField(field, context);
  return value === null ? null : pathsOf(value, field, context);
}

function pathsOf(value: Static, field: WrittenField, context: Context): readonly string[] | null {
  if (value.kind === "string") return [value.value];
  if (value.kind === "list" && value.elements.length > 0) {
    const paths = value.elements.flatMap((element) => (element.kind === "string" ? [element.value] : []));
    if (paths.length === value.elements.length) return paths;
  }
  return wrongValue(field, "a path or a list of paths", describeStatic(value), context);
}

export function inRange(name: string, value: number, range: Range, span: Span, context: Context): number | null {
  const { least, above, most, below } = range;
  const inside =
    (least === undefined || value >= least) &&
    (above === undefined || value > above) &&
    (most === undefined || value <= most) &&
    (below === undefined || value < below);
  if (inside) return value;
  return fail(context, {
    code: "E0109",
    severity: "error",
    message: `${name} must be ${describeRange(range)}, got ${formatNumber(value)}`,
    labels: [{ span, text: "out of range" }],
  });
}

function describeRange({ least, above, most, below }: Range): string {
  const [low, high] = [least ?? above, most ?? below];
  if (low !== undefined && high !== undefined) {
    return `in ${least === undefined ? "(" : "["}${low}, ${high}${most === undefined ? ")" : "]"}`;
  }
  if (low !== undefined) return least === undefined ? `above ${low}` : `at least ${low}`;
  return most === undefined ? `below ${high}` : `at most ${high}`;
}

/** The name of a choice and its arguments, unevaluated: `every(250 steps, [loss])`, `stop`. */
export type WrittenChoice = { readonly name: string; readonly args: ReadonlyMap<string, Expr>; readonly span: Span };

/**
 * A field that expects a choice: words of `allowed` are looked up before any other name. Other constructors that the
 * language knows are E0900, everything else E0108.
 */
export function choiceOf(
  expr: Expr,
  allowed: Readonly<Record<string, readonly { readonly name: string; readonly optional?: boolean }[] | null>>,
  field: WrittenField,
  context: Context,
): WrittenChoice | null {
  const callee = expr.kind === "call" ? expr.callee : expr;
  const name = callee.kind === "name" ? callee.text : null;
  const words = Object.keys(allowed)
    .map((word) => (allowed[word] === null ? `\`${word}\`` : `\`${word}(…)\``))
    .join(", ");
  if (name === null || !Object.hasOwn(allowed, name)) {
    const later = name !== null && isConstructorName(name) ? constructorOf(name).later : null;
    if (later !== null) return notYet(later, expr.span, context);
    return wrongValue(field, `one of ${words}`, name === null ? describeExpr(expr) : `\`${name}\``, context, expr.span);
  }
  const params = allowed[name] ?? null;
  if (params === null) {
    if (expr.kind !== "call") return { name, args: new Map(), span: expr.span };
    return wrongValue(field, `the word \`${name}\``, `\`${name}(…)\``, context, expr.span);
  }
  if (expr.kind !== "call") {
    return fail(context, {
      code: "E0108",
      severity: "error",
      message: `\`${name}\` wants parentheses: \`${name}(${params.map((param) => param.name).join(", ")})\``,
      labels: [{ span: expr.span, text: "not called" }],
      edit: { span: expr.span, text: `${name}()` },
    });
  }
  const formals = params.map((param) => ({ name: param.name, optional: param.optional ?? false }));
  const bound = bindArguments(name, formals, expr.args, expr.span, context.reporter);
  if (bound === null) return null;
  return { name, args: new Map([...bound.named].map(([key, arg]) => [key, arg.value])), span: expr.span };
}

function describeExpr(expr: Expr): string {
  if (expr.kind === "string") return `the string ${JSON.stringify(expr.value)}`;
  return expr.kind === "number" ? `the number ${expr.text}` : "something else";
}

/** A part of a field's value, for the same readers. */
export function part(field: WrittenField, name: string, value: Expr): WrittenField {
  return { ...field, name, value };
}

const timeUnits: readonly Unit[] = ["step", "epoch", "token", "sample", "second", "minute", "hour"];

export function isTimeUnit(unit: Unit): boolean {
  return timeUnits.includes(unit);
}

/** `250 steps`, `3%`. */
export function durationField(field: WrittenField, context: Context): Duration | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind === "percent") {
    const share = inRange(field.name, value.value, { above: 0, most: 1 }, field.value.span, context);
    return share === null ? null : { kind: "share", value: share };
  }
  if (value.kind === "quantity" && isTimeUnit(value.unit)) {
    const count = inRange(field.name, value.value, { above: 0 }, field.value.span, context);
    return count === null ? null : { kind: "count", value: count, unit: value.unit };
  }
  return wrongValue(field, "a duration (100 steps, 3%)", describeStatic(value), context);
}

/** `loss`, `val.loss`: the words of a metric, joined by dots. */
export function metricOf(expr: Expr, field: WrittenField, context: Context): string | null {
  if (expr.kind === "name") return expr.text;
  if (expr.kind === "member") {
    const object = metricOf(expr.object, field, context);
    return object === null ? null : `${object}.${expr.name.text}`;
  }
  return wrongValue(field, "the name of a metric (loss, val.loss)", describeExpr(expr), context, expr.span);
}
