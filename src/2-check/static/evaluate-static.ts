/**
 * Evaluates what is known without running: file-level values, fields of jobs, arguments of declarations.
 *
 * Every function returns null after it has reported what is wrong, so that one mistake gives one message.
 */
import type { Binding, Expr, Member } from "../../1-parse/ast.ts";
import type { Diagnostic, Span } from "../../diagnostics/report.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { type Context, jobName, mostDepth } from "../context.ts";
import { allJobs } from "../jobs/all-jobs.ts";
import { constructorOf, isConstructorName } from "../jobs/constructors.ts";
import { isJobKind } from "../kinds.ts";
import { resolveName } from "../names.ts";
import { isPrimitiveName } from "../primitives.ts";
import type { Entity, Module, Static } from "../program.ts";
import { applyOperator } from "./arithmetic.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { describeStatic, formatStatic } from "./format-static.ts";

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

/** Said once: everything after it fails as well. */
function outOfSteps(span: Span, context: Context): null {
  if (context.budget.steps < -1) return null;
  return fail(context, {
    code: "E0109",
    severity: "error",
    message: "finding the values of this program takes more than a million steps",
    labels: [{ span, text: "this far" }],
  });
}

/** `build` one level deeper; E0107 where there is no end to it. */
export function deeper(what: string, span: Span, context: Context, build: () => Static | null): Static | null {
  const { budget } = context;
  if (budget.depth >= mostDepth) {
    return fail(context, {
      code: "E0107",
      severity: "error",
      message: `\`${what}\` is built from itself without end`,
      labels: [{ span, text: `${mostDepth} deep here` }],
    });
  }
  budget.depth++;
  const value = build();
  budget.depth--;
  return value;
}

export function fail(context: Context, diagnostic: Diagnostic): null {
  context.reporter.report(diagnostic);
  return null;
}

function wrongKind(context: Context, span: Span, message: string, text: string, help?: string): null {
  return fail(context, {
    code: "E0108",
    severity: "error",
    message,
    labels: [{ span, text }],
    ...(help === undefined ? {} : { help }),
  });
}

function evaluateName(text: string, span: Span, scope: StaticScope, context: Context): Static | null {
  const local = scope.locals.get(text);
  if (local !== undefined) return local;
  const entity = resolveName({ text, span, module: scope.module, locals: scope.locals.keys() }, context);
  return entity === null ? null : entityValue(entity, text, span, scope, context);
}

/** A name that is not called. */
export function entityValue(
  entity: Entity,
  text: string,
  span: Span,
  scope: StaticScope,
  context: Context,
): Static | null {
  switch (entity.kind) {
    case "binding":
      if (scope.inDeclaration) {
        return fail(context, {
          code: "E0102",
          severity: "error",
          message: `\`${text}\` is a value of the file, and those are for jobs`,
          labels: [
            { span, text: "not visible inside a declaration" },
            { span: entity.binding.span, text: "declared here" },
          ],
          help: `make it a parameter: (${text}: …)`,
        });
      }
      return bindingValue(entity.binding, entity.name, entity.module, context);
    case "fn":
      return { kind: "function", entity };
    case "decl": {
      const kind = entity.decl.declKind.text;
      if (isJobKind(kind)) return { kind: "later", job: jobName(entity.decl, entity.module, context), path: [], span };
      return wrongKind(
        context,
        span,
        `\`${text}\` is a ${kind}, not a value`,
        "not called",
        `write \`${text}(…)\` to build one`,
      );
    }
    case "module":
      return wrongKind(
        context,
        span,
        `\`${text}\` is a module, not a value`,
        "a module",
        `name a member: \`${text}.…\``,
      );
    case "primitive":
      if (entity.name === "pi") return { kind: "number", value: Math.PI, integer: false };
      if (entity.name === "inf") return { kind: "number", value: Number.POSITIVE_INFINITY, integer: false };
      if (isConstructorName(entity.name) && constructorOf(entity.name).params === null) {
        return { kind: "choice", name: entity.name, args: new Map(), span };
      }
      if (isPrimitiveName(entity.name)) return { kind: "function", entity };
      return wrongKind(context, span, `\`${text}\` wants its arguments`, "not called", `write \`${text}(…)\``);
  }
}

/** The value of a name of the file, found once. */
export function bindingValue(binding: Binding, name: string, module: Module, context: Context): Static | null {
  const key = `${module.file}:${name}`;
  const known = context.values.get(key);
  if (known !== undefined) return known;
  if (context.evaluating.has(key)) {
    return fail(context, {
      code: "E0107",
      severity: "error",
      message: cycle(key, context),
      labels: [{ span: binding.span, text: "waits for its own value" }],
    });
  }
  context.evaluating.add(key);
  const whole = evaluateStatic(binding.value, fileScope(module), context);
  context.evaluating.delete(key);
  const value = whole === null ? null : elementOf(whole, binding, name, context);
  context.values.set(key, value);
  return value;
}

/** `a → b → a` */
function cycle(key: string, context: Context): string {
  const keys = [...context.evaluating];
  const names = [...keys.slice(keys.indexOf(key)), key].map((each) => each.slice(each.lastIndexOf(":") + 1));
  return `these values wait for each other: ${names.join(" → ")}`;
}

function elementOf(whole: Static, binding: Binding, name: string, context: Context): Static | null {
  if (binding.names.length === 1) return whole;
  const elements = whole.kind === "tuple" || whole.kind === "list" ? whole.elements : null;
  const found = elements?.[binding.names.findIndex((each) => each.text === name)];
  if (elements !== null && elements.length === binding.names.length && found !== undefined) return found;
  return fail(context, {
    code: "E0207",
    severity: "error",
    message: `${binding.names.length} names for ${elements === null ? describeStatic(whole) : `${elements.length} values`}`,
    labels: [{ span: binding.span, text: "cannot be split so" }],
  });
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

function evaluateBinary(expr: Expr & { kind: "binary" }, scope: StaticScope, context: Context): Static | null {
  const { op } = expr;
  if (op === "|>") {
    const call = pipedCall(expr);
    return evaluateCall(call, scope, context);
  }
  const left = evaluateStatic(expr.left, scope, context);
  if (op === "and" || op === "or") {
    if (left === null) return null;
    if (op === "or" && left.kind === "none") return evaluateStatic(expr.right, scope, context);
    if (left.kind === "bool") {
      return left.value === (op === "or") ? left : evaluateStatic(expr.right, scope, context);
    }
    if (op === "or" && !isJobValue(left)) return left;
    return wrongKind(
      context,
      expr.left.span,
      `\`${op}\` expects true or false, got ${describeStatic(left)}`,
      "not a condition",
    );
  }
  const right = evaluateStatic(expr.right, scope, context);
  if (left === null || right === null) return null;
  if (op === "..") return range(left, right, expr.span, context);
  const result = op === "@" ? null : applyOperator(op, left, right, expr.opSpan, expr.span);
  if (result === "inexact") {
    return fail(context, {
      code: "E0210",
      severity: "error",
      message: `${formatStatic(left)} // ${formatStatic(right)} is not exact`,
      labels: [
        { span: expr.span, text: "leaves a remainder" },
        ...(scope.origin === null ? [] : [{ span: scope.origin, text: "with these numbers" }]),
      ],
    });
  }
  if (result !== null) return result;
  if (left.kind === "instance" || right.kind === "instance") {
    return fail(context, {
      code: "E0900",
      severity: "error",
      message: "a sum of objectives is not supported by this version of llmc",
      labels: [{ span: expr.span, text: "not supported yet" }],
    });
  }
  return wrongKind(
    context,
    expr.span,
    `\`${op}\` does not go with ${describeStatic(left)} and ${describeStatic(right)}`,
    "cannot be computed",
  );
}

function isJobValue(value: Static): boolean {
  return value.kind === "quantity" || value.kind === "choice" || value.kind === "later" || value.kind === "pending";
}

/** `x |> f(a)` is `f(x, a)`. */
export function pipedCall(expr: Expr & { kind: "binary" }): Expr & { kind: "call" } {
  const first = { name: null, value: expr.left, span: expr.left.span };
  return expr.right.kind === "call"
    ? { ...expr.right, args: [first, ...expr.right.args], span: expr.span }
    : { kind: "call", callee: expr.right, args: [first], span: expr.span };
}

const mostElements = 65_536;

function range(left: Static, right: Static, span: Span, context: Context): Static | null {
  if (left.kind !== "number" || right.kind !== "number" || !left.integer || !right.integer) {
    return wrongKind(
      context,
      span,
      `\`..\` expects whole numbers, got ${describeStatic(left)} and ${describeStatic(right)}`,
      "not a range",
    );
  }
  const length = Math.max(0, right.value - left.value);
  if (length > mostElements) {
    return fail(context, {
      code: "E0109",
      severity: "error",
      message: `a range of ${length} elements is longer than ${mostElements}`,
      labels: [{ span, text: "too long" }],
    });
  }
  return {
    kind: "list",
    elements: Array.from({ length }, (_, i) => ({ kind: "number", value: left.value + i, integer: true })),
  };
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

function evaluateMember(expr: Expr & { kind: "member" }, scope: StaticScope, context: Context): Static | null {
  if (expr.object.kind === "name" && !scope.locals.has(expr.object.text)) {
    const { text, span } = expr.object;
    const entity = resolveName({ text, span, module: scope.module, locals: scope.locals.keys() }, context);
    if (entity === null) return null;
    if (entity.kind === "module") {
      const member = moduleMember(entity.module, expr.name.text, expr.name.span, context);
      return member === null ? null : entityValue(member, expr.name.text, expr.span, scope, context);
    }
    if (entity.kind === "decl" && isJobKind(entity.decl.declKind.text)) {
      return memberOfJob(entity, [expr.name.text], expr.name.span, expr.span, context);
    }
  }
  const object = evaluateStatic(expr.object, scope, context);
  if (object === null) return null;
  if (object.kind === "later" && object.path.length === 0) {
    const job = allJobs(context).get(object.job);
    if (job !== undefined)
      return memberOfJob({ kind: "decl", ...job }, [expr.name.text], expr.name.span, expr.span, context);
  }
  if (object.kind === "later") return { ...object, path: [...object.path, expr.name.text], span: expr.span };
  if (object.kind === "record") {
    const field = object.fields.get(expr.name.text);
    if (field !== undefined) return field;
  }
  if (object.kind === "instance") {
    const arg = object.args.get(expr.name.text);
    if (arg !== undefined) return arg;
  }
  return wrongKind(context, expr.name.span, `${describeStatic(object)} has no \`${expr.name.text}\``, "not found");
}

export function moduleMember(module: Module, name: string, span: Span, context: Context): Entity | null {
  const entity = module.scope.get(name);
  if (entity !== undefined && entity.kind !== "primitive") return entity;
  const near = suggest(
    name,
    [...module.scope].flatMap(([key, each]) => (each.kind === "primitive" ? [] : [key])),
  );
  return fail(context, {
    code: "E0102",
    severity: "error",
    message: `${module.file} has nothing called \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span, text: "not found" }],
  });
}

/** What may be asked of a job, besides the fields it was given. */
const jobMembers: Readonly<Record<string, readonly string[]>> = {
  tokenizer: ["vocab"],
  data: ["train", "val", "test", "vocab"],
  train: ["best", "last", "merged"],
  compress: ["best", "last"],
};

function memberOfJob(
  entity: Entity & { kind: "decl" },
  path: readonly string[],
  nameSpan: Span,
  span: Span,
  context: Context,
): Static | null {
  const { decl, module } = entity;
  const [name] = path;
  const kind = decl.declKind.text;
  const allowed = jobMembers[kind] ?? [];
  if (name === undefined || allowed.includes(name))
    return { kind: "later", job: jobName(decl, module, context), path, span };
  const field = decl.members.find((member) => member.kind === "binding" && member.names[0]?.text === name);
  if (field?.kind === "binding") return bindingValue(field, `${decl.name.text}.${name}`, module, context);
  const near = suggest(name, allowed);
  const others = allowed.length === 0 ? "" : `it has ${allowed.map((each) => `\`${each}\``).join(", ")} and its fields`;
  return fail(context, {
    code: "E0103",
    severity: "error",
    message: `${kind} \`${decl.name.text}\` has no \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span: nameSpan, text: "not found" }],
    ...(others === "" ? {} : { help: others }),
  });
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
