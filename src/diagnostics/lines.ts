/** Lines of a text: where they start, and which one holds an offset. */

export class Lines {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
    this.#starts = starts;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** The line of an offset, counted from 0. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** A line without its line break. */
  lineText(line: number): string {
    const end = line + 1 < this.count ? this.startOf(line + 1) - 1 : this.text.length;
    const text = this.text.slice(this.startOf(line), end);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  /** `12:3`, both counted from 1. */
  place(offset: number): string {
    const line = this.lineOf(offset);
    return `${line + 1}:${offset - this.startOf(line) + 1}`;
  }
}
