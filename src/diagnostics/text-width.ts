/** Text as a terminal shows it: control characters visible, tabs as spaces, wide characters two columns wide. */
import stringWidth from "string-width";

const tab = "    ";

/** Escapes what would move the cursor or change colours. Tabs become spaces, line breaks are kept. */
export function printable(text: string): string {
  let out = "";
  for (const c of text) out += c === "\t" ? tab : c === "\n" ? c : isHidden(c) ? escaped(c) : c;
  return out;
}

/** Columns that a printable text takes. */
export const columns = (text: string): number => stringWidth(text);

/** C0 and C1 controls, and the characters that reorder or hide the text around them. */
function isHidden(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    code === 0xfeff ||
    code === 0x00ad
  );
}

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;
