/** Text → syntax tree. Whatever the text is, this returns: what is wrong with it comes back as diagnostics. */
import type { CstNode } from "chevrotain";
import type { Diagnostic, Source, Span } from "../diagnostics/report.ts";
import type { Comment, Expr, File } from "./ast.ts";
import { buildItems } from "./build-ast.ts";
import { buildExpr } from "./build-expr.ts";
import { withoutConsequences } from "./consequences.ts";
import { type Building, nodeOf } from "./cst.ts";
import { docFinder } from "./docs.ts";
import { tooDeepAt } from "./measure-depth.ts";
import { maxNesting, TooDeep } from "./nesting.ts";
import { LlmParser } from "./parser.ts";
import { spanOf } from "./token-list.ts";
import { tokenize } from "./tokenize.ts";

/** In UTF-16 units. */
export const maxSourceLength = 4 * 1024 * 1024;
const maxDiagnostics = 20;

/** The syntax tree of a file. With errors in it, the tree holds what could be read. */
export function parse(source: Source): { file: File; diagnostics: Diagnostic[] } {
  const { value, comments, diagnostics } = read(source, (llm) => llm.file(), buildItems);
  const diagnosed = [...diagnostics];
  const items = (value ?? []).filter((item) => {
    const span = tooDeepAt(item);
    if (span !== null) diagnosed.push(tooDeep(span));
    return span === null;
  });
  const span = { file: source.file, start: 0, end: source.text.length };
  return { file: { file: source.file, items, comments, span }, diagnostics: firstInOrder(diagnosed) };
}

/** A single expression, such as the value of `--set name=value`; null where it has errors. */
export function parseExpression(source: Source): { expr: Expr | null; diagnostics: Diagnostic[] } {
  const build = (to: Building, cst: CstNode): Expr | null => {
    const expr = nodeOf(cst, "expr");
    return expr === null ? null : buildExpr(to, expr);
  };
  const { value, diagnostics } = read(source, (llm) => llm.soleExpression(), build);
  const span = value === null ? null : tooDeepAt(value);
  const diagnosed = span === null ? diagnostics : [...diagnostics, tooDeep(span)];
  return { expr: diagnosed.length > 0 ? null : value, diagnostics: firstInOrder(diagnosed) };
}

let shared: LlmParser | null = null;

/** One parser for all files: its analysis of the grammar takes longer than reading most of them. */
function parser(): LlmParser {
  shared ??= new LlmParser({ validate: false });
  return shared;
}

type Read<Value> = {
  readonly value: Value | null;
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
};

function read<Value>(
  source: Source,
  rule: (llm: LlmParser) => CstNode | undefined,
  build: (to: Building, cst: CstNode) => Value | null,
): Read<Value> {
  const { file, text } = source;
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic): void => {
    diagnostics.push(d);
  };
  if (text.length > maxSourceLength) {
    report(limit({ file, start: 0, end: 0 }, "this file is larger than 4 MB", "the file starts here"));
    return { value: null, comments: [], diagnostics };
  }
  let comments: readonly Comment[] = [];
  try {
    const lexed = tokenize(source, report);
    comments = lexed.comments;
    const llm = parser();
    llm.open(file, lexed.tokens);
    const cst = rule(llm);
    for (const found of withoutConsequences(text, diagnostics, llm.diagnostics)) report(found);
    const to: Building = { file, text, report, docBefore: docFinder(text, comments, lexed.tokens) };
    return { value: cst === undefined ? null : build(to, cst), comments, diagnostics };
  } catch (error) {
    if (error instanceof TooDeep) report(tooDeep(spanOf(file, error.token)));
    else if (error instanceof RangeError) report(tooDeep({ file, start: 0, end: 0 }));
    else throw error;
    return { value: null, comments, diagnostics };
  }
}

function tooDeep(span: Span): Diagnostic {
  return limit(span, `this is nested more than ${maxNesting} deep`, "too deep from here on");
}

function limit(span: Span, message: string, text: string): Diagnostic {
  return { code: "E0007", severity: "error", message, labels: [{ span, text }] };
}

/** By place, and no more than anyone reads. */
function firstInOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort((a, b) => a.labels[0].span.start - b.labels[0].span.start);
  return sorted.slice(0, maxDiagnostics);
}
