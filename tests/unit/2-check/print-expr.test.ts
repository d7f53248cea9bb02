/** Expressions as messages quote them read as the parser reads them. */
import { describe, expect, test } from "vitest";
import type { Expr } from "../../../src/1-parse/ast.ts";
import { precedenceRows } from "../../../src/1-parse/operators.ts";
import { parseExpression } from "../../../src/1-parse/parse.ts";
import { printExpr } from "../../../src/2-check/print-expr.ts";

const operators = precedenceRows.flat().filter((op) => op !== "|>");

function parsed(text: string): Expr {
  const { expr, diagnostics } = parseExpression({ file: "test.llm", text });
  if (expr === null || diagnostics.length > 0) throw new Error(`${text}: ${diagnostics.map((d) => d.message)}`);
  return expr;
}

/** Every operator in parentheses. */
function grouped(expr: Expr): string {
  if (expr.kind === "binary") return `(${grouped(expr.left)} ${expr.op} ${grouped(expr.right)})`;
  if (expr.kind === "unary") return `(${expr.op} ${grouped(expr.operand)})`;
  if (expr.kind === "if") return `(if ${[expr.condition, expr.then, expr.else].map(grouped).join(" ")})`;
  if (expr.kind === "member") return `${grouped(expr.object)}.${expr.name.text}`;
  return printExpr(expr);
}

const signs = ["-", "not "];
const pairs = operators.flatMap((outer) =>
  operators.flatMap((inner) => [`(a ${inner} b) ${outer} c`, `a ${outer} (b ${inner} c)`]),
);
const signed = operators.flatMap((op) =>
  signs.flatMap((sign) => [`(${sign}a) ${op} b`, `${sign}(a ${op} b)`, `(a ${op} (${sign}b))`]),
);
const others = [
  "(if a then b else c) + d",
  "-(if a then b else c)",
  "(a + b).T",
  "(-a)[0]",
  "(a @ b)(c)",
  "(10%).x",
  "not (not a)",
  "-(-a)",
];

describe("what is printed means what was written", () => {
  test.each([
    ["two operators", pairs],
    ["a sign and an operator", signed],
    ["other forms", others],
  ])("%s", (_, texts) => {
    for (const text of texts) expect(grouped(parsed(printExpr(parsed(text))))).toBe(grouped(parsed(text)));
  });
});

test.each(["not a == b", "-a ** 2", "a - b - c", "a ** b ** c", "0..n - 1", "a or b and c", "D % H == 0", "10% ** 2"])(
  "%s needs no parentheses",
  (text) => {
    expect(printExpr(parsed(text))).toBe(text);
  },
);
