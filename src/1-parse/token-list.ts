/** Small helpers over lexed tokens: places, neighbours, replacements. */
import { EOF, type IToken, type TokenType } from "chevrotain";
import type { Span } from "../diagnostics/report.ts";
import * as T from "./tokens.ts";

export const endOf = (token: IToken): number => (token.endOffset ?? token.startOffset - 1) + 1;

export const spanOf = (file: string, token: IToken): Span => ({ file, start: token.startOffset, end: endOf(token) });

export const is = (token: IToken | undefined, ...types: readonly TokenType[]): boolean =>
  token !== undefined && types.includes(token.tokenType);

/** The same place read as another token. */
export const retag = (token: IToken, type: TokenType, image = token.image): IToken => ({
  ...token,
  image,
  tokenType: type,
  tokenTypeIdx: type.tokenTypeIdx!,
});

/** Changes a token where it stands, for mistakes that only the parser can tell. */
export function retagInPlace(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

/** A token that is not in the source: `image` is empty, so that its span is too. */
export const virtual = (type: TokenType, offset: number): IToken => ({
  image: "",
  startOffset: offset,
  endOffset: offset - 1,
  tokenType: type,
  tokenTypeIdx: type.tokenTypeIdx!,
});

/** Can an operand end with this token? */
export const endsOperand = (token: IToken | undefined): boolean =>
  is(
    token,
    T.Id,
    T.Num,
    T.Percent,
    T.Quantity,
    T.Str,
    T.True,
    T.False,
    T.None,
    T.RParen,
    T.RBracket,
    T.RBrace,
    T.SingleQuoted,
  );

/** Is this token the first on its line? */
export function startsLine(text: string, token: IToken): boolean {
  let i = token.startOffset - 1;
  while (text[i] === " " || text[i] === "\t") i--;
  return i < 0 || text[i] === "\n";
}

/** How a message names a token. */
export function describe(token: IToken): string {
  if (token.tokenType === EOF || Number.isNaN(token.startOffset)) return "the end of the file";
  if (token.image === "") return `\`${String(token.tokenType.PATTERN)}\``;
  if (is(token, T.Str)) return token.image.length > 24 ? "a string" : `the string ${token.image}`;
  return `\`${token.image}\``;
}
