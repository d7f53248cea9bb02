/** Which dtypes a scalar function takes and gives, and how a number is rounded to a dtype. */
import type { ScalarFunction } from "../graph/scalar-function.ts";
import type { Dtype } from "../types.ts";

export type DtypeRule = {
  readonly arity: 1 | 2;
  /** All arguments have one of these, the same. */
  readonly accepts: readonly Dtype[];
  /** The arguments' dtype, or bool. */
  readonly result: "same" | "bool";
};

const floats: readonly Dtype[] = ["f32", "f16"];
const signed: readonly Dtype[] = ["f32", "f16", "i32"];
const integers: readonly Dtype[] = ["i32", "u32"];
const numbers: readonly Dtype[] = ["f32", "f16", "i32", "u32"];
const bools: readonly Dtype[] = ["bool"];
const all: readonly Dtype[] = ["f32", "f16", "i32", "u32", "bool"];

const unary = (accepts: readonly Dtype[]): DtypeRule => ({ arity: 1, accepts, result: "same" });
const binary = (accepts: readonly Dtype[]): DtypeRule => ({ arity: 2, accepts, result: "same" });
const comparison = (accepts: readonly Dtype[]): DtypeRule => ({ arity: 2, accepts, result: "bool" });

export const dtypeRules: Readonly<Record<ScalarFunction, DtypeRule>> = {
  neg: unary(signed),
  abs: unary(signed),
  sign: unary(signed),
  floor: unary(floats),
  ceil: unary(floats),
  round: unary(floats),
  exp: unary(floats),
  log: unary(floats),
  sqrt: unary(floats),
  rsqrt: unary(floats),
  tanh: unary(floats),
  erf: unary(floats),
  sin: unary(floats),
  cos: unary(floats),
  not: unary(bools),
  isFinite: { arity: 1, accepts: floats, result: "bool" },
  add: binary(numbers),
  sub: binary(numbers),
  mul: binary(numbers),
  div: binary(floats),
  pow: binary(floats),
  min: binary(numbers),
  max: binary(numbers),
  floorDiv: binary(integers),
  mod: binary(integers),
  eq: comparison(all),
  ne: comparison(all),
  lt: comparison(numbers),
  le: comparison(numbers),
  gt: comparison(numbers),
  ge: comparison(numbers),
  and: binary(bools),
  or: binary(bools),
};

export function isFloat(dtype: Dtype): boolean {
  return floats.includes(dtype);
}

/** The nearest number that `dtype` holds; integers wrap, as their arithmetic does. */
export function roundTo(dtype: Dtype, value: number): number {
  return rounding[dtype](value);
}

const rounding: Readonly<Record<Dtype, (value: number) => number>> = {
  f32: Math.fround,
  f16: roundToHalf,
  i32: (value) => value | 0,
  u32: (value) => value >>> 0,
  bool: (value) => (value === 0 ? 0 : 1),
  i8: (value) => (value << 24) >> 24,
};

/** IEEE 754 binary16, ties to even: 10 bits of fraction, exponents −14 to 15, subnormals below. */
function roundToHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const ulp = 2 ** (exponent - 10);
  const rounded = roundHalfToEven(value / ulp) * ulp;
  return Math.abs(rounded) > 65504 ? Math.sign(value) * Infinity : rounded;
}

/** Ties go to the even neighbour, as in IEEE 754 and WGSL. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
