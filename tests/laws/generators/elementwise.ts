/** Scalar functions, select, cast and bits. */
import type { ScalarFunction } from "../../../src/ir/graph/scalar-function.ts";
import { full } from "../../../src/ir/graph/shorthand.ts";
import { type Bounds, either, exactly, gridOf, isExact, productOf, rounded, smooth } from "./bounds.ts";
import type { Growing, Grown } from "./growing.ts";
import type { Instruction } from "./instructions.ts";

const exact = ({ bounds }: Grown): boolean => isExact(bounds);

/** Of any float. */
const unary: (fn: ScalarFunction, bounds: (x: Bounds) => Bounds, qualifies?: (x: Grown) => boolean) => Instruction =
  (fn, bounds, qualifies) =>
  (g, [n]) => {
    const x = g.some(n, "f32", qualifies);
    if (g.fits(x.type.shape, bounds(x.bounds))) g.keep(g.b.apply(fn, x.id), bounds(x.bounds));
  };

/** Of |x| + ½, where logarithms, roots and quotients are tame. */
const positive: (fn: ScalarFunction, bounds: (x: Bounds) => Bounds) => Instruction =
  (fn, bounds) =>
  (g, [n]) => {
    const x = atLeastHalf(g, g.some(n, "f32"));
    g.keep(g.b.apply(fn, x.id), bounds(x.bounds));
  };

function atLeastHalf(g: Growing, x: Grown): Grown {
  const id = g.b.apply("add", g.b.apply("abs", x.id), full(g.b, 0.5, x.id));
  const grid = x.bounds.grid === null ? null : Math.max(1, x.bounds.grid);
  return g.keep(id, rounded(x.bounds.max + 0.5, grid, x.bounds.error));
}

const binary: (fn: ScalarFunction, bounds: (x: Bounds, y: Bounds) => Bounds) => Instruction =
  (fn, bounds) =>
  (g, [n, m]) => {
    const x = g.some(n, "f32");
    const y = g.like(m, x);
    const result = bounds(x.bounds, y.bounds);
    if (g.fits(x.type.shape, result)) g.keep(g.b.apply(fn, x.id, y.id), result);
  };

const integers: (fn: ScalarFunction, dtype: "i32" | "u32") => Instruction =
  (fn, dtype) =>
  (g, [n, m]) => {
    const x = g.some(n, dtype);
    g.keep(g.b.apply(fn, x.id, g.like(m, x).id), exactly(2 ** 32));
  };

/** By a number that is not 0. */
const quotient: (fn: "floorDiv" | "mod") => Instruction =
  (fn) =>
  (g, [n, m]) => {
    const x = g.some(n, "i32");
    const by = (m % 5) - 2 || 3;
    g.keep(g.b.apply(fn, x.id, full(g.b, by, x.id)), exactly(2 ** 32));
  };

const comparison: (fn: ScalarFunction, dtype: "f32" | "i32") => Instruction =
  (fn, dtype) =>
  (g, [n, m]) => {
    const x = g.some(n, dtype, exact);
    g.keep(g.b.apply(fn, x.id, g.like(m, x, exact).id), exactly(1));
  };

const bools: (fn: "and" | "or" | "eq") => Instruction =
  (fn) =>
  (g, [n, m]) => {
    const x = g.some(n, "bool");
    g.keep(g.b.apply(fn, x.id, g.like(m, x).id), exactly(1));
  };

const add = (x: Bounds, y: Bounds): Bounds => rounded(x.max + y.max, gridOf(x, y), x.error + y.error);

export const elementWise: { readonly [name: string]: Instruction } = {
  neg: unary("neg", (x) => x),
  abs: unary("abs", (x) => x),
  sign: unary("sign", () => exactly(1), exact),
  floor: unary("floor", (x) => exactly(x.max + 1), exact),
  ceil: unary("ceil", (x) => exactly(x.max + 1), exact),
  round: unary("round", (x) => exactly(x.max + 1), exact),
  exp: unary(
    "exp",
    (x) => smooth("exp", x, Math.exp(x.max), Math.exp(x.max)),
    (x) => x.bounds.max <= 4,
  ),
  tanh: unary("tanh", (x) => smooth("tanh", x, 1, 1)),
  erf: unary("erf", (x) => smooth("erf", x, 1, 1.13)),
  sin: unary(
    "sin",
    (x) => smooth("sin", x, 1, 1),
    (x) => x.bounds.max <= 3,
  ),
  cos: unary(
    "cos",
    (x) => smooth("cos", x, 1, 1),
    (x) => x.bounds.max <= 3,
  ),
  log: positive("log", (x) => smooth("log", x, Math.max(0.7, Math.log(x.max)), 2)),
  sqrt: positive("sqrt", (x) => smooth("sqrt", x, Math.sqrt(x.max), 0.71)),
  rsqrt: positive("rsqrt", (x) => smooth("rsqrt", x, 1.42, 1.42)),
  isFinite: (g, [n]) => {
    g.keep(g.b.apply("isFinite", g.some(n, "f32").id), exactly(1));
  },
  add: binary("add", add),
  sub: binary("sub", add),
  mul: binary("mul", productOf),
  min: binary("min", either),
  max: binary("max", either),
  div: (g, [n, m]) => {
    const x = g.some(n, "f32");
    const y = atLeastHalf(g, g.like(m, x));
    const max = x.bounds.max * 2;
    const error = 2 * x.bounds.error + 4 * x.bounds.max * y.bounds.error;
    const bounds = { max, grid: null, error: error + 4 * 2 ** -23 * max };
    if (g.fits(x.type.shape, bounds)) g.keep(g.b.apply("div", x.id, y.id), bounds);
  },
  pow: (g, [n, m]) => {
    const x = atLeastHalf(
      g,
      g.some(n, "f32", ({ bounds }) => bounds.max <= 20),
    );
    const exponent = [2, 3, 0.5, -0.5, -1, 1.5, 0, 1][m % 8]!;
    const ends = (p: number): number => Math.max(0.5 ** p, x.bounds.max ** p);
    const bounds = smooth("pow", x.bounds, ends(exponent), Math.abs(exponent) * ends(exponent - 1), exponent);
    g.keep(g.b.apply("pow", x.id, full(g.b, exponent, x.id)), bounds);
  },
  negI32: (g, [n]) => {
    g.keep(g.b.apply("neg", g.some(n, "i32").id), exactly(2 ** 32));
  },
  addI32: integers("add", "i32"),
  mulI32: integers("mul", "i32"),
  maxI32: integers("max", "i32"),
  subU32: integers("sub", "u32"),
  mulU32: integers("mul", "u32"),
  minU32: integers("min", "u32"),
  floorDiv: quotient("floorDiv"),
  mod: quotient("mod"),
  lt: comparison("lt", "f32"),
  le: comparison("le", "i32"),
  gt: comparison("gt", "f32"),
  ge: comparison("ge", "i32"),
  eq: comparison("eq", "f32"),
  ne: comparison("ne", "i32"),
  and: bools("and"),
  or: bools("or"),
  eqBool: bools("eq"),
  not: (g, [n]) => {
    g.keep(g.b.apply("not", g.some(n, "bool").id), exactly(1));
  },
  select: (g, [n, m, k]) => {
    const condition = g.some(n, "bool");
    const fresh = g.input(m % 2 === 0 ? "f32" : "i32", condition.type.shape, m);
    const [x, y] = [g.like(m, fresh), g.like(k, fresh)];
    g.keep(g.b.select(condition.id, x.id, y.id), either(x.bounds, y.bounds));
  },
  integerToFloat: (g, [n]) => {
    const x = g.some(n, n % 2 === 0 ? "i32" : "u32", ({ bounds }) => bounds.max <= 2 ** 10);
    g.keep(g.b.cast(x.id, "f32"), exactly(x.bounds.max));
  },
  boolToNumber: (g, [n]) => {
    g.keep(g.b.cast(g.some(n, "bool").id, n % 2 === 0 ? "f32" : "i32"), exactly(1));
  },
  floatToInteger: (g, [n, m]) => {
    const x = g.some(n, "f32", exact);
    g.keep(g.b.cast(x.id, m % 2 === 0 ? "i32" : "u32"), exactly(x.bounds.max));
  },
  toBool: (g, [n, m]) => {
    g.keep(g.b.cast(g.some(n, m % 2 === 0 ? "i32" : "f32", exact).id, "bool"), exactly(1));
  },
  bits: (g, [n, m]) => {
    const x = g.some(n, m % 2 === 0 ? "f32" : "i32", exact);
    const words = g.keep(g.b.bits(x.id, "u32"), exactly(2 ** 32));
    g.keep(g.b.bits(words.id, x.type.dtype), x.bounds);
  },
  stopGradient: (g, [n]) => {
    const x = g.some(n, "f32");
    g.keep(g.b.stopGradient(x.id), x.bounds);
  },
};
