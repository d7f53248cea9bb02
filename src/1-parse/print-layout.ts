/** How printed parts stand together: on one line while it is short, else a line each. */

const maxColumns = 100;
export const deeper = (indent: string): string => `${indent}  `;

/** Parts between brackets: `(a, b)`, or a line each with a comma after every one. */
export function bracketed(open: string, parts: readonly string[], close: string, indent: string, before = 0): string {
  const flat = `${open}${parts.join(", ")}${close}`;
  if (fits(flat, indent, before)) return flat;
  const inner = deeper(indent);
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}

/** Parts that no comma may end: kept on one line. */
export const inline = (open: string, parts: readonly string[], close: string): string =>
  `${open}${parts.join(", ")}${close}`;

/** A block, its members one a line. */
export function block(members: readonly string[], indent: string): string {
  if (members.length === 0) return "{}";
  return `{\n${members.map((member) => `${member}\n`).join("")}${indent}}`;
}

export const fits = (text: string, indent: string, before = 0): boolean =>
  !text.includes("\n") && indent.length + before + text.length <= maxColumns;

export const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

/** Documentation as lines of `##` above what it belongs to. */
export function docLines(doc: string, indent: string): string {
  if (doc === "") return "";
  return doc
    .split("\n")
    .map((line) => `${indent}##${line === "" ? "" : ` ${line}`}\n`)
    .join("");
}
