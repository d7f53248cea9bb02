/**
 * What a scalar function computes and how far a target's f32 result may be from it. (Dtypes: dtypes.ts; derivatives:
 * scalar-derivatives.ts; names in a target's language belong to the target.)
 */
import type { ScalarFunction } from "../graph/scalar-function.ts";
import type { Dtype } from "../types.ts";
import { isFloat, roundHalfToEven } from "./dtypes.ts";

export type ScalarRow = {
  /** In float64 for floats, exactly for integers (the caller wraps to 32 bits); bool is 0 or 1. `y` is 0 for unary ones. */
  readonly evaluate: (x: number, y: number, dtype: Dtype) => number;
  /** A target's f32 result for f32 arguments differs by at most max(`ulps` · ulp(exact), `absolute`). */
  readonly error: ErrorBound;
};

export type ErrorBound = { readonly ulps: (x: number, y: number) => number; readonly absolute: number };

export function evaluateScalar(fn: ScalarFunction, dtype: Dtype, x: number, y: number): number {
  return scalarFunctions[fn].evaluate(x, y, dtype);
}

const within = (ulps: number, absolute = 0): ErrorBound => ({ ulps: () => ulps, absolute });
const exact = within(0);
/** WGSL's "correctly rounded" allows both neighbours of the exact result. */
const rounded = within(1);
const test = (holds: boolean): number => (holds ? 1 : 0);

/** Bounds are those of the WGSL specification ("Floating point accuracy") unless a comment says otherwise. */
export const scalarFunctions: Readonly<Record<ScalarFunction, ScalarRow>> = {
  neg: { evaluate: (x) => -x, error: exact },
  abs: { evaluate: Math.abs, error: exact },
  sign: { evaluate: Math.sign, error: exact },
  floor: { evaluate: Math.floor, error: exact },
  ceil: { evaluate: Math.ceil, error: exact },
  round: { evaluate: roundHalfToEven, error: exact },
  exp: { evaluate: Math.exp, error: { ulps: (x) => 3 + 2 * Math.abs(x), absolute: 0 } },
  log: { evaluate: Math.log, error: within(3, 2 ** -21) },
  sqrt: { evaluate: Math.sqrt, error: within(4) },
  rsqrt: { evaluate: (x) => 1 / Math.sqrt(x), error: within(2) },
  /** Tighter than the specification's 1e-5, which would be seen in a loss. */
  tanh: { evaluate: Math.tanh, error: within(8, 1e-6) },
  /** No builtin: a target prints a polynomial. */
  erf: { evaluate: erf, error: within(8, 1e-6) },
  /** For |x| ≤ π. */
  sin: { evaluate: Math.sin, error: within(0, 2 ** -11) },
  cos: { evaluate: Math.cos, error: within(0, 2 ** -11) },
  not: { evaluate: (x) => 1 - x, error: exact },
  isFinite: { evaluate: (x) => test(Number.isFinite(x)), error: exact },
  add: { evaluate: (x, y) => x + y, error: rounded },
  sub: { evaluate: (x, y) => x - y, error: rounded },
  mul: { evaluate: (x, y, dtype) => (isFloat(dtype) ? x * y : Math.imul(x, y)), error: rounded },
  div: { evaluate: (x, y) => x / y, error: within(2.5) },
  /** As exp2(y · log2 |x|): the logarithm's error is multiplied by y. */
  pow: {
    evaluate: (x, y) => x ** y,
    error: { ulps: (x, y) => 8 + 4 * Math.abs(y) * (1 + Math.abs(Math.log2(Math.abs(x)))), absolute: 0 },
  },
  min: { evaluate: (x, y) => Math.min(x, y), error: exact },
  max: { evaluate: (x, y) => Math.max(x, y), error: exact },
  /** Towards −∞, and the remainder has the divisor's sign. A divisor of 0 gives a number that nobody may rely on. */
  floorDiv: { evaluate: (x, y) => Math.floor(x / y), error: exact },
  mod: { evaluate: (x, y) => x - y * Math.floor(x / y), error: exact },
  eq: { evaluate: (x, y) => test(x === y), error: exact },
  ne: { evaluate: (x, y) => test(x !== y), error: exact },
  lt: { evaluate: (x, y) => test(x < y), error: exact },
  le: { evaluate: (x, y) => test(x <= y), error: exact },
  gt: { evaluate: (x, y) => test(x > y), error: exact },
  ge: { evaluate: (x, y) => test(x >= y), error: exact },
  and: { evaluate: (x, y) => test(x === 1 && y === 1), error: exact },
  or: { evaluate: (x, y) => test(x === 1 || y === 1), error: exact },
};

/**
 * erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6): all terms have one sign, so nothing
 * cancels. Beyond 6 the rest is below 2⁻⁵⁴.
 */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -54; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
