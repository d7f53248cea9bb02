/**
 * Asks again with the numbers what facts did not show, from the models of jobs down through every call, and remembers
 * which numbers first reach a function: messages about it show them.
 */
import type { Decl, FnDecl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Valuation } from "../../ir/dim.ts";
import type { DimFacts } from "../../ir/dim-facts.ts";
import type { Numbers } from "../context.ts";
import { summaryOf } from "./check-bodies.ts";
import { numberOf, type Obligation, type Shapes } from "./env.ts";

export type Entry = { readonly fn: FnDecl; readonly valuation: Valuation; readonly from: Span };

export function replay(entries: readonly Entry[], shapes: Shapes): ReadonlyMap<FnDecl | Decl, Numbers> {
  const numbers = new Map<FnDecl | Decl, Numbers>();
  const done = new Set<string>();
  const ids = new Map<FnDecl, number>();
  const visit = (fn: FnDecl, valuation: Valuation, from: Span): void => {
    if (!numbers.has(fn)) numbers.set(fn, { valuation, from });
    if (!ids.has(fn)) ids.set(fn, ids.size);
    const key = `${ids.get(fn)} ${[...valuation]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join()}`;
    if (done.has(key)) return;
    done.add(key);
    const summary = summaryOf(fn, shapes);
    if (summary === null) return;
    const { facts } = summary.known;
    for (const obligation of summary.obligations) hold(obligation, facts, valuation, from, shapes);
    for (const call of summary.calls) {
      const inner = new Map<string, number>();
      for (const [name, dim] of call.dims) {
        const value = numberOf(dim, facts, valuation);
        if (value !== null) inner.set(name, value);
      }
      visit(call.fn, inner, from);
    }
  };
  for (const { fn, valuation, from } of entries) visit(fn, valuation, from);
  return numbers;
}

function hold(obligation: Obligation, facts: DimFacts, valuation: Valuation, from: Span, shapes: Shapes): void {
  const number = (dim: Parameters<typeof numberOf>[0]) => numberOf(dim, facts, valuation);
  const broken = brokenBy(obligation, number);
  if (broken === null) return;
  const own = !obligation.span.file.startsWith("std/");
  shapes.context.reporter.report({
    code: "E0210",
    severity: "error",
    message: broken,
    labels: [
      { span: own ? obligation.span : from, text: obligation.text },
      ...(own ? [{ span: from, text: "with these numbers" }] : []),
    ],
  });
}

function brokenBy(
  obligation: Obligation,
  number: (dim: Parameters<typeof numberOf>[0]) => number | null,
): string | null {
  switch (obligation.kind) {
    case "divides": {
      const [of, by] = [number(obligation.of), number(obligation.by)];
      return of === null || by === null || (by !== 0 && of % by === 0)
        ? null
        : `${of} // ${by} is not exact: ${of} % ${by} = ${of % by}`;
    }
    case "atMost": {
      const [small, large] = [number(obligation.small), number(obligation.large)];
      return small === null || large === null || small <= large ? null : `${small} <= ${large} does not hold`;
    }
    case "equal": {
      const [left, right] = [number(obligation.left), number(obligation.right)];
      return left === null || right === null || left === right ? null : `${left} == ${right} does not hold`;
    }
  }
}
