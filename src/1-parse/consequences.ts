/** A bracket that is missing in an item makes the rest of that item unreadable: what the grammar says there is left out. */
import type { Diagnostic } from "../diagnostics/report.ts";

/** No more than these are shown. */
const shown = 20;

export function withoutConsequences(
  text: string,
  known: readonly Diagnostic[],
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  const spoiled = known
    .filter((d) => d.code === "E0003")
    .slice(0, shown)
    .map((d) => {
      const offsets = d.labels.map((label) => label.span.start);
      return { from: itemStart(text, Math.min(...offsets)), to: itemEnd(text, Math.max(...offsets)) };
    });
  const isSpoiled = (offset: number): boolean => spoiled.some(({ from, to }) => from <= offset && offset < to);
  return found.filter((d) => !isSpoiled(d.labels[0].span.start));
}

/** Items begin with a letter at the start of a line. */
function itemStart(text: string, offset: number): number {
  for (let i = offset; i > 0; i--) if (text[i - 1] === "\n" && /[A-Za-z]/.test(text[i] ?? "")) return i;
  return 0;
}

function itemEnd(text: string, offset: number): number {
  const next = /\n[A-Za-z]/g;
  next.lastIndex = offset;
  return next.exec(text)?.index ?? text.length + 1;
}
