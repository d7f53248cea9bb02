/** Finds the ends of string literals by hand: a regular expression may run out of stack on a long one. */

type Match = [string] | null;

/** `"…"` on one line, or `"""…"""` over any number of lines. A backslash takes the next character with it. */
export function scanString(text: string, offset: number): Match {
  const end = stringEnd(text, offset);
  return end === null ? null : [text.slice(offset, end)];
}

/** A string without its closing quotes: up to the end of the line, or of the file for `"""`. */
export function scanUnclosedString(text: string, offset: number): Match {
  if (text[offset] !== '"') return null;
  if (text.startsWith('"""', offset)) return [text.slice(offset)];
  const newline = text.indexOf("\n", offset);
  return [text.slice(offset, newline < 0 ? text.length : newline).trimEnd()];
}

function stringEnd(text: string, offset: number): number | null {
  if (text[offset] !== '"') return null;
  const quotes = text.startsWith('"""', offset) ? '"""' : '"';
  for (let i = offset + quotes.length; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === "\n" && quotes === '"') return null;
    else if (c === '"' && text.startsWith(quotes, i)) return i + quotes.length;
  }
  return null;
}
