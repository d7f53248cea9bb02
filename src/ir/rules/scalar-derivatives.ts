/**
 * Derivatives of the scalar functions: for each argument the gradient that a result's gradient `g` gives it, as values
 * of a graph. Null: zero everywhere it exists, or the argument is no float.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import type { ScalarFunction } from "../graph/scalar-function.ts";
import { applyTo, full } from "../graph/shorthand.ts";

type PartialDerivative = (b: GraphBuilder, at: Point) => ValueId;

/** `y` is `x` for unary functions; `r` is the result. */
type Point = { readonly g: ValueId; readonly x: ValueId; readonly y: ValueId; readonly r: ValueId };

type DerivativeRow = {
  readonly partials: readonly (PartialDerivative | null)[];
  /** Some argument makes the derivative infinite, so that g = 0 could give 0 · ∞ = NaN. */
  readonly unbounded: boolean;
};

const flat: DerivativeRow = { partials: [null, null], unbounded: false };
const bounded = (...partials: readonly PartialDerivative[]): DerivativeRow => ({ partials, unbounded: false });
const unbounded = (...partials: readonly PartialDerivative[]): DerivativeRow => ({ partials, unbounded: true });

export const scalarDerivatives: Readonly<Record<ScalarFunction, DerivativeRow>> = {
  neg: bounded((b, { g }) => b.apply("neg", g)),
  /** d|x| = sign x dx, with sign 0 = 0. */
  abs: bounded((b, { g, x }) => b.apply("mul", g, b.apply("sign", x))),
  sign: flat,
  floor: flat,
  ceil: flat,
  round: flat,
  /** d eˣ = eˣ dx */
  exp: unbounded((b, { g, r }) => b.apply("mul", g, r)),
  /** d ln x = dx / x */
  log: unbounded((b, { g, x }) => b.apply("div", g, x)),
  /** d √x = dx / (2√x) */
  sqrt: unbounded((b, { g, r }) => b.apply("div", applyTo(b, "mul", g, 0.5), r)),
  /** d x^(−1/2) = −½ (x^(−1/2))³ dx */
  rsqrt: unbounded((b, { g, r }) =>
    b.apply("mul", applyTo(b, "mul", g, -0.5), b.apply("mul", r, b.apply("mul", r, r))),
  ),
  /** d tanh x = (1 − tanh² x) dx */
  tanh: bounded((b, { g, r }) => b.apply("mul", g, b.apply("sub", full(b, 1, r), b.apply("mul", r, r)))),
  /** d erf x = 2/√π e^(−x²) dx */
  erf: bounded((b, { g, x }) => {
    const bell = b.apply("exp", b.apply("neg", b.apply("mul", x, x)));
    return b.apply("mul", g, applyTo(b, "mul", bell, 2 / Math.sqrt(Math.PI)));
  }),
  sin: unbounded((b, { g, x }) => b.apply("mul", g, b.apply("cos", x))),
  /** d cos x = −sin x dx */
  cos: unbounded((b, { g, x }) => b.apply("neg", b.apply("mul", g, b.apply("sin", x)))),
  not: flat,
  isFinite: flat,
  add: bounded(
    (_, { g }) => g,
    (_, { g }) => g,
  ),
  sub: bounded(
    (_, { g }) => g,
    (b, { g }) => b.apply("neg", g),
  ),
  mul: unbounded(
    (b, { g, y }) => b.apply("mul", g, y),
    (b, { g, x }) => b.apply("mul", g, x),
  ),
  /** d(x/y) = dx / y − (x/y) dy / y */
  div: unbounded(
    (b, { g, y }) => b.apply("div", g, y),
    (b, { g, y, r }) => b.apply("neg", b.apply("div", b.apply("mul", g, r), y)),
  ),
  /** d xʸ = y x^(y−1) dx + xʸ ln x dy; the second is 0 at x = 0, where xʸ ln x → 0 for y > 0. */
  pow: unbounded(
    (b, { g, x, y }) => b.apply("mul", g, b.apply("mul", y, b.apply("pow", x, applyTo(b, "add", y, -1)))),
    (b, { g, x, r }) => {
      const slope = b.apply("mul", r, b.apply("log", x));
      return b.apply("mul", g, b.select(applyTo(b, "eq", x, 0), full(b, 0, x), slope));
    },
  ),
  /** Equal arguments share the gradient evenly (as torch.minimum and jax.numpy.minimum do). */
  min: bounded(
    (b, { g, x, y }) => shared(b, g, b.apply("lt", x, y), b.apply("eq", x, y)),
    (b, { g, x, y }) => shared(b, g, b.apply("lt", y, x), b.apply("eq", x, y)),
  ),
  max: bounded(
    (b, { g, x, y }) => shared(b, g, b.apply("gt", x, y), b.apply("eq", x, y)),
    (b, { g, x, y }) => shared(b, g, b.apply("gt", y, x), b.apply("eq", x, y)),
  ),
  floorDiv: flat,
  mod: flat,
  eq: flat,
  ne: flat,
  lt: flat,
  le: flat,
  gt: flat,
  ge: flat,
  and: flat,
  or: flat,
};

/** All of `g` where this argument is the extreme one, half where both are. */
function shared(b: GraphBuilder, g: ValueId, chosen: ValueId, equal: ValueId): ValueId {
  return b.select(chosen, g, b.select(equal, applyTo(b, "mul", g, 0.5), full(b, 0, g)));
}
