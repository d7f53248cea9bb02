/** Numbers between dtypes: what `cast` and `bits` do to one element, and each dtype's range. */
import type { ReduceFunction } from "../graph/graph.ts";
import type { Dtype } from "../types.ts";
import { isFloat } from "./dtypes.ts";

/** Float to integer: towards zero, saturating, NaN to 0 (as WGSL's). Integer to integer: the same 32 bits. */
export function convert(value: number, from: Dtype, to: Dtype): number {
  if (to === "bool") return value === 0 ? 0 : 1;
  if (isFloat(to) || !isFloat(from)) return value;
  const [low, high] = rangeOf(to);
  return Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), low), high);
}

/** The lowest and the highest number of a dtype. */
export function rangeOf(dtype: Dtype): readonly [number, number] {
  return ranges[dtype];
}

const ranges: Readonly<Record<Dtype, readonly [number, number]>> = {
  f32: [-Infinity, Infinity],
  f16: [-Infinity, Infinity],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i8: [-128, 127],
  bool: [0, 1],
};

/** Floats are rounded to f32 first; f16 and i8 have only themselves at their width. */
export function reinterpret(value: number, from: Dtype, to: Dtype): number {
  const word = new DataView(new ArrayBuffer(4));
  if (from === to || from === "f16" || from === "i8") return value;
  if (from === "f32") word.setFloat32(0, value);
  else word.setUint32(0, value);
  if (to === "f32") return word.getFloat32(0);
  return to === "i32" ? word.getInt32(0) : word.getUint32(0);
}

/** The number that changes nothing: 0, or the lowest or highest of the dtype. */
export function identityOf(fn: ReduceFunction, dtype: Dtype): number {
  if (fn === "sum") return 0;
  const [low, high] = rangeOf(dtype);
  return fn === "max" ? low : high;
}
