/** ln x to 1 ulp, near 1 as well: builtins only promise 2^-21 there, and 1 - 0.999^t needs more. */
import { binary, bitcast, convert, literal, select } from "../syntax/build.ts";
import type { Block } from "../syntax/tree.ts";
import { define, fma, less, mul, polynomial, real, sub, word } from "./arithmetic.ts";
import type { HelperRecipe } from "./helpers.ts";
import { floatConstant, keepingNaN } from "./non-finite.ts";

/** (ln (1 + f) - f) / f² on 1 + f in [2/3, 4/3]. */
const coefficients = [
  -0.5, 0.333331972, -0.2499962, 0.200120345, -0.166846126, 0.139814854, -0.121483512, 0.140869141, -0.130310059,
];

export const log: HelperRecipe = {
  name: "log",
  doc: "ln x = e ln 2 + ln (1 + f), 1 + f in [2/3, 4/3), 1 ulp; subnormal x as 0.",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x], _lanes, helpers) => {
    const block: Block = [];
    const bits = define(block, "bits", bitcast(x!, "i32"));
    const shifted = sub(bits, literal("i32", 0x3f2aaaab));
    const exponent = define(block, "exponent", binary("&", shifted, literal("i32", -0x800000)));
    const f = define(block, "f", sub(bitcast(sub(bits, exponent), "f32"), real(1)));
    const p = polynomial(block, "p", f, coefficients);
    const fraction = define(block, "fraction", fma(mul(p, f), f, f));
    const whole = define(block, "whole", convert(binary(">>", exponent, word(23)), "f32"));
    const value = define(block, "value", fma(whole, real(0.693147182), fraction));
    const least = real(2 ** -126);
    const infinity = floatConstant(Number.POSITIVE_INFINITY, helpers);
    const zero = select(value, floatConstant(Number.NEGATIVE_INFINITY, helpers), less(x!, least));
    const negative = select(zero, floatConstant(Number.NaN, helpers), less(x!, real(0)));
    const bounded = select(negative, infinity, binary("==", x!, infinity));
    block.push({ kind: "return", value: keepingNaN(x!, bounded) });
    return block;
  },
};
