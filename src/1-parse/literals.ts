/** The values of literals. */
import type { Diagnostic, Span } from "../diagnostics/report.ts";
import { invariant } from "../support/invariant.ts";

const powers: Readonly<Record<string, number>> = { k: 3, M: 6, B: 9, T: 12 };

export type NumberValue = { readonly value: number; readonly integer: boolean };

/** `1_000`, `124M`, `0.5`, `3e-4`. Read as one decimal, so that `1.1M` is 1100000 exactly. */
export function numberValue(text: string): NumberValue {
  const match = /^([0-9_]+)(\.[0-9_]+)?(?:[eE]([+-]?[0-9]+)|([kMBT]))?$/.exec(text);
  invariant(match !== null, () => `not a number: ${text}`);
  const [, whole, fraction = "", exponent, suffix] = match;
  const power = suffix === undefined ? Number(exponent ?? 0) : powers[suffix]!;
  const value = Number(`${whole}${fraction}e${power}`.replaceAll("_", ""));
  const integer = suffix === undefined ? fraction === "" && exponent === undefined : Number.isInteger(value);
  return { value, integer };
}

/** `99.5%` is 0.995. */
export function percentValue(text: string): number {
  const [digits, exponent] = text.slice(0, -1).replaceAll("_", "").split(/[eE]/);
  return Number(`${digits}e${Number(exponent ?? 0) - 2}`);
}

/** Numbers that cannot be held are said, not rounded to infinity. */
export function checkNumber({ value, integer }: NumberValue, span: Span): Diagnostic | null {
  if (Number.isFinite(value) && (!integer || Number.isSafeInteger(value))) return null;
  return {
    code: "E0001",
    severity: "error",
    message: integer ? "this integer is larger than 2^53 - 1" : "this number is too large",
    labels: [{ span, text: "too large" }],
  };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\", '"': '"' };

export type BadEscape = { readonly offset: number; readonly text: string };

/** The text between the quotes with its escapes read; the line break right after an opening `"""` does not count. */
export function stringValue(image: string, onBadEscape: (bad: BadEscape) => void): string {
  const quotes = image.startsWith('"""') && image.length >= 6 ? 3 : 1;
  const inner = image.slice(quotes, -quotes).replaceAll("\r\n", "\n");
  const skipped = quotes === 3 && inner.startsWith("\n") ? 1 : 0;
  return inner.slice(skipped).replace(/\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S]?))/g, (all, hex, letter, at: number) => {
    if (typeof hex === "string" && Number.parseInt(hex, 16) <= 0x10ffff) {
      return String.fromCodePoint(Number.parseInt(hex, 16));
    }
    if (typeof letter === "string" && Object.hasOwn(escapes, letter)) return escapes[letter]!;
    onBadEscape({ offset: quotes + skipped + at, text: all });
    return all;
  });
}

/** A string as it is written: the inverse of `stringValue`. */
export function writeString(value: string): string {
  let out = '"';
  for (const c of value) {
    const code = c.codePointAt(0)!;
    if (c === '"' || c === "\\") out += `\\${c}`;
    else if (c === "\n") out += "\\n";
    else if (c === "\t") out += "\\t";
    else if (c === "\r") out += "\\r";
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000))
      out += `\\u{${code.toString(16)}}`;
    else out += c;
  }
  return `${out}"`;
}
