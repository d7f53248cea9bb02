/** What static evaluation reports, and where it stops. */
import type { Diagnostic, Span } from "../../diagnostics/report.ts";
import { type Context, mostDepth } from "../context.ts";
import type { Static } from "../program.ts";

/** Said once: everything after it fails as well. */
export function outOfSteps(span: Span, context: Context): null {
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

export function wrongKind(context: Context, span: Span, message: string, text: string, help?: string): null {
  return fail(context, {
    code: "E0108",
    severity: "error",
    message,
    labels: [{ span, text }],
    ...(help === undefined ? {} : { help }),
  });
}
