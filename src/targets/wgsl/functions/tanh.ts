/** tanh x without an exponential: it stands in every GELU, forward and backward. */
import { call } from "../syntax/build.ts";
import type { Block } from "../syntax/tree.ts";
import { define, div, mul, polynomial, real } from "./arithmetic.ts";
import type { HelperRecipe } from "./helpers.ts";
import { keepingNaN } from "./non-finite.ts";

/** Numerator / x and denominator in x², as in Eigen's ptanh; equal to 1 within 7 ulp at the clamp. */
const numerator = [
  4.89352455891786e-3, 6.37261928875436e-4, 1.48572235717979e-5, 5.12229709037114e-8, -8.60467152213735e-11,
  2.00018790482477e-13, -2.76076847742355e-16,
];
const denominator = [4.89352518554385e-3, 2.268434632439e-3, 1.18534705686654e-4, 1.19825839466702e-6];
const clamp = 7.998811721801758;

export const tanh: HelperRecipe = {
  name: "tanh",
  doc: "tanh x as a quotient of polynomials, |x| at most 8; 7 ulp. (Builtins lose small x.)",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x]) => {
    const block: Block = [];
    const c = define(block, "c", call("clamp", [x!, real(-clamp), real(clamp)]));
    const square = define(block, "square", mul(c, c));
    const p = polynomial(block, "p", square, numerator);
    const q = polynomial(block, "q", square, denominator);
    block.push({ kind: "return", value: keepingNaN(x!, div(mul(c, p), q)) });
    return block;
  },
};
