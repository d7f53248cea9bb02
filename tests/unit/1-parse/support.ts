/** What the parser's tests share. */
import { readdirSync, readFileSync } from "node:fs";
import type { Expr, File } from "../../../src/1-parse/ast.ts";
import { parse, parseExpression } from "../../../src/1-parse/parse.ts";
import { printExpr } from "../../../src/1-parse/print-expr.ts";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";

const folder = new URL("./programs/", import.meta.url);

export const programs: readonly { readonly name: string; readonly text: string }[] = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

export function parsed(text: string): File {
  const { file, diagnostics } = parse({ file: "test.llm", text });
  if (diagnostics.length > 0) throw new Error(messages(text));
  return file;
}

export function expression(text: string): Expr {
  const { expr, diagnostics } = parseExpression({ file: "test.llm", text });
  if (expr === null) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return expr;
}

/** The diagnostics of a text as people see them. */
export function messages(text: string): string {
  const { diagnostics } = parse({ file: "test.llm", text });
  return `\n${renderDiagnostics(diagnostics, new Map([["test.llm", text]]), { format: "text", color: false })}`;
}

/** An expression with every operator in parentheses. */
export function grouped(text: string): string {
  const show = (e: Expr): string =>
    e.kind === "binary"
      ? `(${show(e.left)} ${e.op} ${show(e.right)})`
      : e.kind === "unary"
        ? `(${e.op} ${show(e.operand)})`
        : printExpr(e, "");
  return show(expression(text));
}

/** A tree without its places. */
export function withoutSpans(tree: unknown): unknown {
  const places = new Set(["span", "opSpan", "keySpan"]);
  return JSON.parse(JSON.stringify(tree, (key, value) => (places.has(key) ? undefined : value)));
}
