/** Floor division and its remainder: WGSL's round towards zero. */
import { binary, literal, select } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";
import { define, less, mul, sub } from "./arithmetic.ts";
import type { HelperRecipe, Helpers } from "./helpers.ts";

export function floorDivide(left: Expr, right: Expr, helpers: Helpers): Expr {
  return left.type.scalar === "u32" ? binary("/", left, right) : helpers.call(floorDivision, [left, right]);
}

export function floorModulo(left: Expr, right: Expr, helpers: Helpers): Expr {
  if (left.type.scalar === "u32") return binary("%", left, right);
  return helpers.call(floorRemainder, [left, right]);
}

const floorDivision: HelperRecipe = {
  name: "floor_div",
  doc: "The quotient, rounded towards minus infinity.",
  parameters: ["x", "y"],
  of: "i32",
  result: "i32",
  body: ([x, y]) => {
    const block: Block = [];
    const quotient = define(block, "quotient", binary("/", x!, y!));
    const rest = define(block, "rest", sub(x!, mul(quotient, y!)));
    const zero = literal("i32", 0);
    const opposite = binary("!=", less(rest, zero), less(y!, zero));
    const inexact = binary("!=", rest, zero);
    const below = sub(quotient, literal("i32", 1));
    block.push({ kind: "return", value: select(quotient, below, binary("&", opposite, inexact)) });
    return block;
  },
};

const floorRemainder: HelperRecipe = {
  name: "floor_mod",
  doc: "What floor division leaves: it has the divisor's sign.",
  parameters: ["x", "y"],
  of: "i32",
  result: "i32",
  body: ([x, y], _lanes, helpers) => [
    { kind: "return", value: sub(x!, mul(helpers.call(floorDivision, [x!, y!]), y!)) },
  ],
};
