/**
 * `500 steps` is one literal: joins a number and the unit after it. A unit is an ordinary name elsewhere
 * (`x = 2  step = 3` is two bindings), so a name that begins something of its own is left alone.
 */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { endOf, is, retag, spanOf } from "./token-list.ts";
import * as T from "./tokens.ts";
import { unitOf, unitWords } from "./units.ts";

export function joinQuantities(file: string, tokens: readonly IToken[], report: (d: Diagnostic) => void): IToken[] {
  const out: IToken[] = [];
  const open: IToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const word = tokens[i + 1];
    if (is(token, T.LParen, T.LBracket, T.LBrace)) open.push(token);
    if (is(token, T.RParen, T.RBracket, T.RBrace)) open.pop();
    if (!is(token, T.Num) || word === undefined || !is(word, T.Id)) {
      out.push(token);
      continue;
    }
    const unit = readUnit(word, tokens.slice(i + 2, i + 4), is(open.at(-1), T.LParen, T.LBracket));
    if (unit === null) {
      out.push(token);
      continue;
    }
    if (unitOf(word.image) === null) report(unknownUnit(file, word));
    const end = endOf(word);
    out.push({
      ...retag(token, T.Quantity, `${token.image} ${unit}`),
      endOffset: end - 1,
      payload: { number: token.image, unit },
    });
    i++;
  }
  return out;
}

/** The unit a word after a number stands for, or null where the word begins the next member. */
function readUnit(word: IToken, [next, afterNext]: readonly IToken[], insideList: boolean): string | null {
  if (is(next, T.Assign) || (!insideList && is(next, T.Colon))) return null;
  if (unitOf(word.image) !== null) return word.image;
  const near = suggest(word.image, unitWords);
  if (insideList) return near ?? (is(next, T.Comma, T.RParen, T.RBracket) ? "steps" : null);
  const startsDeclaration = is(next, T.Id) && is(afterNext, T.LParen, T.LBrace, T.Where);
  if (startsDeclaration || is(next, T.Comma, T.Colon, T.Dot, T.LParen, T.LBrace)) return null;
  return near ?? (is(next, T.RBrace, T.Or) ? "steps" : null);
}

function unknownUnit(file: string, word: IToken): Diagnostic {
  const near = suggest(word.image, unitWords);
  const span = spanOf(file, word);
  return {
    code: "E0004",
    severity: "error",
    message: `unknown unit \`${word.image}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span, text: near === null ? "not a unit" : `did you mean \`${near}\`?` }],
    ...(near === null
      ? { help: "units are steps, epochs, tokens, samples, sec, min, hours, KiB, MiB and GiB" }
      : { edit: { span, text: near } }),
  };
}
