/**
 * Reports what people write out of habit and puts what they meant in its place, so that one habit is one message and the
 * parser goes on as if nothing had happened.
 */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { mendSign } from "./mend-signs.ts";
import { mendWord } from "./mend-words.ts";
import type { Place } from "./mending.ts";
import { is } from "./token-list.ts";
import * as T from "./tokens.ts";

export function mendTokens(
  file: string,
  text: string,
  tokens: readonly IToken[],
  report: (d: Diagnostic) => void,
): IToken[] {
  const out: IToken[] = [];
  for (let at = 0; at < tokens.length; ) {
    const place: Place = { file, text, tokens, at, before: out.at(-1), report };
    const mended = is(tokens[at], T.Id) ? mendWord(place) : mendSign(place);
    if (mended === null) out.push(tokens[at++]!);
    else {
      out.push(...mended.tokens);
      at += mended.used;
    }
  }
  return out;
}
