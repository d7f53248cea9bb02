/** e^x to 1 ulp: drivers compute exp2(x · log2 e), whose error grows with |x| to 60 ulp. */
import { binary, bitcast, call, convert, literal, select } from "../syntax/build.ts";
import type { Block } from "../syntax/tree.ts";
import { add, define, less, mul, polynomial, real, sub } from "./arithmetic.ts";
import type { HelperRecipe } from "./helpers.ts";
import { floatConstant, keepingNaN } from "./non-finite.ts";

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
    const n = define(block, "n", call("floor", [add(mul(x!, real(Math.LOG2E)), real(0.5))]));
    // Not fma: Mesa joins two of one factor into a product with ln 2, which is what the two parts are to avoid.
    const high = define(block, "high", sub(x!, mul(n, real(0.693145752))));
    const r = define(block, "r", sub(high, mul(n, real(1.42860677e-6))));
    const p = polynomial(block, "p", r, coefficients);
    // Times 2^n: n is added to the exponent. What overflows or becomes subnormal by it is replaced below.
    const exponent = binary("<<", convert(n, "i32"), literal("u32", 23));
    const value = define(block, "value", bitcast(add(bitcast(p, "i32"), exponent), "f32"));
    const large = select(value, floatConstant(Number.POSITIVE_INFINITY, helpers), less(real(88.7228394), x!));
    const bounded = select(large, real(0), less(x!, real(-87.3365479)));
    block.push({ kind: "return", value: keepingNaN(x!, bounded) });
    return block;
  },
};
