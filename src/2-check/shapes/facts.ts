/** `where` facts: known inside the declaration, held against the arguments at each use. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { add, constant, constantOf, type Dim, subtract } from "../../ir/dim.ts";
import {
  assumeAtMost,
  assumeDivides,
  assumeEqual,
  exactQuotient,
  normalise,
  provablyAtMost,
  provablyEqual,
} from "../../ir/dim-facts.ts";
import { printExpr } from "../print-expr.ts";
import { dimOf } from "./dims.ts";
import { assume, type Env, fail, type Obligation } from "./env.ts";
import { boundDim, nothingBound } from "./types.ts";
import type { Value } from "./value.ts";

/** A fact about dimensions; other facts (`p < 1`) are for numbers and are asked where those are known. */
type DimFact =
  | { readonly kind: "divides"; readonly of: Dim; readonly by: Dim }
  | { readonly kind: "atMost"; readonly small: Dim; readonly large: Dim }
  | { readonly kind: "equal"; readonly left: Dim; readonly right: Dim };

function factsOf(expr: Expr, env: Env): readonly DimFact[] {
  if (expr.kind !== "binary") return [];
  if (expr.op === "and") return [...factsOf(expr.left, env), ...factsOf(expr.right, env)];
  const dim = (part: Expr) => dimOf(part, ({ text }) => boundDim(text, nothingBound(), env));
  if (expr.op === "==" && expr.left.kind === "binary" && expr.left.op === "%" && isZero(expr.right)) {
    const [of, by] = [dim(expr.left.left), dim(expr.left.right)];
    return of === null || by === null ? [] : [{ kind: "divides", of, by }];
  }
  const [left, right] = [dim(expr.left), dim(expr.right)];
  if (left === null || right === null) return [];
  const one = constant(1);
  switch (expr.op) {
    case "==":
      return [{ kind: "equal", left, right }];
    case "<=":
      return [{ kind: "atMost", small: left, large: right }];
    case "<":
      return [{ kind: "atMost", small: add(left, one), large: right }];
    case ">=":
      return [{ kind: "atMost", small: right, large: left }];
    case ">":
      return [{ kind: "atMost", small: add(right, one), large: left }];
    default:
      return [];
  }
}

function isZero(expr: Expr): boolean {
  return expr.kind === "number" && expr.value === 0;
}

/** Facts of one's own: they hold. */
export function assumeFacts(where: readonly Expr[], env: Env): void {
  for (const expr of where) for (const fact of factsOf(expr, env)) assumeFact(fact, env);
}

function assumeFact(fact: DimFact, env: Env): void {
  assume(env, (facts) => {
    switch (fact.kind) {
      case "divides":
        return assumeDivides(facts, fact.of, fact.by);
      case "atMost":
        return assumeAtMost(facts, fact.small, fact.large);
      case "equal":
        return assumeEqual(facts, fact.left, fact.right);
    }
  });
}

/**
 * Facts of what is used, in the user's dimensions (`inner` knows the callee's names by them). What the user's own facts
 * show holds; what is refuted is E0210; the rest is asked with the numbers, and holds from here on.
 */
export function holdFacts(where: readonly Expr[], name: string, inner: Env, span: Span, env: Env): void {
  for (const expr of where) {
    for (const fact of factsOf(expr, inner)) {
      const verdict = decide(fact, env);
      if (verdict === true) continue;
      if (verdict === false) reportRefuted(expr, fact, name, span, env);
      else {
        if (!env.quiet) env.summary.obligations.push(obligation(fact, `\`${name}\` asks for ${printExpr(expr)}`, span));
        assumeFact(fact, env);
      }
    }
  }
}

function decide(fact: DimFact, env: Env): boolean | null {
  const { facts } = env.known;
  switch (fact.kind) {
    case "divides": {
      const [of, by] = [constantOf(normalise(fact.of, facts)), constantOf(normalise(fact.by, facts))];
      if (of !== null && by !== null) return by !== 0 && of % by === 0;
      return exactQuotient(fact.of, fact.by, facts) === null ? null : true;
    }
    case "atMost": {
      const room = constantOf(subtract(normalise(fact.large, facts), normalise(fact.small, facts)));
      if (room !== null) return room >= 0;
      return provablyAtMost(fact.small, fact.large, facts) ? true : null;
    }
    case "equal": {
      const difference = constantOf(subtract(normalise(fact.left, facts), normalise(fact.right, facts)));
      if (difference !== null) return difference === 0;
      return provablyEqual(fact.left, fact.right, facts) ? true : null;
    }
  }
}

function obligation(fact: DimFact, text: string, span: Span): Obligation {
  return { ...fact, text, span };
}

function reportRefuted(expr: Expr, fact: DimFact, name: string, span: Span, env: Env): void {
  const dims =
    fact.kind === "divides"
      ? [fact.of, fact.by]
      : fact.kind === "atMost"
        ? [fact.small, fact.large]
        : [fact.left, fact.right];
  const [a, b] = dims.map((dim) => constantOf(normalise(dim, env.known.facts)));
  const remainder =
    fact.kind === "divides" && typeof a === "number" && typeof b === "number" ? `: ${a} % ${b} = ${a % b}` : "";
  fail(env, "E0210", span, dims, () => ({
    message: `where ${printExpr(expr)} fails${remainder}`,
    label: `\`${name}\` asks for this`,
    related: [{ span: expr.span, text: "the fact" }],
  }));
}

/** The dimensions among some names, for a record of a call. */
export function dimsAmong(values: ReadonlyMap<string, Value>): ReadonlyMap<string, Dim> {
  const dims = new Map<string, Dim>();
  for (const [name, value] of values) if (value.kind === "int") dims.set(name, value.dim);
  return dims;
}
