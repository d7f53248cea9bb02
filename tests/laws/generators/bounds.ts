/**
 * What is known of a value's elements, whatever the data: enough to keep numbers tame and to say how far a target's f32
 * result may be from the exact one.
 */
import type { ScalarFunction } from "../../../src/ir/graph/scalar-function.ts";
import { scalarFunctions } from "../../../src/ir/rules/scalar-functions.ts";

export type Bounds = {
  /** No magnitude is larger. */
  readonly max: number;
  /** All are multiples of 2^−grid (null: anything). */
  readonly grid: number | null;
  /** An f32 result differs by at most this; 0: it is the same number. */
  readonly error: number;
};

const epsilon = 2 ** -23;
const largestExact = 2 ** 24;

export const exactly = (max: number, grid = 0): Bounds => ({ max, grid, error: 0 });

export function isExact({ error }: Bounds): boolean {
  return error === 0;
}

/** A float result: exact where the grid still fits into 24 bits, else rounded `steps` times. */
export function rounded(max: number, grid: number | null, inherited: number, steps = 1): Bounds {
  if (grid !== null && inherited === 0 && max * 2 ** grid <= largestExact) return { max, grid, error: 0 };
  return { max, grid: null, error: inherited + steps * epsilon * max };
}

export function gridOf(...all: readonly Bounds[]): number | null {
  const grids = all.map(({ grid }) => grid);
  return grids.some((grid) => grid === null) ? null : Math.max(...grids.map(Number));
}

/** Of elements taken from any of these. */
export function either(...all: readonly Bounds[]): Bounds {
  return {
    max: Math.max(...all.map(({ max }) => max)),
    grid: gridOf(...all),
    error: Math.max(...all.map(({ error }) => error)),
  };
}

export function sumOf(x: Bounds, count: number): Bounds {
  return rounded(x.max * count, x.grid, x.error * count, 2);
}

export function productOf(x: Bounds, y: Bounds): Bounds {
  const grid = x.grid === null || y.grid === null ? null : x.grid + y.grid;
  return rounded(x.max * y.max, grid, x.max * y.error + y.max * x.error);
}

/** A function with |f'| ≤ `slope` and |f| ≤ `max` where it is applied. */
export function smooth(fn: ScalarFunction, x: Bounds, max: number, slope: number, y = 0): Bounds {
  const { error } = scalarFunctions[fn];
  const own = Math.max(error.ulps(x.max, y) * epsilon * max, error.absolute);
  return { max, grid: null, error: slope * x.error + Math.max(own, epsilon * max) };
}
