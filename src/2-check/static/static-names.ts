/** Names as static values: file-level values are found once, jobs are references. */
import type { Binding } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { type Context, jobName } from "../context.ts";
import { constructorOf, isConstructorName } from "../jobs/constructors.ts";
import { isJobKind } from "../kinds.ts";
import { resolveName } from "../names.ts";
import { isPrimitiveName } from "../primitives.ts";
import type { Entity, Module, Static } from "../program.ts";
import { evaluateStatic, fileScope, type StaticScope } from "./evaluate-static.ts";
import { fail, wrongKind } from "./failures.ts";
import { describeStatic } from "./format-static.ts";

export function evaluateName(text: string, span: Span, scope: StaticScope, context: Context): Static | null {
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
        `\`${text}\` is ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}, not a value`,
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
