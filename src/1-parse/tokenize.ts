/** Text → tokens the parser can trust: habits mended, quantities joined, brackets in pairs. */
import { type ILexingResult, type IToken, Lexer } from "chevrotain";
import type { Diagnostic, Source } from "../diagnostics/report.ts";
import type { Comment } from "./ast.ts";
import { balanceBrackets } from "./balance-brackets.ts";
import { joinQuantities } from "./join-quantities.ts";
import { mendTokens } from "./mend-tokens.ts";
import { spanOf, virtual } from "./token-list.ts";
import { allTokens, Unknown } from "./tokens.ts";

const lexer = new Lexer(allTokens, {
  positionTracking: "onlyOffset",
  ensureOptimizations: true,
  skipValidations: true,
});

export type Tokens = { readonly tokens: readonly IToken[]; readonly comments: readonly Comment[] };

export function tokenize(source: Source, report: (d: Diagnostic) => void): Tokens {
  const { file, text } = source;
  const lexed = lexer.tokenize(text);
  const hidden = lexed.groups.comments ?? [];
  for (const token of lexed.tokens) token.endOffset = token.startOffset + token.image.length - 1;
  for (const token of hidden) token.endOffset = token.startOffset + token.image.trimEnd().length - 1;

  let unclosedString = false;
  const mended = mendTokens(file, text, withUnknown(text, lexed), (d) => {
    unclosedString ||= d.code === "E0003";
    report(d);
  });
  const joined = joinQuantities(file, mended, report);
  // A string that goes on to the end of its line takes closing brackets with it: one message is enough.
  const tokens = balanceBrackets(file, text, joined, unclosedString ? () => {} : report);
  const comments = hidden.map((token) => ({
    text: token.image.trimEnd(),
    doc: token.image.startsWith("##"),
    span: spanOf(file, token),
  }));
  return { tokens, comments };
}

/** The lexer leaves out what it does not know: here it comes back, a token for each character. */
function withUnknown(text: string, lexed: ILexingResult): IToken[] {
  if (lexed.errors.length === 0) return lexed.tokens;
  const unknown = lexed.errors.flatMap(({ offset, length }) => {
    let at = offset;
    return [...text.slice(offset, offset + length)].map((character) => {
      const token = { ...virtual(Unknown, at), image: character, endOffset: at + character.length - 1 };
      at += character.length;
      return token;
    });
  });
  return [...lexed.tokens, ...unknown].sort((a, b) => a.startOffset - b.startOffset);
}
