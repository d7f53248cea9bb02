/**
 * The fields of a job as written: spreads resolved (later ones win), names held against what the kind knows
 * (E0103, E0104, E0105).
 */
import type { Decl, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Context } from "../context.ts";
import { resolveName } from "../names.ts";
import type { Module } from "../program.ts";

type FieldSpec = {
  readonly required?: boolean;
  /** A field that a later version brings: what to call it in E0900. */
  readonly later?: string;
};

/** Fields a kind knows, in the order messages list them. `renames`: what people of the field write instead. */
export type KindSpec = {
  readonly fields: Readonly<Record<string, FieldSpec>>;
  readonly renames: Readonly<Record<string, string>>;
};

export type WrittenField = {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Expr;
  /** Where the value's names are looked up: a spread field keeps its own file. */
  readonly module: Module;
};

export type Fields = ReadonlyMap<string, WrittenField>;

/** `complete`: nothing was reported that keeps the job from being built. */
type Collected = { readonly fields: Fields; readonly complete: boolean };

/** Null where a field that is needed is missing. */
export function collectFields(decl: Decl, module: Module, spec: KindSpec, context: Context): Collected | null {
  const fields = new Map<string, WrittenField>();
  const spread = addFields(decl, module, fields, spec, context, []);
  let complete = spread;
  for (const field of fields.values()) {
    const later = spec.fields[field.name]?.later;
    if (later === undefined) continue;
    complete = false;
    context.reporter.report({
      code: "E0900",
      severity: "error",
      message: `${later} is not supported by this version of llmc`,
      labels: [{ span: field.nameSpan, text: "not supported yet" }],
    });
  }
  const missing = Object.keys(spec.fields).filter((name) => spec.fields[name]?.required && !fields.has(name));
  // What a spread that failed would have brought is not missing.
  if (missing.length > 0 && spread) {
    const has = fields.size === 0 ? "" : ` (has ${[...fields.keys()].join(", ")})`;
    context.reporter.report({
      code: "E0104",
      severity: "error",
      message: `${decl.declKind.text} \`${decl.name.text}\` needs ${listed(missing)}${has}`,
      labels: [{ span: decl.name.span, text: `no ${missing.map((name) => `\`${name}\``).join(", no ")}` }],
    });
    return null;
  }
  return { fields, complete };
}

/** `a`, `b` and `c` */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}

/** False where a spread failed, which has been reported. */
function addFields(
  decl: Decl,
  module: Module,
  into: Map<string, WrittenField>,
  spec: KindSpec,
  context: Context,
  spreading: readonly Decl[],
): boolean {
  const own = new Map<string, Span>();
  let whole = true;
  for (const member of decl.members) {
    switch (member.kind) {
      case "spread":
        whole = spread(decl, member.value, module, into, spec, context, spreading) && whole;
        break;
      case "binding": {
        const [name] = member.names;
        if (name === undefined) break;
        const before = own.get(name.text);
        if (before !== undefined) reportTwice(name.text, name.span, before, context);
        else if (isKnown(name.text, spec)) {
          own.set(name.text, name.span);
          into.set(name.text, { name: name.text, nameSpan: name.span, value: member.value, module });
        } else reportUnknownField(decl, name.text, name.span, member.value, spec, context);
        break;
      }
      case "assert":
        context.reporter.report({
          code: "E0900",
          severity: "error",
          message: "an assertion about a finished run is not supported by this version of llmc",
          labels: [{ span: member.span, text: "not supported yet" }],
        });
        break;
      case "fn":
      case "entry":
        context.reporter.report({
          code: "E0103",
          severity: "error",
          message: `${decl.declKind.text} \`${decl.name.text}\` holds fields, \`name = value\``,
          labels: [{ span: member.span, text: "not a field" }],
        });
    }
  }
  return whole;
}

function isKnown(name: string, spec: KindSpec): boolean {
  return Object.hasOwn(spec.fields, name);
}

/** `...base`: the fields of another job of the same kind. */
function spread(
  decl: Decl,
  value: Expr,
  module: Module,
  into: Map<string, WrittenField>,
  spec: KindSpec,
  context: Context,
  spreading: readonly Decl[],
): boolean {
  const base = jobNamed(value, module, context);
  if (base === null) return false;
  const kind = decl.declKind.text;
  if (base.decl.declKind.text !== kind) {
    context.reporter.report({
      code: "E0108",
      severity: "error",
      message: `\`...\` in a ${kind} spreads another ${kind}; \`${base.decl.name.text}\` is a ${base.decl.declKind.text}`,
      labels: [{ span: value.span, text: `not a ${kind}` }],
    });
    return false;
  }
  if (base.decl === decl || spreading.includes(base.decl)) {
    const round = [...spreading, decl];
    const names = round.slice(round.indexOf(base.decl)).map((each) => each.name.text);
    // Each job of the round would tell of it: once is enough.
    if (names.every((name) => name >= base.decl.name.text)) {
      context.reporter.report({
        code: "E0107",
        severity: "error",
        message: `these runs wait for each other: ${[...names, base.decl.name.text].join(" → ")}`,
        labels: [{ span: value.span, text: "spreads itself" }],
      });
    }
    return false;
  }
  return addFields(base.decl, base.module, into, spec, context, [...spreading, decl]);
}

function jobNamed(value: Expr, module: Module, context: Context): { decl: Decl; module: Module } | null {
  const path = value.kind === "member" && value.object.kind === "name" ? [value.object, value.name] : [value];
  const [first, second] = path;
  if (first === undefined || !("text" in first)) return notAJob(value, context);
  const entity = resolveName({ text: first.text, span: first.span, module, locals: [] }, context);
  if (entity === null) return null;
  if (entity.kind === "decl" && second === undefined) return entity;
  if (entity.kind === "module" && second !== undefined && "text" in second) {
    const member = resolveName({ text: second.text, span: second.span, module: entity.module, locals: [] }, context);
    if (member === null) return null;
    if (member.kind === "decl") return member;
  }
  return notAJob(value, context);
}

function notAJob(value: Expr, context: Context): null {
  context.reporter.report({
    code: "E0108",
    severity: "error",
    message: "`...` spreads the fields of another job",
    labels: [{ span: value.span, text: "not a job" }],
  });
  return null;
}

function reportTwice(name: string, span: Span, before: Span, context: Context): void {
  context.reporter.report({
    code: "E0105",
    severity: "error",
    message: `\`${name}\` is already set`,
    labels: [
      { span, text: "set again" },
      { span: before, text: "set first" },
    ],
  });
}

function reportUnknownField(decl: Decl, name: string, span: Span, value: Expr, spec: KindSpec, context: Context): void {
  const rename = Object.hasOwn(spec.renames, name) ? spec.renames[name] : undefined;
  const near = rename === undefined ? suggest(name, Object.keys(spec.fields)) : null;
  const hint = rename !== undefined ? `; ${fillIn(rename, value)}` : near !== null ? `; did you mean \`${near}\`?` : "";
  context.reporter.report({
    code: "E0103",
    severity: "error",
    message: `${decl.declKind.text} has no field \`${name}\`${hint}`,
    labels: [{ span, text: "no such field" }],
    help: `fields of ${decl.declKind.text}: ${Object.keys(spec.fields)
      .filter((each) => spec.fields[each]?.later === undefined)
      .join(", ")}`,
    ...(near === null ? {} : { edit: { span, text: near } }),
  });
}

/** `$` in a rename stands for the value as written, where it is short enough to quote. */
function fillIn(rename: string, value: Expr): string {
  const text = value.kind === "number" || value.kind === "quantity" ? value.text : "…";
  return rename.replace("$", text);
}
