/** The error function: WGSL has none. */
import { call, select } from "../syntax/build.ts";
import type { Block } from "../syntax/tree.ts";
import { define, fma, less, mul, polynomial, real, sub } from "./arithmetic.ts";
import { exp } from "./exp.ts";
import type { HelperRecipe } from "./helpers.ts";
import { keepingNaN } from "./non-finite.ts";

/** (erf x - x) / x as a polynomial in x², |x| ≤ 0.927734375. */
const near = [1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2, 4.99119423e-3, -5.96761703e-4];
/** ln (1 - erf x) as a polynomial in x, above. */
const far = [
  0, -1.12871751, -6.34846687e-1, -1.06777877e-1, 2.42546219e-2, -3.88396438e-3, 3.83197126e-4, -1.7285347e-5,
];

export const erf: HelperRecipe = {
  name: "erf",
  doc: "erf x: a polynomial near 0, 1 - exp(polynomial) further out; 2 ulp.",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x], _lanes, helpers) => {
    const block: Block = [];
    const size = define(block, "size", call("min", [call("abs", [x!]), real(4)]));
    const square = define(block, "square", mul(x!, x!));
    const p = polynomial(block, "p", square, near);
    const inner = define(block, "inner", fma(p, x!, x!));
    const q = polynomial(block, "q", size, far);
    const outer = define(block, "outer", sub(real(1), helpers.call(exp, [q])));
    const signed = mul(call("sign", [x!]), outer);
    const value = select(inner, signed, less(real(0.927734375), size));
    block.push({ kind: "return", value: keepingNaN(x!, value) });
    return block;
  },
};
