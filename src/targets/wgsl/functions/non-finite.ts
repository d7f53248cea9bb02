/** Infinities and NaN: WGSL has no constants for them and lets a driver assume there are none, so bits decide. */
import { binary, bitcast, literal, select, splat } from "../syntax/build.ts";
import type { Expr } from "../syntax/tree.ts";
import type { HelperRecipe, Helpers } from "./helpers.ts";

const exponentMask = 0x7f800000;

/** Neither infinite nor NaN. */
export function isFiniteBits(x: Expr): Expr {
  const bits = bitcast(x, "u32");
  return binary("<", binary("&", bits, literal("u32", 0x7fffffff)), literal("u32", exponentMask));
}

/** `value`, or x itself where x is NaN: compares bits, since a comparison of floats may be assumed to hold. */
export function keepingNaN(x: Expr, value: Expr): Expr {
  const size = binary("&", bitcast(x, "u32"), literal("u32", 0x7fffffff));
  return select(x, value, binary("<=", size, literal("u32", exponentMask)));
}

/** A float constant that may be infinite or NaN. */
export function floatConstant(value: number, helpers: Helpers): Expr {
  const rounded = Math.fround(value);
  if (Number.isFinite(rounded)) return literal("f32", rounded);
  if (Number.isNaN(rounded)) return helpers.call(fromBits, [literal("u32", 0x7fc00000)]);
  return helpers.call(fromBits, [literal("u32", rounded > 0 ? exponentMask : 0xff800000)]);
}

/** A call with a variable argument: bits written in place would be a constant expression, which may not be infinite. */
const fromBits: HelperRecipe = {
  name: "from_bits",
  doc: "The float with these bits, infinities and NaN included.",
  parameters: ["bits"],
  of: "u32",
  result: "f32",
  body: ([bits], lanes) => [{ kind: "return", value: bitcast(splat(bits!, lanes), "f32") }],
};
