/** Words that people write out of habit: Python's, mostly. */
import { bindingHabits, functionHabits, valueHabits } from "./habits.ts";
import { type Mended, one, type Place, wrong } from "./mending.ts";
import { endOf, is, retag, virtual } from "./token-list.ts";
import * as T from "./tokens.ts";

export function mendWord(place: Place): Mended | null {
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
