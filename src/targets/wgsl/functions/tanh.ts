/** tanh x to 2 ulp. */
import { call, select } from "../syntax/build.ts";
import type { Block } from "../syntax/tree.ts";
import { add, define, div, fma, less, mul, polynomial, real, sub } from "./arithmetic.ts";
import { exp } from "./exp.ts";
import type { HelperRecipe } from "./helpers.ts";

/** (tanh x - x) / x³ as a polynomial in x², |x| ≤ 0.55. */
const near = [-3.33327681e-1, 1.3315247e-1, -5.2302558e-2, 1.57394409e-2];

export const tanh: HelperRecipe = {
  name: "tanh",
  doc: "tanh x: a polynomial near 0, 1 - 2 / (e^2x + 1) further out; 2 ulp.",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x], _lanes, helpers) => {
    const block: Block = [];
    // Beyond 10 the result is 1.
    const size = define(block, "size", call("min", [call("abs", [x!]), real(10)]));
    const square = define(block, "square", mul(x!, x!));
    const p = polynomial(block, "p", square, near);
    const inner = define(block, "inner", fma(mul(p, square), x!, x!));
    const growth = define(block, "growth", helpers.call(exp, [mul(size, real(2))]));
    const outer = define(block, "outer", sub(real(1), div(real(2), add(growth, real(1)))));
    const signed = mul(call("sign", [x!]), outer);
    block.push({ kind: "return", value: select(inner, signed, less(real(0.55), size)) });
    return block;
  },
};
