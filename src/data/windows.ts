/** A stream of tokens cut into splits, and each split into windows of equal length. */

/**
 * Windows that follow one another: window i covers tokens i·window … i·window + width − 1, where width = window +
 * overlap. With overlap 1 each shares its last token with the next one's first, so that every token but the first is
 * predicted once. What is left at the end, less than a window, is not used.
 */
export type Windows = {
  readonly tokens: Int32Array;
  readonly window: number;
  readonly width: number;
  readonly count: number;
};

export function cutWindows(tokens: Int32Array, window: number, overlap: number): Windows {
  const count = Math.max(0, Math.floor((tokens.length - overlap) / window));
  return { tokens, window, width: window + overlap, count };
}

/** i32[width], a view. */
export function windowAt(windows: Windows, index: number): Int32Array {
  const start = index * windows.window;
  return windows.tokens.subarray(start, start + windows.width);
}

/** Contiguous parts of the stream, in the order given: part k ends at floor(n · (f₀ + … + f_k)). */
export function splitTokens(
  tokens: Int32Array,
  fractions: ReadonlyMap<string, number>,
): ReadonlyMap<string, Int32Array> {
  const parts = new Map<string, Int32Array>();
  let sum = 0;
  let start = 0;
  for (const [name, fraction] of fractions) {
    sum += fraction;
    const end = Math.min(tokens.length, floorProduct(sum, tokens.length));
    parts.set(name, tokens.subarray(start, end));
    start = end;
  }
  return parts;
}

/** floor(share · count), where 0.7 + 0.1 counts as 0.8 although their sum in doubles is a little less. */
function floorProduct(share: number, count: number): number {
  return Math.floor(share * count + 1e-13 * count);
}
