/** Text from files and programs, made safe for a terminal: control characters could move its cursor or change its title. */

/** Line breaks and tabs stay; every other control character is shown as `\x1b`. */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** For one line: line breaks and tabs are shown too. */
export function escapeLine(text: string): string {
  return escapeControls(text).replace(/[\n\t]/g, (character) => (character === "\n" ? "⏎" : "⇥"));
}

/** Control characters but tab and line feed, and the marks that reverse the direction of text. */
const controls = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
