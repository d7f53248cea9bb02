/**
 * Gives every bracket its partner. Where one is missing, the layout of the text tells which was meant: the message names it
 * and a closing bracket without text takes its place, so that the parser only ever sees balanced brackets.
 */
import type { IToken, TokenType } from "chevrotain";
import { Lines } from "../diagnostics/lines.ts";
import type { Diagnostic } from "../diagnostics/report.ts";
import { maxNesting, TooDeep } from "./nesting.ts";
import { describe, endOf, endsOperand, is, spanOf, startsLine, virtual } from "./token-list.ts";
import * as T from "./tokens.ts";

const partner = new Map<TokenType, TokenType>([
  [T.LParen, T.RParen],
  [T.LBracket, T.RBracket],
  [T.LBrace, T.RBrace],
]);

export const isOpener = (token: IToken | undefined): boolean => is(token, T.LParen, T.LBracket, T.LBrace);
export const isCloser = (token: IToken | undefined): boolean => is(token, T.RParen, T.RBracket, T.RBrace);

/** Do brackets pair up? Throws `TooDeep` where there are too many in each other. */
function isBalanced(tokens: readonly IToken[]): boolean {
  const open: TokenType[] = [];
  for (const token of tokens) {
    if (isOpener(token)) {
      if (open.push(token.tokenType) > maxNesting) throw new TooDeep(token);
    } else if (isCloser(token)) {
      const opener = open.pop();
      if (opener === undefined || partner.get(opener) !== token.tokenType) return false;
    }
  }
  return open.length === 0;
}

export function balanceBrackets(
  file: string,
  text: string,
  tokens: readonly IToken[],
  report: (d: Diagnostic) => void,
): readonly IToken[] {
  if (isBalanced(tokens)) return tokens;
  const lines = new Lines(text);
  const out: IToken[] = [];
  const open: IToken[] = [];

  /** Closes all open brackets down to `keep`, with one message about the one to blame. */
  const close = (keep: number, blame: IToken, found: IToken | undefined): void => {
    report(unclosed(file, lines, blame, found));
    while (open.length > keep) {
      const last = out.at(-1);
      out.push(virtual(partner.get(open.pop()!.tokenType)!, last === undefined ? 0 : endOf(last)));
    }
  };

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const keep = brokenBy(lines, tokens, i, open);
    if (keep !== null) close(keep, open[keep]!, token);
    if (isOpener(token) && open.push(token) > maxNesting) throw new TooDeep(token);
    if (isCloser(token)) {
      const match = open.findLastIndex((o) => partner.get(o.tokenType) === token.tokenType);
      if (match < 0) {
        report(stray(file, token));
        continue;
      }
      if (match < open.length - 1) close(match + 1, open.at(-1)!, token);
      open.pop();
    }
    out.push(token);
  }
  if (open.length > 0) close(0, open.at(-1)!, undefined);
  return out;
}

/** How many open brackets remain when the token at `i` shows by its kind and column that those above were forgotten. */
function brokenBy(lines: Lines, tokens: readonly IToken[], i: number, open: readonly IToken[]): number | null {
  const token = tokens[i]!;
  const inner = open.at(-1);
  if (inner === undefined || isOpener(token) || !(startsLine(lines.text, token) || cannotBeInside(tokens, i)))
    return null;
  const column = indentOf(lines, token);

  // `}` at the start of a line closes the bracket whose line is indented alike; deeper ones were forgotten.
  if (is(token, T.RBrace)) {
    const match = open.findLastIndex((o) => is(o, T.LBrace) && indentOf(lines, o) <= column);
    return match >= 0 && match < open.length - 1 ? match + 1 : null;
  }
  if (isCloser(token)) return null;

  if (startsDeclaration(tokens, i)) {
    const outside = open.findIndex((o) => indentOf(lines, o) >= column);
    if (outside >= 0) return outside;
  }
  if (is(inner, T.LBrace)) return null;
  const startsBinding = is(token, T.Id) && is(tokens[i + 1], T.Assign) && endsOperand(tokens[i - 1]);
  if (cannotBeInside(tokens, i) || (startsBinding && startsLine(lines.text, token))) {
    return open.findLastIndex((o) => is(o, T.LBrace)) + 1;
  }
  return null;
}

/** Words that no parenthesis or list can hold. */
function cannotBeInside(tokens: readonly IToken[], i: number): boolean {
  const token = tokens[i];
  return is(token, T.Return, T.Use, T.Assert) || (is(token, T.Fn) && is(tokens[i + 1], T.Id));
}

function startsDeclaration(tokens: readonly IToken[], i: number): boolean {
  if (is(tokens[i], T.Use, T.Fn)) return !is(tokens[i + 1], T.LParen);
  return is(tokens[i], T.Id) && is(tokens[i + 1], T.Id) && is(tokens[i + 2], T.LParen, T.LBrace, T.Where);
}

/** The indentation of a token's line; a line that goes on with `where` counts like the one above it. */
function indentOf(lines: Lines, token: IToken): number {
  let line = lines.lineOf(token.startOffset);
  while (line > 0 && /^[ \t]*where\b/.test(lines.lineText(line))) line--;
  return lines.lineText(line).search(/[^ \t]|$/);
}

function unclosed(file: string, lines: Lines, opener: IToken, found: IToken | undefined): Diagnostic {
  const where = found === undefined ? "the file ends" : looksLike(lines, found);
  const label = { span: spanOf(file, opener), text: "never closed" };
  return {
    code: "E0003",
    severity: "error",
    message: `this \`${opener.image}\` at ${lines.place(opener.startOffset)} is never closed; ${where}`,
    labels: found === undefined ? [label] : [label, { span: spanOf(file, found), text: "expected before this" }],
    help: `add \`${String(partner.get(opener.tokenType)!.PATTERN)}\``,
  };
}

function looksLike(lines: Lines, found: IToken): string {
  const what = isCloser(found) ? "closes an outer bracket" : "looks like the next member";
  return `${describe(found)} at ${lines.place(found.startOffset)} ${what}`;
}

function stray(file: string, token: IToken): Diagnostic {
  return {
    code: "E0003",
    severity: "error",
    message: `this \`${token.image}\` closes nothing`,
    labels: [{ span: spanOf(file, token), text: "no bracket is open here" }],
    help: "remove it, or add the bracket it should close",
    edit: { span: spanOf(file, token), text: "" },
  };
}
