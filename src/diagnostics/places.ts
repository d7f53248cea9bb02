/** Spans as lines and columns, both counted from 1. */
import { Lines } from "./lines.ts";
import type { Span } from "./report.ts";

export type Place = {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
};

/** Looks spans up in the sources; every source is split into lines once. */
export class Places {
  readonly #sources: ReadonlyMap<string, string>;
  readonly #lines = new Map<string, Lines>();

  constructor(sources: ReadonlyMap<string, string>) {
    this.#sources = sources;
  }

  linesOf(file: string): Lines | null {
    const known = this.#lines.get(file);
    if (known !== undefined) return known;
    const text = this.#sources.get(file);
    if (text === undefined) return null;
    const lines = new Lines(text);
    this.#lines.set(file, lines);
    return lines;
  }

  /** Null where the source is not known. */
  placeOf(span: Span): Place | null {
    const lines = this.linesOf(span.file);
    if (lines === null) return null;
    const start = clamp(span.start, lines.text.length);
    const end = Math.max(start, clamp(span.end, lines.text.length));
    const line = lines.lineOf(start);
    const endLine = lines.lineOf(end);
    return {
      line: line + 1,
      column: start - lines.startOf(line) + 1,
      endLine: endLine + 1,
      endColumn: end - lines.startOf(endLine) + 1,
    };
  }
}

const clamp = (offset: number, end: number): number => Math.min(Math.max(0, offset), end);
