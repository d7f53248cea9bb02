/** Signs, numbers, strings and comments that people write out of habit. */
import type { IToken } from "chevrotain";
import { signHabits } from "./habits.ts";
import { type Mended, one, type Place, wrong } from "./mending.ts";
import { endOf, endsOperand, is, retag } from "./token-list.ts";
import * as T from "./tokens.ts";
import { reserved } from "./tokens.ts";

export function mendSign(place: Place): Mended | null {
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
  if (/^\p{L}/u.test(token.image)) return mendName(place);
  let end = at + 1;
  while (is(tokens[end], T.Unknown) && touches(tokens, end)) end++;
  const run = { ...token, endOffset: endOf(tokens[end - 1]!) - 1 };
  const image = place.text.slice(token.startOffset, endOf(run));
  const shown = end - at > 1 ? `unknown characters \`${clip(image)}\`` : `unknown character \`${clip(image)}\``;
  wrong(place, "E0001", shown, "not part of the language", undefined, undefined, run);
  return { tokens: [], used: end - at };
}

/** `größe` is one name with a letter that names can't have. */
function mendName(place: Place): Mended {
  const { tokens, at, before } = place;
  let end = at + 1;
  while (touches(tokens, end) && (is(tokens[end], T.Id, ...reserved) || /^\p{L}/u.test(tokens[end]!.image))) end++;
  const token = tokens[at]!;
  const continues = is(before, T.Id) && endOf(before!) === token.startOffset;
  const start = continues ? before!.startOffset : token.startOffset;
  const name = retag({ ...token, startOffset: start, endOffset: endOf(tokens[end - 1]!) - 1 }, T.Id);
  const message = `\`${clip(place.text.slice(start, endOf(name)))}\` is not a name: letters are a-z and A-Z`;
  wrong(place, "E0001", message, "not a name", undefined, undefined, name);
  return { tokens: continues ? [] : [name], used: end - at };
}

const touches = (tokens: readonly IToken[], i: number): boolean =>
  tokens[i] !== undefined && endOf(tokens[i - 1]!) === tokens[i]!.startOffset;

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

/** Words that stand between or before expressions can't be divided by; signs may be signs. */
const startsOperand = (token: IToken | undefined): boolean =>
  token !== undefined && (is(token, T.Not, T.None, T.True, T.False) || !reserved.includes(token.tokenType));

/** `// a remark` is read as a comment where it cannot be a division: nothing to divide, or two words in a row. */
function mendSlashComment(place: Place): Mended | null {
  const { tokens, at, text, before } = place;
  const token = tokens[at]!;
  const newline = text.indexOf("\n", token.startOffset);
  const lineEnd = newline < 0 ? text.length : newline;
  let end = at + 1;
  while (end < tokens.length && tokens[end]!.startOffset < lineEnd) end++;
  if (endsOperand(before) && startsOperand(tokens[at + 1])) {
    const twoWords = is(tokens[at + 1], T.Id) && is(tokens[at + 2], T.Id) && at + 2 < end;
    if (!twoWords || is(tokens[at + 3], T.Assign, T.Colon, T.Comma, T.LParen, T.LBrace)) return null;
  }
  const rest = { ...token, endOffset: lineEnd - 1 };
  const written = `#${text.slice(token.startOffset + 2, lineEnd)}`;
  wrong(place, "E0001", "comments start with `#`; `//` divides", "write `#`", written, undefined, rest);
  return { tokens: [], used: end - at };
}

const clip = (text: string): string => (text.length > 24 ? `${text.slice(0, 24)}…` : text);
