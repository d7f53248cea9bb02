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
import type { Expected } from "./sync.ts";
import { describe, endOf, is, spanOf } from "./token-list.ts";
import * as T from "./tokens.ts";

export type SyntaxContext = {
  readonly file: string;
  readonly tokens: readonly IToken[];
  /** The index of the token that does not fit. */
  readonly at: number;
  /** What should have begun at this token; null in the middle of something. */
  readonly expected: Expected | null;
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
    expectedFound(context, context.expected === null ? error.message : beginnings[context.expected]!)
  );
}

/** Words and signs that mean something elsewhere. */
function explainHabit(context: SyntaxContext): Diagnostic | null {
  const { tokens, at, expected } = context;
  const token = tokens[at];
  if (is(token, T.If) && expected === null) {
    const message = "an `if` inside an expression stands in parentheses: `(if c then a else b)`";
    return syntaxError(context, message, "put it in parentheses");
  }
  if (is(token, T.Id, T.If, T.Else) && Object.hasOwn(statementHabits, token!.image)) {
    const message = `\`${token!.image}\` begins nothing here: ${statementHabits[token!.image]}`;
    return habit(context, message, `not ${expected === null ? "expected here" : article(expected)}`);
  }
  if (is(token, T.Question)) return habit(context, "write `if c then a else b`, not `c ? a : b`", "no `?` here");
  if (is(token, T.Colon) && is(tokens[at - 1], T.RParen)) {
    const message = "bodies stand between braces: write `{ … }`, or `= value` for a single expression";
    return habit(context, message, "no `:` here");
  }
  return null;
}

/** Mistakes that show in the tokens around. */
function explainNeighbours(context: SyntaxContext): Diagnostic | null {
  const { tokens, at, expected } = context;
  const [before, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (is(token, T.Assign)) {
    if (expected !== null && is(before, T.Id) && is(tokens[at - 2], T.Assign)) return missingValue(context, before!);
    return { ...expectedFound(context, "an operator or the end of the expression"), help: "equality is `==`" };
  }
  if (expected === null) return null;
  if (is(token, T.Comma) && expected === "statement") {
    return { ...expectedFound(context, "a statement"), help: "a tuple stands in parentheses: `(a, b)`" };
  }
  if (!is(token, T.Id)) return null;
  const name = token!.image;
  if (is(next, T.LParen, T.LBracket, T.Dot)) {
    const message = `a value alone does nothing here: bind it to a name, \`x = ${name}…\``;
    return syntaxError(context, message, `expected \`x = ${name}…\``);
  }
  if (is(next, T.Id) && is(tokens[at + 2], T.LParen, T.LBrace, T.Where) && expected !== "item") {
    const message = `declarations stand at the top of a file, not inside another: \`${name} ${next!.image}\``;
    return syntaxError(context, message, "declared here");
  }
  const message = `${article(expected)} looks like \`name = value\`, but after \`${name}\` comes ${found(next)}`;
  return syntaxError(context, message, "expected `=` after this");
}

/** `until =` and then the next member. */
function missingValue(context: SyntaxContext, nextName: IToken): Diagnostic {
  const owner = context.tokens[context.at - 3];
  const name = is(owner, T.Id, T.Str) ? `\`${owner!.image}\`` : "this binding";
  const message = `${name} has no value: \`${nextName.image} =\` looks like the next ${context.expected}`;
  return syntaxError(context, message, "expected a value before this", spanOf(context.file, nextName));
}

const article = (expected: Expected): string => `${expected === "item" ? "an" : "a"} ${expected}`;

const found = (token: IToken | undefined): string => (token === undefined ? "the end of the file" : describe(token));

function expectedFound(context: SyntaxContext, what: string): Diagnostic {
  return syntaxError(context, `expected ${what}, found ${found(context.tokens[context.at])}`, "not expected here");
}

function syntaxError(context: SyntaxContext, message: string, text: string, span = spanAt(context)): Diagnostic {
  return { code: "E0006", severity: "error", message, labels: [{ span, text }] };
}

function habit(context: SyntaxContext, message: string, text: string): Diagnostic {
  return { code: "E0002", severity: "error", message, labels: [{ span: spanAt(context), text }] };
}

function spanAt({ file, tokens, at }: SyntaxContext): Span {
  const token = tokens[at];
  if (token !== undefined) return spanOf(file, token);
  const last = tokens.at(-1);
  const end = last === undefined ? 0 : endOf(last);
  return { file, start: end, end };
}
