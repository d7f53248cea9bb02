/** Threefry-2x32-20 and what is made of its words: the same numbers as ir/random.ts. */
import { threefryParity, threefryRotations } from "../../../ir/random.ts";
import { binary, call, convert, literal, name, typeOf } from "../syntax/build.ts";
import type { Block, Expr, Lanes } from "../syntax/tree.ts";
import { add, define, mul, real, word } from "./arithmetic.ts";
import type { HelperRecipe, Helpers } from "./helpers.ts";
import { log } from "./log.ts";
import { cosine } from "./sine.ts";

export type Words = readonly [Expr, Expr];

/** The key of one sample's numbers in one step. */
export function randomKey(seed: Expr, stream: number, step: Expr, sample: Expr, helpers: Helpers): Words {
  const args = [seed, word(stream), step, sample];
  return [helpers.call(first, args), helpers.call(second, args)];
}

/** u32 words → f32 in [0, 1). */
export function uniform([k0, k1]: Words, element: Expr, helpers: Helpers): Expr {
  return fraction(helpers.call(first, [k0, k1, element, word(0)]));
}

/** Box and Muller's first number. */
export function normal([k0, k1]: Words, element: Expr, helpers: Helpers): Expr {
  const args = [k0, k1, element, word(0)];
  return helpers.call(boxMuller, [helpers.call(first, args), helpers.call(second, args)]);
}

/** The upper 24 bits · 2⁻²⁴. */
function fraction(bits: Expr): Expr {
  return mul(convert(binary(">>", bits, literal("u32", 8)), "f32"), real(2 ** -24));
}

const first = threefry("threefry_first", 0);
const second = threefry("threefry_second", 1);

function threefry(text: string, result: 0 | 1): HelperRecipe {
  return {
    name: text,
    doc: `Word ${result} of Threefry-2x32-20 (Salmon et al. 2011) of key (k0, k1) and counter (c0, c1).`,
    parameters: ["k0", "k1", "c0", "c1"],
    of: "u32",
    result: "u32",
    body: ([k0, k1, c0, c1], lanes) => {
      const block: Block = [];
      const k2 = define(block, "k2", binary("^", binary("^", k0!, k1!), word(threefryParity)));
      const schedule = [k0!, k1!, k2];
      const [x0, x1] = [variable(block, "x0", add(c0!, k0!), lanes), variable(block, "x1", add(c1!, k1!), lanes)];
      const assign = (target: Expr, value: Expr) => block.push({ kind: "assign", target, value });
      for (let round = 0; round < 20; round++) {
        assign(x0, add(x0, x1));
        assign(x1, binary("^", rotated(x1, threefryRotations[round % 8]!), x0));
        if (round % 4 !== 3) continue;
        const injection = (round + 1) / 4;
        assign(x0, add(x0, schedule[injection % 3]!));
        assign(x1, add(add(x1, schedule[(injection + 1) % 3]!), word(injection)));
      }
      block.push({ kind: "return", value: [x0, x1][result]! });
      return block;
    },
  };
}

function variable(block: Block, text: string, value: Expr, lanes: Lanes): Expr {
  const type = typeOf("u32", lanes);
  block.push({ kind: "var", name: text, type, value });
  return name(text, type);
}

function rotated(x: Expr, by: number): Expr {
  return binary("|", binary("<<", x, word(by)), binary(">>", x, word(32 - by)));
}

const boxMuller: HelperRecipe = {
  name: "box_muller",
  doc: "sqrt(-2 ln u1) cos(2 pi u2) from two words (Box and Muller 1958).",
  parameters: ["w0", "w1"],
  of: "u32",
  result: "f32",
  body: ([w0, w1], _lanes, helpers) => {
    const block: Block = [];
    const u1 = define(block, "u1", mul(add(convert(binary(">>", w0!, word(8)), "f32"), real(1)), real(2 ** -24)));
    const radius = define(block, "radius", call("sqrt", [mul(helpers.call(log, [u1]), real(-2))]));
    const angle = define(block, "angle", mul(fraction(w1!), real(2 * Math.PI)));
    block.push({ kind: "return", value: mul(radius, helpers.call(cosine, [angle])) });
    return block;
  },
};
