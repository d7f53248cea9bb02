/**
 * Reports what people write out of habit and puts what they meant in its place, so that one habit is one message and the
 * parser goes on as if nothing had happened.
 */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { bindingHabits, functionHabits, signHabits, valueHabits } from "./habits.ts";
import { endOf, endsOperand, is, retag, spanOf, virtual } from "./token-list.ts";
import * as T from "./tokens.ts";

type Report = (d: Diagnostic) => void;
/** Tokens that take the place of the next `used` ones. */
type Mended = { readonly tokens: readonly IToken[]; readonly used: number };
type Place = {
  readonly file: string;
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly at: number;
  readonly before: IToken | undefined;
  readonly report: Report;
};

export function mendTokens(file: string, text: string, tokens: readonly IToken[], report: Report): IToken[] {
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

function mendWord(place: Place): Mended | null {
  const { tokens, at, before } = place;
  const token = tokens[at]!;
  const next = tokens[at + 1];
  if (is(before, T.Dot)) return null;
  const value = valueHabits.get(token.image);
  if (value !== undefined && !is(next, T.Assign, T.Colon, T.LParen)) {
    wrong(place, "E0002", `use \`${value}\`, not \`${token.image}\``, `write \`${value}\``, value);
    return one(retag(token, value === "true" ? T.True : value === "false" ? T.False : T.None, value));
  }
  if (bindingHabits.has(token.image) && is(next, T.Id) && is(tokens[at + 2], T.Assign, T.Colon, T.Comma)) {
    wrong(place, "E0002", `bindings need no \`${token.image}\``, "remove it", "");
    return { tokens: [], used: 1 };
  }
  if (functionHabits.has(token.image) && is(next, T.Id) && is(tokens[at + 2], T.LParen)) {
    wrong(place, "E0002", "functions start with `fn`", "write `fn`", "fn");
    return one(retag(token, T.Fn, "fn"));
  }
  if (token.image === "import" && is(next, T.Id, T.Str)) {
    wrong(place, "E0002", "imports start with `use`", "write `use`", "use");
    return one(retag(token, T.Use, "use"));
  }
  if (token.image === "lambda") return mendLambda(place);
  if (token.image === "self") return mendSelf(place);
  if (
    /^(?:[frbu]|rb|br|fr)$/i.test(token.image) &&
    is(next, T.Str, T.SingleQuoted) &&
    endOf(token) === next!.startOffset
  ) {
    const help = token.image.toLowerCase().includes("f") ? "strings are not interpolated" : undefined;
    wrong(place, "E0002", `strings have no prefix \`${token.image}\``, "remove it", "", help);
    return { tokens: [], used: 1 };
  }
  return null;
}

/** `lambda x, y: e` is read as `fn(x, y) = e`. */
function mendLambda(place: Place): Mended | null {
  const { tokens, at, text } = place;
  let end = at + 1;
  while (is(tokens[end], T.Id, T.Comma)) end++;
  const colon = tokens[end];
  if (colon === undefined || !is(colon, T.Colon)) return null;
  const token = tokens[at]!;
  const params = tokens.slice(at + 1, end);
  const names = params.length === 0 ? "" : text.slice(params[0]!.startOffset, endOf(params.at(-1)!));
  const written = `fn(${names}) =`;
  const span = { file: place.file, start: token.startOffset, end: endOf(colon) };
  place.report({
    code: "E0002",
    severity: "error",
    message: `functions without a name are written \`fn(${names}) = …\`, not \`lambda\``,
    labels: [{ span, text: `write \`${written}\`` }],
    edit: { span, text: written },
  });
  const open = virtual(T.LParen, endOf(token));
  const close = virtual(T.RParen, colon.startOffset);
  return {
    tokens: [retag(token, T.Fn, "fn"), open, ...params, close, retag(colon, T.Assign, "=")],
    used: end + 1 - at,
  };
}

/** `self.x` is read as `x`, and a first parameter `self` is dropped. */
function mendSelf(place: Place): Mended | null {
  const { tokens, at, before } = place;
  const name = tokens[at + 2];
  if (is(tokens[at + 1], T.Dot) && name !== undefined && is(name, T.Id)) {
    const used = { ...tokens[at]!, endOffset: endOf(tokens[at + 1]!) - 1 };
    const message = `members are visible by their names: write \`${name.image}\`, not \`self.${name.image}\``;
    wrong(place, "E0002", message, "remove it", "", undefined, used);
    return { tokens: [], used: 2 };
  }
  const opener = tokens[at - 3];
  const isParameter = is(before, T.LParen) && (is(opener, T.Fn) || functionHabits.has(opener?.image ?? ""));
  if (!isParameter) return null;
  wrong(place, "E0002", "functions take no `self`: members are visible by their names", "remove it", "");
  return { tokens: [], used: is(tokens[at + 1], T.Comma) ? 2 : 1 };
}

function mendSign(place: Place): Mended | null {
  const { tokens, at } = place;
  const token = tokens[at]!;
  switch (token.tokenType) {
    case T.SingleQuoted: {
      const written = `"${token.image.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`;
      wrong(place, "E0001", `strings use double quotes: write ${written}`, "single quotes", written);
      return one(retag(token, T.Str, written));
    }
    case T.UnclosedString:
      return mendUnclosed(place);
    case T.BlockComment:
      wrong(place, "E0001", "comments start with `#` and end with the line", "write `#` before each line", undefined);
      return { tokens: [], used: 1 };
    case T.FloorDivide:
      return mendSlashComment(place);
    case T.BadNumber:
      return mendNumber(place);
    case T.Dot:
      return mendLeadingDot(place);
    case T.CompoundAssign: {
      const op = token.image.slice(0, -1);
      const name = is(tokens[at - 1], T.Id) ? tokens[at - 1]!.image : "x";
      const rest = is(tokens[at + 1], T.Num, T.Id) ? tokens[at + 1]!.image : op === "+" ? "1" : "y";
      const sign = op === "^" ? "**" : op === "&" ? "and" : op === "|" ? "or" : op;
      const message = `no \`${token.image}\`: write \`${name} = ${name} ${sign} ${rest}\``;
      wrong(place, "E0001", message, `write \`= ${name} ${sign}\``, `= ${name} ${sign}`);
      return one(retag(token, T.Assign, "="));
    }
    case T.Semicolon:
    case T.Backslash:
      return mendHabit(place, []);
    case T.Caret:
      return mendHabit(place, [retag(token, T.Power, "**")]);
    case T.AndAnd:
      return mendHabit(place, [retag(token, T.And, "and")]);
    case T.OrOr:
      return mendHabit(place, [retag(token, T.Or, "or")]);
    case T.Bang:
      return mendHabit(place, [retag(token, T.Not, "not")]);
    case T.StrictEqual:
      return mendHabit(place, [token.image === "===" ? retag(token, T.Equal, "==") : retag(token, T.NotEqual, "!=")]);
    case T.FatArrow:
    case T.Walrus:
      return mendHabit(place, [retag(token, T.Assign, "=")]);
    case T.Increment:
      return mendHabit(place, [retag(token, T.Plus, "+")]);
    case T.Unknown:
      return mendUnknown(place);
    default:
      return null;
  }
}

function mendHabit(place: Place, tokens: readonly IToken[]): Mended {
  const habit = signHabits[place.tokens[place.at]!.image]!;
  wrong(place, "E0001", habit.message, habit.label, habit.write);
  return { tokens, used: 1 };
}

/** Signs read as the sign they look like; anything else is reported once for each run and left out. */
function mendUnknown(place: Place): Mended {
  const { tokens, at } = place;
  const token = tokens[at]!;
  const habit = Object.hasOwn(signHabits, token.image) ? signHabits[token.image] : undefined;
  if (habit !== undefined) {
    wrong(place, "E0001", habit.message, habit.label, habit.write);
    const type = lookalikes.get(habit.write ?? "");
    return { tokens: type === undefined ? [] : [retag(token, type, habit.write)], used: 1 };
  }
  let end = at + 1;
  while (is(tokens[end], T.Unknown) && endOf(tokens[end - 1]!) === tokens[end]!.startOffset) end++;
  const run = { ...token, endOffset: endOf(tokens[end - 1]!) - 1 };
  const image = place.text.slice(token.startOffset, endOf(run));
  const help = /^\p{L}/u.test(image) ? "names are written with the letters a-z, A-Z, digits and `_`" : undefined;
  const shown = end - at > 1 ? `unknown characters \`${clip(image)}\`` : `unknown character \`${clip(image)}\``;
  wrong(place, "E0001", shown, "not part of the language", undefined, help, run);
  return { tokens: [], used: end - at };
}

const lookalikes = new Map([
  ["...", T.Ellipsis],
  ["*", T.Star],
  ["/", T.Divide],
  ["-", T.Minus],
  ["<=", T.LessEqual],
  [">=", T.GreaterEqual],
  ["!=", T.NotEqual],
  ["->", T.Arrow],
]);

function mendUnclosed(place: Place): Mended {
  const token = place.tokens[place.at]!;
  const quotes = token.image.startsWith('"""') ? '"""' : '"';
  const span = { file: place.file, start: token.startOffset, end: token.startOffset + quotes.length };
  place.report({
    code: "E0003",
    severity: "error",
    message: `this string is never closed: ${quotes === '"' ? "it ends with its line" : 'no `"""` follows'}`,
    labels: [{ span, text: "opened here" }],
    help: quotes === '"' ? 'close it with `"`, or write `"""…"""` for a text of several lines' : 'close it with `"""`',
  });
  return one(retag(token, T.Str, `${token.image}${quotes}`));
}

/** `3abc`, `500steps`, `0x1F`, `1__0`. */
function mendNumber(place: Place): Mended {
  const token = place.tokens[place.at]!;
  const [, digits, word] = /^([0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)(.*)$/.exec(token.image)!;
  const help = /^0[xXbBoO]/.test(token.image)
    ? "numbers are decimal"
    : /^[A-Za-z]/.test(word!)
      ? `a unit stands after a space: \`${digits} ${word}\`; the suffixes k, M, B and T are powers of 1000`
      : "numbers look like 10, 1_000, 124M, 0.5 and 3e-4";
  wrong(place, "E0001", `\`${clip(token.image)}\` is not a number`, "not a number", undefined, help);
  return one(retag(token, T.Num, digits!));
}

/** `.5` is read as `0.5`. */
function mendLeadingDot(place: Place): Mended | null {
  const { tokens, at, before } = place;
  const next = tokens[at + 1];
  if (next === undefined || !is(next, T.Num, T.Percent) || endOf(tokens[at]!) !== next.startOffset) return null;
  if (endsOperand(before) && endOf(before!) === tokens[at]!.startOffset) return null;
  const written = `0.${next.image}`;
  const whole = { ...next, startOffset: tokens[at]!.startOffset };
  wrong(
    place,
    "E0001",
    `numbers start with a digit: write \`${written}\``,
    `write \`${written}\``,
    written,
    undefined,
    whole,
  );
  return { tokens: [{ ...whole, image: written }], used: 2 };
}

/** `// a remark` is read as a comment where it cannot be a division: nothing to divide, or two words in a row. */
function mendSlashComment(place: Place): Mended | null {
  const { tokens, at, text, before } = place;
  const token = tokens[at]!;
  const newline = text.indexOf("\n", token.startOffset);
  const lineEnd = newline < 0 ? text.length : newline;
  let end = at + 1;
  while (end < tokens.length && tokens[end]!.startOffset < lineEnd) end++;
  if (endsOperand(before)) {
    const twoWords = is(tokens[at + 1], T.Id) && is(tokens[at + 2], T.Id) && at + 2 < end;
    if (!twoWords || is(tokens[at + 3], T.Assign, T.Colon, T.Comma, T.LParen, T.LBrace)) return null;
  }
  const rest = { ...token, endOffset: lineEnd - 1 };
  const written = `#${text.slice(token.startOffset + 2, lineEnd)}`;
  wrong(place, "E0001", "comments start with `#`; `//` divides", "write `#`", written, undefined, rest);
  return { tokens: [], used: end - at };
}

const one = (token: IToken): Mended => ({ tokens: [token], used: 1 });

const clip = (text: string): string => (text.length > 24 ? `${text.slice(0, 24)}…` : text);

function wrong(
  place: Place,
  code: "E0001" | "E0002",
  message: string,
  label: string,
  write: string | undefined,
  help?: string,
  token = place.tokens[place.at]!,
): void {
  const span = spanOf(place.file, token);
  place.report({
    code,
    severity: "error",
    message,
    labels: [{ span, text: label }],
    ...(help === undefined ? {} : { help }),
    ...(write === undefined ? {} : { edit: { span, text: write } }),
  });
}
