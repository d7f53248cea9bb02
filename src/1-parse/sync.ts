/** Where the parser may go on after an error: the starts of items, members and statements, found without parsing. */
import type { IToken, TokenType } from "chevrotain";
import { isCloser, isOpener } from "./balance-brackets.ts";
import { is } from "./token-list.ts";
import * as T from "./tokens.ts";

/** For each token, how many brackets are open before it; a closing bracket counts as outside. */
export function bracketDepths(tokens: readonly IToken[]): Int32Array {
  const depths = new Int32Array(tokens.length);
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (isCloser(tokens[i])) depth--;
    depths[i] = depth;
    if (isOpener(tokens[i])) depth++;
  }
  return depths;
}

/** The repetitions that an error ends, and with which the parser goes on. */
export type Expected = "item" | "member" | "statement";

const firstWords: Readonly<Record<Expected, readonly TokenType[]>> = {
  item: [T.Use, T.Assert],
  member: [T.Assert, T.Ellipsis],
  statement: [T.Assert, T.Return, T.For],
};

/** Could the token at `i` begin one of these? */
export function startsRound(tokens: readonly IToken[], i: number, what: Expected): boolean {
  const token = tokens[i];
  if (is(token, ...firstWords[what])) return true;
  if (is(token, T.Fn)) return what !== "statement" && is(tokens[i + 1], T.Id);
  if (is(token, T.Str)) return what === "member" && is(tokens[i + 1], T.Assign);
  if (!is(token, T.Id)) return false;
  if (is(tokens[i + 1], T.Id)) return what === "item" && is(tokens[i + 2], T.LParen, T.LBrace, T.Where);
  let last = i;
  while (last < i + 16 && is(tokens[last + 1], T.Comma) && is(tokens[last + 2], T.Id)) last += 2;
  return is(tokens[last + 1], T.Assign, T.Colon);
}

/** The end of the type that begins at `i`, going by brackets alone, or -1 where no type begins. */
export function skipType(tokens: readonly IToken[], i: number): number {
  let end = -1;
  if (is(tokens[i], T.Id)) end = is(tokens[i + 1], T.LBracket) ? skipBrackets(tokens, i + 1) : i + 1;
  else if (is(tokens[i], T.LBracket, T.LParen, T.LBrace)) end = skipBrackets(tokens, i);
  else if (is(tokens[i], T.Fn) && is(tokens[i + 1], T.LParen)) {
    const params = skipBrackets(tokens, i + 1);
    end = is(tokens[params], T.Arrow) ? skipType(tokens, params + 1) : -1;
  }
  return end >= 0 && is(tokens[end], T.Question) ? end + 1 : end;
}

function skipBrackets(tokens: readonly IToken[], i: number): number {
  let depth = 0;
  for (let j = i; j < tokens.length; j++) {
    if (isOpener(tokens[j])) depth++;
    else if (isCloser(tokens[j]) && --depth === 0) return j + 1;
  }
  return -1;
}
