/** Shorthand for writing helpers: constants of as many lanes as they stand beside. */
import { binary, call, literal, name } from "../syntax/build.ts";
import type { Block, Expr } from "../syntax/tree.ts";

export const real = (value: number): Expr => literal("f32", value);
export const word = (value: number): Expr => literal("u32", value);

export const add = (left: Expr, right: Expr): Expr => binary("+", left, right);
export const sub = (left: Expr, right: Expr): Expr => binary("-", left, right);
export const mul = (left: Expr, right: Expr): Expr => binary("*", left, right);
export const div = (left: Expr, right: Expr): Expr => binary("/", left, right);
export const less = (left: Expr, right: Expr): Expr => binary("<", left, right);

/** left · right + addend, rounded once where the hardware can. */
export const fma = (left: Expr, right: Expr, addend: Expr): Expr => call("fma", [left, right, addend]);

/** Names a value and gives the name. */
export function define(block: Block, text: string, value: Expr): Expr {
  block.push({ kind: "let", name: text, value });
  return name(text, value.type);
}

/** Σ coefficients[i] · x^i by Horner's rule, a named step each. */
export function polynomial(block: Block, text: string, x: Expr, coefficients: readonly number[]): Expr {
  const [last, ...others] = coefficients.toReversed();
  return others.reduce<Expr>(
    (sum, coefficient, index) => define(block, `${text}${index}`, fma(sum, x, real(coefficient))),
    real(last!),
  );
}
