/** `a // b` among dimensions: exact by the facts, or asked again with the numbers; from here on it is a fact. */
import type { Span } from "../../diagnostics/report.ts";
import { constantOf, type Dim, quotient } from "../../ir/dim.ts";
import { assumeDivides, exactQuotient } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { assume, type Env, fail } from "./env.ts";

export function divideExact(a: Dim, b: Dim, span: Span, env: Env): Dim {
  const known = exactQuotient(a, b, env.known.facts);
  if (known !== null) return known;
  const [x, y] = [constantOf(a), constantOf(b)];
  if (x !== null && y !== null) {
    fail(env, "E0210", span, [], () => ({ message: `${x} // ${y} is not exact`, label: "leaves a remainder" }));
  } else if (!env.quiet) {
    env.summary.obligations.push({ kind: "divides", of: a, by: b, text: `${formatDim(a)} // ${formatDim(b)}`, span });
  }
  assume(env, (facts) => assumeDivides(facts, a, b));
  return quotient(a, b);
}
