/** Scalar functions of static numbers, in float64. An integer stays one where the mathematics says so. */
import type { ScalarFunction } from "../../ir/graph/scalar-function.ts";
import { dtypeRules } from "../../ir/rules/dtypes.ts";
import { evaluateScalar } from "../../ir/rules/scalar-functions.ts";
import { bool, type Datum, type NumberDatum } from "./datum.ts";

export function staticApply(fn: ScalarFunction, args: readonly NumberDatum[]): Datum {
  const integers = args.every((arg) => arg.integer);
  // Never as i32: sizes do not wrap, neither here nor in the checker.
  const value = evaluateScalar(fn, "f32", args[0]?.value ?? 0, args[1]?.value ?? 0);
  if (dtypeRules[fn].result === "bool") return bool(value !== 0);
  return { kind: "number", value, integer: integers && keepsIntegers.includes(fn) && Number.isInteger(value) };
}

/** `2 ** 3` is an integer, `2 ** -1` is none; `6 / 3` is a float, `6 // 3` is not. */
const keepsIntegers: readonly ScalarFunction[] = [
  "neg",
  "abs",
  "sign",
  "add",
  "sub",
  "mul",
  "pow",
  "min",
  "max",
  "floorDiv",
  "mod",
];
