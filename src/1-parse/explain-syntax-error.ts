/** What the parser says: the grammar's expectation, the token found instead and, where we can tell, what was meant. */
import {
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type MismatchedTokenException,
  tokenLabel,
} from "chevrotain";
import type { Diagnostic, Span } from "../diagnostics/report.ts";
import { statementHabits } from "./habits.ts";
import { describe, endOf, is, spanOf } from "./token-list.ts";
import * as T from "./tokens.ts";

export type SyntaxContext = {
  readonly file: string;
  readonly tokens: readonly IToken[];
  /** The index of the token that does not fit. */
  readonly at: number;
  /** What a repetition wanted one more of, where the error is not the grammar's own. */
  readonly expected: "item" | "member" | "statement" | null;
};

/** What each rule begins with, in words. */
const beginnings: Readonly<Record<string, string>> = {
  item: "a declaration or a binding",
  member: "a member such as `name = value`",
  statement: "a statement such as `name = value` or `return value`",
  stmt: "a statement such as `name = value` or `return value`",
  use: 'a module such as `std.models.gpt2` or a file such as `"./other.llm"`',
  path: "a name, `*` or `{`",
  fn: "`=` and an expression, or a body `{ … }`",
  type: "a type",
  axis: "an axis",
  index: "an index",
  list: "`,`, `for` or `]`",
};

/** Chevrotain asks for the expectation only; the rest of the sentence is written in `explainSyntaxError`. */
export const syntaxMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => {
    if (expected === T.RParen) return "`,` or `)`";
    if (expected === T.RBracket) return "`,` or `]`";
    return expected === EOF ? "the end" : tokenLabel(expected);
  },
  buildNotAllInputParsedMessage: () => "the end",
  buildNoViableAltMessage: ({ ruleName }) => beginnings[ruleName] ?? "an expression",
  buildEarlyExitMessage: ({ ruleName }) => beginnings[ruleName] ?? "an expression",
};

/** Null where another message has said it already. */
export function explainSyntaxError(error: MismatchedTokenException, context: SyntaxContext): Diagnostic | null {
  const { tokens, at } = context;
  const token = tokens[at];
  if (token !== undefined && token.image === "") return null;
  return (
    explainHabit(context) ??
    explainNeighbours(context) ??
    syntaxError(
      context,
      `expected ${context.expected === null ? error.message : beginnings[context.expected]}, found ${token === undefined ? "the end of the file" : describe(token)}`,
      "not expected here",
    )
  );
}

/** Words that open a statement in other languages. */
function explainHabit(context: SyntaxContext): Diagnostic | null {
  const { file, tokens, at } = context;
  for (const i of [at, at - 1]) {
    const token = tokens[i];
    if (token === undefined || !is(token, T.Id, T.If, T.Else)) continue;
    if (i < at && !(is(token, T.Id) && isStatementStart(tokens, i))) continue;
    const help = Object.hasOwn(statementHabits, token.image) ? statementHabits[token.image] : undefined;
    if (help === undefined) continue;
    const message = `\`${token.image}\` does not begin a ${context.expected ?? "statement"} here: ${help}`;
    return {
      code: "E0002",
      severity: "error",
      message,
      labels: [{ span: spanOf(file, token), text: "not a statement" }],
    };
  }
  if (is(tokens[at], T.Question)) {
    const message = "write `if c then a else b`, not `c ? a : b`";
    return {
      code: "E0002",
      severity: "error",
      message,
      labels: [{ span: spanOf(file, tokens[at]!), text: "no `?` here" }],
    };
  }
  if (is(tokens[at], T.Colon) && is(tokens[at - 1], T.RParen)) {
    const message = "bodies stand between braces: write `{ … }`, or `= value` for a single expression";
    return {
      code: "E0002",
      severity: "error",
      message,
      labels: [{ span: spanOf(file, tokens[at]!), text: "no `:` here" }],
    };
  }
  return null;
}

const isStatementStart = (tokens: readonly IToken[], i: number): boolean =>
  i === 0 || !is(tokens[i - 1], T.Dot, T.Comma, T.LParen, T.Assign);

/** Mistakes that show in the tokens around. */
function explainNeighbours(context: SyntaxContext): Diagnostic | null {
  const { tokens, at, expected } = context;
  const token = tokens[at];
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  if (is(token, T.Assign) && is(before, T.Id) && is(tokens[at - 2], T.Assign) && expected !== null) {
    const name = is(tokens[at - 3], T.Id, T.Str) ? tokens[at - 3]!.image : "the binding";
    const message = `${quote(name)} has no value: \`${before!.image} =\` looks like the next ${expected}`;
    return syntaxError(context, message, "expected a value before this", spanOf(context.file, before!));
  }
  if (is(token, T.Assign)) {
    return { ...expectedFound(context, "an operator or the end of the expression"), help: "equality is `==`" };
  }
  if (is(token, T.BinaryOp) || is(token, T.Less, T.LessEqual, T.Greater, T.GreaterEqual, T.Equal, T.NotEqual))
    return null;
  if (is(token, T.Comma) && expected === "statement") {
    return { ...expectedFound(context, "a statement"), help: "a tuple stands in parentheses: `(a, b)`" };
  }
  if (is(token, T.Id) && is(next, T.LParen, T.LBracket, T.Dot) && expected !== null) {
    const message = `a value alone does nothing here: bind it to a name, \`x = ${token!.image}…\``;
    return syntaxError(context, message, `expected \`${token!.image} = …\``);
  }
  if (is(token, T.Id) && is(next, T.Id) && expected !== null && expected !== "item") {
    const message = `declarations stand at the top of a file, not inside another: \`${token!.image} ${next!.image}\``;
    return syntaxError(context, message, "declared here");
  }
  if (is(token, T.If) && is(before, T.BinaryOp)) return null;
  return null;
}

function expectedFound(context: SyntaxContext, what: string): Diagnostic {
  const token = context.tokens[context.at];
  return syntaxError(
    context,
    `expected ${what}, found ${token === undefined ? "the end of the file" : describe(token)}`,
    "not expected here",
  );
}

function syntaxError(context: SyntaxContext, message: string, text: string, span = spanAt(context)): Diagnostic {
  return { code: "E0006", severity: "error", message, labels: [{ span, text }] };
}

function spanAt({ file, tokens, at }: SyntaxContext): Span {
  const token = tokens[at];
  if (token !== undefined) return spanOf(file, token);
  const last = tokens.at(-1);
  const end = last === undefined ? 0 : endOf(last);
  return { file, start: end, end };
}

const quote = (text: string): string => `\`${text}\``;

/** `batch: 64`: the `:` at `at` is read as `=`. `typeEnd` is where a type after it would end, or -1. */
export function colonForAssign(
  file: string,
  tokens: readonly IToken[],
  at: number,
  typeEnd: number,
): Diagnostic | null {
  const name = tokens[at - 1]!;
  const span = spanOf(file, tokens[at]!);
  if (isTypeAlone(tokens, at + 1, typeEnd)) {
    const start = tokens[at + 1]!.startOffset;
    const typeSpan = { file, start, end: endOf(tokens[typeEnd - 1]!) };
    return {
      code: "E0005",
      severity: "error",
      message: `${quote(name.image)} has a type but no value`,
      labels: [{ span: typeSpan, text: "expected `= value` after this" }],
      help: "fields take `=`; `:` is for types",
    };
  }
  return {
    code: "E0005",
    severity: "error",
    message: "fields take `=`; `:` is for types",
    labels: [{ span, text: "write `=`" }],
    edit: { span, text: " =" },
  };
}

const typeWords: ReadonlySet<string> = new Set(["param", "state", "f32", "f16", "i32", "bool", "int", "float", "dim"]);

function isTypeAlone(tokens: readonly IToken[], start: number, end: number): boolean {
  if (end < 0) return false;
  return is(tokens[start], T.LBracket)
    ? is(tokens[start + 1], T.Star, T.Ellipsis)
    : is(tokens[start], T.Id) && typeWords.has(tokens[start]!.image);
}

/** `a if c else b`, with the expression's first token and the `if`. */
export function ternary(file: string, tokens: readonly IToken[], start: number, ifAt: number): Diagnostic {
  const span = spanOf(file, tokens[ifAt]!);
  const end = elseAfter(tokens, ifAt);
  const message =
    end === null
      ? "an `if` after an expression: a condition comes first, `if c then a else b`"
      : "write `if c then a else b`, not `a if c else b`";
  const whole = { file, start: tokens[start]!.startOffset, end: endOf(tokens[ifAt - 1]!) };
  return {
    code: "E0002",
    severity: "error",
    message,
    labels: [
      { span, text: "the condition comes first" },
      { span: whole, text: "this goes after `then`" },
    ],
  };
}

/** The `else` that belongs to the `if`, or null. */
function elseAfter(tokens: readonly IToken[], ifAt: number): number | null {
  for (let i = ifAt + 1; i < tokens.length && !is(tokens[i], T.Assign, T.RBrace, T.Return); i++) {
    if (is(tokens[i], T.Else)) return i;
    if (is(tokens[i], T.Then)) return null;
  }
  return null;
}
