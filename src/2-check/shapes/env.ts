/** Where an expression stands while shapes are checked: its names, the facts that hold, and where findings go. */
import type { Decl, Expr, FnDecl } from "../../1-parse/ast.ts";
import type { DiagnosticCode } from "../../diagnostics/catalog.ts";
import { type Diagnostic, type Edit, type Label, Reporter, type Span } from "../../diagnostics/report.ts";
import { type Dim, evaluate, named, namesOf, substitute, type Valuation } from "../../ir/dim.ts";
import type { DimFacts } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import type { Context, Numbers } from "../context.ts";
import type { Module } from "../program.ts";
import { unknown, type Value } from "./value.ts";

/** Something that numbers must fulfil and no fact shows: asked again at each instance. */
export type Obligation =
  | { readonly kind: "divides"; readonly of: Dim; readonly by: Dim; readonly text: string; readonly span: Span }
  | { readonly kind: "atMost"; readonly small: Dim; readonly large: Dim; readonly text: string; readonly span: Span }
  | { readonly kind: "equal"; readonly left: Dim; readonly right: Dim; readonly text: string; readonly span: Span };

/** A call, with the callee's dimensions in the caller's. */
type RecordedCall = { readonly fn: FnDecl; readonly dims: ReadonlyMap<string, Dim>; readonly span: Span };

/** What checking a body once, for all sizes, leaves to be asked with the numbers. */
export type Summary = {
  readonly obligations: Obligation[];
  readonly calls: RecordedCall[];
  /** What was known in it, to give a number to a name that is defined by others. */
  readonly known: { facts: DimFacts };
};

/** A finding whose text shows numbers where an instance has them. */
export type Finding = { readonly owner: FnDecl | Decl; readonly build: (numbers: Numbers | null) => Diagnostic };

/** Shared by all bodies of one program. */
export type Shapes = {
  readonly context: Context;
  readonly findings: Finding[];
  readonly summaries: Map<FnDecl, Summary>;
  /** Functions being evaluated for their result, against endless recursion. */
  readonly active: FnDecl[];
};

export type Env = {
  readonly shapes: Shapes;
  readonly module: Module;
  /** The declaration or function whose body this is: its findings show its numbers. */
  readonly owner: FnDecl | Decl;
  readonly locals: Map<string, Value>;
  /** Where each variable was last set, for messages that show what it is. */
  readonly places: Map<string, Span>;
  /** Grows as `//` makes divisions exact. Shared by the scopes of one body. */
  readonly known: { facts: DimFacts };
  readonly summary: Summary;
  /** Findings are dropped: something is looked at a second time, in another's names. */
  readonly quiet: boolean;
};

type Report = {
  readonly message: string;
  readonly label: string;
  readonly related?: readonly Label[];
  readonly help?: string;
  readonly edit?: Edit;
  readonly severity?: "error" | "warning";
};

/** How a message shows dimensions: `numbers.of(K)` is 64 or null. */
export type Show = { readonly of: (dim: Dim) => number | null };

/** Reports, with the bindings of the dimensions in `about`, and gives the value of what has failed. */
export function fail(
  env: Env,
  code: DiagnosticCode,
  span: Span,
  about: readonly Dim[],
  report: (show: Show) => Report,
): Value {
  if (env.quiet) return unknown;
  const { facts } = env.known;
  env.shapes.findings.push({
    owner: env.owner,
    build: (numbers) => {
      const of = (dim: Dim) => (numbers === null ? null : numberOf(dim, facts, numbers.valuation));
      const { message, label, related, help, edit, severity } = report({ of });
      const bindings = numbers === null ? [] : bindingsOf(about, facts, of);
      return {
        code,
        severity: severity ?? "error",
        message,
        labels: [{ span, text: label }, ...(related ?? [])],
        ...(bindings.length === 0 || numbers === null ? {} : { bindings, from: { text: "model", span: numbers.from } }),
        ...(help === undefined ? {} : { help }),
        ...(edit === undefined ? {} : { edit }),
      };
    },
  });
  return unknown;
}

/** The number of a dimension, names defined by others included. */
export function numberOf(dim: Dim, facts: DimFacts, valuation: Valuation): number | null {
  return evaluate(expand(dim, facts), valuation);
}

/** `K` by its definition `D // H`, so that a valuation of the parameters gives it a number. */
function expand(dim: Dim, facts: DimFacts): Dim {
  return substituteAll(dim, (name) => (facts.quotients.has(name) ? undefined : definitionOf(name, facts)));
}

function definitionOf(name: string, facts: DimFacts): Dim | undefined {
  const to = facts.rewrites.get(name);
  // A rewrite to a fresh name says that something divides; it is no definition.
  return to !== undefined && ![...namesOf(to)].some((each) => facts.quotients.has(each)) ? to : undefined;
}

function bindingsOf(
  about: readonly Dim[],
  facts: DimFacts,
  of: (dim: Dim) => number | null,
): Diagnostic["bindings"] & object {
  const names = new Set<string>();
  const visit = (name: string) => {
    const definition = definitionOf(name, facts);
    if (definition !== undefined) for (const each of namesOf(definition)) visit(each);
    names.add(name);
  };
  for (const dim of about) for (const name of namesOf(dim)) visit(name);
  return [...names].flatMap((name) => {
    const value = of(named(name));
    if (value === null) return [];
    const definition = definitionOf(name, facts);
    return [{ name, value: definition === undefined ? String(value) : `${formatDim(definition)} = ${value}` }];
  });
}

/** The same place with names of its own, for a block that may bind new ones. */
export function innerEnv(env: Env): Env {
  return { ...env, locals: new Map(env.locals), places: new Map(env.places) };
}

export function assume(env: Env, change: (facts: DimFacts) => DimFacts): void {
  env.known.facts = change(env.known.facts);
}

function substituteAll(dim: Dim, by: (name: string) => Dim | undefined): Dim {
  return substitute(dim, (name) => {
    const to = by(name);
    return to === undefined ? undefined : substituteAll(to, by);
  });
}

/** `k: [B, H, T, K]` where the variable was set, for operands that are variables. */
export function whereSet(
  env: Env,
  operands: readonly { readonly expr: Expr; readonly shows: string }[],
): readonly Label[] {
  return operands.flatMap(({ expr, shows }) => {
    const span = expr.kind === "name" ? env.places.get(expr.text) : undefined;
    return expr.kind !== "name" || span === undefined ? [] : [{ span, text: `${expr.text}: ${shows}` }];
  });
}

/** Where findings go that are no matter of shapes: to nobody while something is looked at a second time. */
export function reporterOf(env: Env): Reporter {
  return env.quiet ? new Reporter() : env.shapes.context.reporter;
}
