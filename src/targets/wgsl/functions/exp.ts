/** e^x to 1 ulp: drivers compute exp2(x · log2 e), whose error grows with |x|. */
import { binary, bitcast, call, convert, literal, select } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";
import { add, define, less, mul, polynomial, real, sub } from "./arithmetic.ts";
import type { HelperRecipe } from "./helpers.ts";
import { floatConstant } from "./non-finite.ts";

/** e^r on |r| ≤ ln 2 / 2. */
const coefficients = [1, 1, 0.499999851, 0.16666472, 4.16695364e-2, 8.37312452e-3, 1.37805939e-3];

export const exp: HelperRecipe = {
  name: "exp",
  doc: "e^x = 2^n e^r, r = x - n ln 2 in two parts (Cody and Waite 1980), 1 ulp; subnormal results are 0.",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x], _lanes, helpers) => {
    const block: Block = [];
    // Outside of this range the result is chosen below; clamped, the bits of 2^n stay those of a number.
    const inside = define(block, "inside", call("clamp", [x!, real(-88), real(89)]));
    const n = define(block, "n", call("round", [mul(inside, real(Math.LOG2E))]));
    // Not fma: Mesa joins two of one factor into a product with ln 2, which is what the two parts are to avoid.
    const high = define(block, "high", sub(inside, mul(n, real(0.693145752))));
    const r = define(block, "r", sub(high, mul(n, real(1.42860677e-6))));
    const p = polynomial(block, "p", r, coefficients);
    // 2^n in two factors: n may be 128, and no product on the way may be subnormal.
    const half = define(block, "half", call("floor", [mul(n, real(0.5))]));
    const value = define(block, "value", mul(mul(p, powerOfTwo(half)), powerOfTwo(sub(n, half))));
    const large = select(value, floatConstant(Number.POSITIVE_INFINITY, helpers), less(real(88.7228394), x!));
    block.push({ kind: "return", value: select(large, real(0), less(x!, real(-87.3365479))) });
    return block;
  },
};

/** 2^n: n + 127 in the exponent's bits. */
function powerOfTwo(n: Expr): Expr {
  const exponent = bitcast(convert(add(n, real(127)), "i32"), "u32");
  return bitcast(binary("<<", exponent, literal("u32", 23)), "f32");
}
