/** Data fields of a micro-batch as the bytes a program declares. */
import { type Windows, windowAt } from "./windows.ts";

/** `ids` i32[rows, width] and `mask` bool[rows, width] as 32-bit words, row by row. */
export type DataFields = {
  readonly ids: Int32Array;
  readonly mask: Uint32Array;
};

/** Fills `rows` rows; where there are fewer windows the rest is padding: token 0, mask false (weight 0). */
export function dataFields(windows: Windows, numbers: readonly number[], rows: number): DataFields {
  const { width } = windows;
  const ids = new Int32Array(rows * width);
  const mask = new Uint32Array(rows * width);
  numbers.forEach((number, row) => {
    ids.set(windowAt(windows, number), row * width);
    mask.fill(1, row * width, (row + 1) * width);
  });
  return { ids, mask };
}
