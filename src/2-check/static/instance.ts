/**
 * Builds a declaration with known arguments: binds them, fills in defaults, holds its `where` facts against the numbers
 * (E0210 for dimensions, E0109 for other ranges), then does the same for the layers among its members.
 */
import type { Arg, Expr } from "../../1-parse/ast.ts";
import { Reporter, type Span } from "../../diagnostics/report.ts";
import type { Context } from "../context.ts";
import { mentions } from "../mentions.ts";
import { printExpr } from "../print-expr.ts";
import type { Entity, Static } from "../program.ts";
import { bindParams } from "./bind-params.ts";
import { evaluateStatic, type StaticScope } from "./evaluate-static.ts";
import { formatStatic } from "./format-static.ts";

type DeclEntity = Entity & { readonly kind: "decl" };

export function buildInstance(
  entity: DeclEntity,
  args: readonly Arg[],
  span: Span,
  scope: StaticScope,
  context: Context,
): Static | null {
  const { decl, module } = entity;
  const callee = { name: decl.name.text, params: decl.params ?? [], module };
  const inner = bindParams(callee, args, span, scope, context);
  if (inner === null) return null;
  const { locals } = inner;
  rememberNumbers(entity, locals, inner.origin, context);
  const instance: Static = { kind: "instance", entity, args: new Map(locals), span };
  return holdFacts(entity, locals, span, scope, context) && expandMembers(entity, inner, context) ? instance : null;
}

function rememberNumbers(
  { decl }: DeclEntity,
  locals: ReadonlyMap<string, Static>,
  from: Span,
  context: Context,
): void {
  if (context.instances.has(decl)) return;
  const numbers = [...locals].flatMap(([name, value]) =>
    value.kind === "number" && value.integer ? [[name, value.value] as const] : [],
  );
  context.instances.set(decl, { valuation: new Map(numbers), from });
}

function holdFacts(
  { decl, module }: DeclEntity,
  locals: ReadonlyMap<string, Static>,
  span: Span,
  scope: StaticScope,
  context: Context,
): boolean {
  const probe: Context = { ...context, reporter: new Reporter() };
  for (const fact of decl.where) {
    const value = evaluateStatic(fact, { module, locals, inDeclaration: true, origin: span }, probe);
    if (value?.kind !== "bool" || value.value) continue;
    const own = scope.origin === null || !span.file.startsWith("std/");
    reportBrokenFact(fact, decl.name.text, locals, own ? span : scope.origin, scope.origin, context);
    return false;
  }
  return true;
}

function reportBrokenFact(
  fact: Expr,
  name: string,
  locals: ReadonlyMap<string, Static>,
  place: Span,
  origin: Span | null,
  context: Context,
): void {
  const names = [...new Set(mentions(fact).names.map(({ text }) => text))].filter((each) => locals.has(each));
  const values = names.flatMap((each) => {
    const value = locals.get(each);
    return value === undefined ? [] : [{ name: each, value: formatStatic(value) }];
  });
  const whole = names.every((each) => {
    const value = locals.get(each);
    return value?.kind === "number" && value.integer;
  });
  const remainder = whole ? divisibility(fact, locals) : null;
  context.reporter.report({
    code: whole ? "E0210" : "E0109",
    severity: "error",
    message:
      remainder === null
        ? `\`${name}\` asks for ${printExpr(fact)}, got ${values.map((v) => `${v.name} = ${v.value}`).join(", ")}`
        : `where ${printExpr(fact)} fails: ${remainder.a} % ${remainder.b} = ${remainder.a % remainder.b}`,
    labels: [
      { span: place, text: values.map((v) => `${v.name} = ${v.value}`).join(", ") },
      { span: fact.span, text: `\`${name}\` asks for this` },
      ...(origin === null || origin === place ? [] : [{ span: origin, text: "with these numbers" }]),
    ],
    ...(remainder === null ? {} : { help: remainder.help }),
  });
}

/** `D % H == 0` with D = 384, H = 5: the numbers, and what H may be. */
function divisibility(fact: Expr, locals: ReadonlyMap<string, Static>): { a: number; b: number; help: string } | null {
  if (fact.kind !== "binary" || fact.op !== "==" || fact.left.kind !== "binary" || fact.left.op !== "%") return null;
  const [a, b] = [numberOf(fact.left.left, locals), numberOf(fact.left.right, locals)];
  if (a === null || b === null || b === 0) return null;
  const divisors: number[] = [];
  for (let d = 1; d <= a && divisors.length < 9; d++) if (a % d === 0) divisors.push(d);
  const shown = divisors.slice(0, 8).join(" ") + (divisors.length > 8 ? " …" : "");
  return { a, b, help: `values of ${printExpr(fact.left.right)} that divide ${a}: ${shown}` };
}

function numberOf(expr: Expr, locals: ReadonlyMap<string, Static>): number | null {
  if (expr.kind === "number") return expr.value;
  if (expr.kind === "name") {
    const value = locals.get(expr.text);
    return value?.kind === "number" ? value.value : null;
  }
  if (expr.kind !== "binary") return null;
  const [l, r] = [numberOf(expr.left, locals), numberOf(expr.right, locals)];
  if (l === null || r === null) return null;
  if (expr.op === "*") return l * r;
  if (expr.op === "+") return l + r;
  return expr.op === "-" ? l - r : null;
}

/** Members are evaluated for the facts of the layers in them; what else is wrong with them is found for all sizes at once. */
function expandMembers(entity: DeclEntity, scope: StaticScope, context: Context): boolean {
  const key = `${entity.module.file}:${entity.decl.name.text}(${[...scope.locals].map(([name, value]) => `${name}=${formatStatic(value)}`).join()})`;
  if (context.expanded.has(key)) return true;
  context.expanded.add(key);
  const probe: Context = { ...context, reporter: new Reporter() };
  const locals = new Map(scope.locals);
  for (const member of entity.decl.members) {
    if (member.kind !== "binding" || member.type !== null) continue;
    const value = evaluateStatic(member.value, { ...scope, locals }, probe);
    const [name] = member.names;
    if (value !== null && name !== undefined && member.names.length === 1) locals.set(name.text, value);
  }
  const broken = probe.reporter.diagnostics.filter(
    ({ code }) => code === "E0210" || code === "E0109" || code === "E0107",
  );
  for (const diagnostic of broken) context.reporter.report(diagnostic);
  return broken.length === 0;
}
