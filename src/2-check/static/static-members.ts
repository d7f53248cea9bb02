/** `module.name`, `job.member`, `record.field` as static values. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { type Context, jobName } from "../context.ts";
import { allJobs } from "../jobs/all-jobs.ts";
import { isJobKind } from "../kinds.ts";
import { resolveName } from "../names.ts";
import type { Entity, Module, Static } from "../program.ts";
import { evaluateStatic, type StaticScope } from "./evaluate-static.ts";
import { fail, wrongKind } from "./failures.ts";
import { describeStatic } from "./format-static.ts";
import { bindingValue, entityValue } from "./static-names.ts";

export function evaluateMember(expr: Expr & { kind: "member" }, scope: StaticScope, context: Context): Static | null {
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
