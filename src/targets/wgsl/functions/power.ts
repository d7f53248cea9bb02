/** x^y for any sign of x. */
import { binary, call, literal, select } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";
import { define, less, mul, real } from "./arithmetic.ts";
import { exp } from "./exp.ts";
import type { HelperRecipe, Helpers } from "./helpers.ts";
import { log } from "./log.ts";
import { floatConstant } from "./non-finite.ts";

/** Small whole exponents are products. */
export function power(x: Expr, y: Expr, helpers: Helpers): Expr {
  const exponent = constantOf(y);
  if (exponent === 1) return x;
  if (exponent === 2) return mul(x, x);
  if (exponent === 3) return mul(mul(x, x), x);
  if (exponent === 4) return helpers.call(fourth, [x]);
  if (exponent === 0.5) return call("sqrt", [x]);
  return helpers.call(general, [x, y]);
}

function constantOf(expr: Expr): number | null {
  if (expr.kind === "literal") return expr.value;
  return expr.kind === "convert" && expr.args.length === 1 ? constantOf(expr.args[0]!) : null;
}

const fourth: HelperRecipe = {
  name: "fourth_power",
  doc: "x^4.",
  parameters: ["x"],
  of: "f32",
  result: "f32",
  body: ([x]) => {
    const block: Block = [];
    const square = define(block, "square", mul(x!, x!));
    block.push({ kind: "return", value: mul(square, square) });
    return block;
  },
};

const general: HelperRecipe = {
  name: "power",
  doc: "x^y = ±exp(y ln |x|); a negative x needs a whole y, and an odd one gives the sign. x^0 = 1.",
  parameters: ["x", "y"],
  of: "f32",
  result: "f32",
  body: ([x, y], _lanes, helpers) => {
    const block: Block = [];
    const logarithm = helpers.call(log, [call("abs", [x!])]);
    const size = define(block, "size", helpers.call(exp, [mul(y!, logarithm)]));
    const whole = binary("==", call("floor", [y!]), y!);
    const half = define(block, "half", mul(y!, real(0.5)));
    const even = binary("==", call("floor", [half]), half);
    const signed = select({ kind: "unary", op: "-", of: size, type: size.type }, size, even);
    const below = select(floatConstant(Number.NaN, helpers), signed, whole);
    const value = select(size, below, less(x!, real(0)));
    block.push({ kind: "return", value: select(value, literal("f32", 1), binary("==", y!, real(0))) });
    return block;
  },
};
