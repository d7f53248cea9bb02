/**
 * Facts with numbers in them. The checker has proven what it could; what waits for preparation (`V % 8 == 0` where V is
 * a fitted vocabulary) is decided here, so a failure is the user's error.
 */
import type { Decl, Expr } from "../../1-parse/ast.ts";
import { DiagnosticError, type Span, unsupported } from "../../diagnostics/report.ts";
import type { Datum } from "./datum.ts";
import { evaluate } from "./expression.ts";
import type { Frame } from "./frame.ts";
import { visible } from "./names.ts";
import { staticNumber } from "./tensor-ops.ts";

/** Throws E0210 where `fact`, a `where` clause or an assertion of `owner`, does not hold. */
export function verifyFact(frame: Frame, fact: Expr, message: string | null = null): void {
  const value = evaluate(frame, fact);
  if (value.kind !== "bool") unsupported(fact.span, "a fact that is known only while the program runs");
  if (value.value) return;
  const owner = frame.self?.decl.name.text;
  failFact(frame, fact, message ?? `a fact${owner === undefined ? "" : ` of \`${owner}\``} does not hold`);
}

/** Throws E0210 where left // right, both static integers, is not exact. `frame` gives the names' values, if there are any. */
export function verifyExact(frame: Frame | null, left: Datum, right: Datum, expr: Expr): void {
  const [a, b] = [staticNumber(left), staticNumber(right)];
  if (!a?.integer || !b?.integer || (b.value !== 0 && a.value % b.value === 0)) return;
  const rest = b.value === 0 ? "" : `: ${a.value} % ${b.value} = ${a.value % b.value}`;
  failFact(frame, expr, `${a.value} // ${b.value} is not exact${rest}`);
}

/** Throws E0109 where `value`, the dimension `name` of `owner`, is less than 1: it may come from a fitted vocabulary. */
export function verifySize(name: string, owner: Decl, value: Datum, span: Span): void {
  const size = staticNumber(value)?.value ?? 1;
  if (size >= 1) return;
  const message = `\`${name}\` of ${owner.name.text} must be at least 1, got ${size}`;
  const labels = [{ span, text: "a dimension has at least one element" }] as const;
  throw new DiagnosticError([{ code: "E0109", severity: "error", message, labels }]);
}

function failFact(frame: Frame | null, expr: Expr, message: string): never {
  const bindings = [...new Set(namesIn(expr))].flatMap((name) => {
    const value = frame === null ? null : visible(frame, name);
    const number = value === null ? null : staticNumber(value);
    return number === null ? [] : [{ name, value: String(number.value) }];
  });
  throw new DiagnosticError([
    { code: "E0210", severity: "error", message, labels: [{ span: expr.span, text: "does not hold" }], bindings },
  ]);
}

function namesIn(expr: Expr): readonly string[] {
  switch (expr.kind) {
    case "name":
      return [expr.text];
    case "binary":
      return [...namesIn(expr.left), ...namesIn(expr.right)];
    case "unary":
      return namesIn(expr.operand);
    case "call":
      return expr.args.flatMap((arg) => namesIn(arg.value));
    default:
      return [];
  }
}
