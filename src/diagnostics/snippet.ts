/** The lines of a source that labels point at, with the marks under them. */
import type { Lines } from "./lines.ts";
import type { Places } from "./places.ts";
import type { Label } from "./report.ts";
import { columns, printable } from "./text-width.ts";

export type Row =
  | { readonly kind: "source"; readonly number: string; readonly text: string }
  | {
      readonly kind: "mark";
      readonly number: "";
      readonly primary: boolean;
      readonly indent: string;
      readonly text: string;
    }
  /** Lines left out. */
  | { readonly kind: "gap"; readonly number: "" };

/** Longer lines are shown around the label only. */
const maxWidth = 160;

/** Rows for the labels of one file, from top to bottom. Between two marked lines at most one other is shown. */
export function snippetRows(labels: readonly Label[], primary: Label, places: Places): Row[] {
  const lines = labels[0] === undefined ? null : places.linesOf(labels[0].span.file);
  if (lines === null) return [];
  const marked = new Map<number, Label[]>();
  for (const label of labels) {
    const line = lines.lineOf(Math.min(label.span.start, lines.text.length));
    marked.set(line, [...(marked.get(line) ?? []), label]);
  }
  const rows: Row[] = [];
  let last = -1;
  for (const line of [...marked.keys()].sort((a, b) => a - b)) {
    if (last >= 0 && line === last + 2) rows.push(sourceRow(lines, last + 1));
    else if (last >= 0 && line > last + 2) rows.push({ kind: "gap", number: "" });
    rows.push(...markedRows(lines, line, marked.get(line)!, primary));
    last = line;
  }
  return rows;
}

function sourceRow(lines: Lines, line: number): Row {
  return { kind: "source", number: String(line + 1), text: printable(lines.lineText(line).slice(0, maxWidth)) };
}

/** A line and a row of marks for each of its labels, the last one in the line first, as their texts stand to the right. */
function markedRows(lines: Lines, line: number, labels: readonly Label[], primary: Label): Row[] {
  const text = lines.lineText(line);
  const start = lines.startOf(line);
  const first = Math.min(...labels.map((label) => label.span.start - start));
  const from = text.length > maxWidth ? Math.max(0, Math.min(first - 40, text.length - maxWidth)) : 0;
  const shown = text.slice(from, from + maxWidth);
  const [before, after] = [from > 0 ? "…" : "", from + maxWidth < text.length ? "…" : ""];

  const marks = [...labels]
    .sort((a, b) => b.span.start - a.span.start)
    .map((label): Row => {
      const offset = Math.max(0, label.span.start - start - from);
      const end = Math.min(label.span.end - start - from, shown.length);
      const width = Math.max(1, columns(printable(shown.slice(offset, end))));
      const indent = " ".repeat(columns(before + printable(shown.slice(0, offset))));
      const sign = (label === primary ? "^" : "-").repeat(width);
      const words = printable(label.text).replaceAll("\n", " ");
      return { kind: "mark", number: "", primary: label === primary, indent, text: `${sign} ${words}` };
    });
  return [{ kind: "source", number: String(line + 1), text: `${before}${printable(shown)}${after}` }, ...marks];
}
