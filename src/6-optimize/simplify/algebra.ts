/** Identities of the scalar functions. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import type { ScalarFunction } from "../../ir/graph/scalar-function.ts";
import { full } from "../../ir/graph/shorthand.ts";
import { isFloat } from "../../ir/rules/dtypes.ts";
import { uniformNumber } from "./constants.ts";

export function simplifyApply(op: OpOf<"apply">, b: GraphBuilder, _value: Value): ValueId | null {
  const [x, y] = op.args;
  if (x === undefined) return null;
  const pair = { x, y: y ?? x, constantX: uniformNumber(b, x), constantY: uniformNumber(b, y ?? x) };
  return rules[op.fn](b, pair);
}

type Pair = {
  readonly x: ValueId;
  /** x itself for functions of one argument. */
  readonly y: ValueId;
  readonly constantX: number | null;
  readonly constantY: number | null;
};

type AlgebraRule = (b: GraphBuilder, pair: Pair) => ValueId | null;

/** The operand of `x` where `x` is `fn` of one. */
function insideOf(b: GraphBuilder, fn: ScalarFunction, x: ValueId): ValueId | null {
  const { op } = b.valueOf(x);
  return op.kind === "apply" && op.fn === fn ? op.args[0]! : null;
}

const none: AlgebraRule = () => null;
/** f(f x) = x */
const involution =
  (fn: "neg" | "not"): AlgebraRule =>
  (b, { x }) =>
    insideOf(b, fn, x);
const sameTwice: AlgebraRule = (_, { x, y }) => (x === y ? x : null);

const rules: Readonly<Record<ScalarFunction, AlgebraRule>> = {
  neg: involution("neg"),
  not: involution("not"),
  /** ||x|| = |x|, |−x| = |x| */
  abs: (b, { x }) => {
    if (insideOf(b, "abs", x) !== null) return x;
    const negated = insideOf(b, "neg", x);
    return negated === null ? null : b.apply("abs", negated);
  },
  sign: none,
  floor: none,
  ceil: none,
  round: none,
  exp: none,
  log: none,
  sqrt: none,
  rsqrt: none,
  tanh: none,
  erf: none,
  sin: none,
  cos: none,
  isFinite: none,
  /** x + 0 = x, x + (−y) = x − y */
  add: (b, { x, y, constantX, constantY }) => {
    if (constantY === 0) return x;
    if (constantX === 0) return y;
    const right = insideOf(b, "neg", y);
    if (right !== null) return b.apply("sub", x, right);
    const left = insideOf(b, "neg", x);
    return left === null ? null : b.apply("sub", y, left);
  },
  /** x − 0 = x, 0 − y = −y, x − (−y) = x + y */
  sub: (b, { x, y, constantX, constantY }) => {
    if (constantY === 0) return x;
    if (constantX === 0 && b.typeOf(y).dtype !== "u32") return b.apply("neg", y);
    const right = insideOf(b, "neg", y);
    return right === null ? null : b.apply("add", x, right);
  },
  /** x · 1 = x, x · (−1) = −x; x · 0 = 0 for integers (for floats ∞ · 0 is not 0). */
  mul: (b, { x, y, constantX, constantY }) => {
    const [other, number] = constantX === null ? [x, constantY] : [y, constantX];
    const { dtype } = b.typeOf(x);
    if (number === 1) return other;
    if (number === -1 && dtype !== "u32") return b.apply("neg", other);
    return number === 0 && !isFloat(dtype) ? full(b, 0, x) : null;
  },
  /** x / 1 = x; x / 2ⁿ = x · 2⁻ⁿ, exactly. */
  div: (b, { x, constantY }) => {
    if (constantY === 1) return x;
    return constantY !== null && isPowerOfTwo(constantY) ? b.apply("mul", x, full(b, 1 / constantY, x)) : null;
  },
  /** Small whole exponents are products (and so defined for negative x on every target), halves are roots. */
  pow: (b, { x, constantY }) => {
    if (constantY === null) return null;
    if (constantY === 0.5) return b.apply("sqrt", x);
    if (constantY === -0.5) return b.apply("rsqrt", x);
    const n = Math.abs(constantY);
    if (!Number.isInteger(constantY) || n > 16) return null;
    if (n === 0) return full(b, 1, x);
    const power = powerOf(b, x, n);
    return constantY > 0 ? power : b.apply("div", full(b, 1, x), power);
  },
  min: sameTwice,
  max: sameTwice,
  floorDiv: (_, { x, constantY }) => (constantY === 1 ? x : null),
  mod: (b, { x, constantY }) => (constantY === 1 ? full(b, 0, x) : null),
  and: (_, { x, y, constantX, constantY }) => {
    if (constantY !== null) return constantY === 1 ? x : y;
    if (constantX !== null) return constantX === 1 ? y : x;
    return x === y ? x : null;
  },
  or: (_, { x, y, constantX, constantY }) => {
    if (constantY !== null) return constantY === 1 ? y : x;
    if (constantX !== null) return constantX === 1 ? x : y;
    return x === y ? x : null;
  },
  eq: none,
  ne: none,
  lt: none,
  le: none,
  gt: none,
  ge: none,
};

/** xⁿ for n ≥ 1 by squaring. */
function powerOf(b: GraphBuilder, x: ValueId, n: number): ValueId {
  if (n === 1) return x;
  const half = powerOf(b, x, Math.floor(n / 2));
  const square = b.apply("mul", half, half);
  return n % 2 === 0 ? square : b.apply("mul", square, x);
}

/** With an inverse that f32 and f16 hold exactly. */
function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(value))) && Math.abs(Math.log2(Math.abs(value))) <= 14;
}
