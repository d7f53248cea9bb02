/** sin x and cos x to 2 ulp: builtins promise an absolute 2^-11 and SwiftShader takes it, which a cosine schedule shows. */
import { binary, call, convert, literal, select } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";
import { add, define, fma, mul, polynomial, real, sub } from "./arithmetic.ts";
import type { HelperRecipe } from "./helpers.ts";

/** π / 2 in three parts, the first two short enough that their products with n are exact (Cephes). */
const parts = [1.5703125, 4.837512969970703e-4, 7.549789954891882e-8];
/** (sin r - r) / r³ and (cos r - 1 + r² / 2) / r⁴ in r², |r| ≤ π / 4. */
const sineCoefficients = [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4];
const cosineCoefficients = [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5];

export const sine = quarterTurns("sin", 0);
export const cosine = quarterTurns("cos", 1);

function quarterTurns(name: string, ahead: 0 | 1): HelperRecipe {
  return {
    name,
    doc: `${name} x = ± sin or cos of r = x - n pi / 2 in three parts (Cody and Waite 1980), 2 ulp for |x| < 8192.`,
    parameters: ["x"],
    of: "f32",
    result: "f32",
    body: ([x]) => {
      const block: Block = [];
      const n = define(block, "n", call("floor", [add(mul(x!, real(2 / Math.PI)), real(0.5))]));
      const r = parts.reduce<Expr>(
        (rest, part, index) => define(block, `r${index}`, sub(rest, mul(n, real(part)))),
        x!,
      );
      const square = define(block, "square", mul(r, r));
      const p = polynomial(block, "p", square, sineCoefficients);
      const ofSine = define(block, "sine", fma(mul(p, square), r, r));
      const q = polynomial(block, "q", square, cosineCoefficients);
      const ofCosine = define(block, "cosine", fma(mul(q, square), square, fma(square, real(-0.5), real(1))));
      const quarter = define(block, "quarter", add(convert(n, "i32"), literal("i32", ahead)));
      const isOdd = binary("!=", binary("&", quarter, literal("i32", 1)), literal("i32", 0));
      const value = define(block, "value", select(ofSine, ofCosine, isOdd));
      const isLower = binary("!=", binary("&", quarter, literal("i32", 2)), literal("i32", 0));
      block.push({ kind: "return", value: select(value, negated(value), isLower) });
      return block;
    },
  };
}

function negated(of: Expr): Expr {
  return { kind: "unary", op: "-", of, type: of.type };
}
