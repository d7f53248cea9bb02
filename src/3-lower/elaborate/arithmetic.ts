/** The operators of expressions on data. Shapes and dtypes are proven by the checker; here they are invariants. */
import type { BinaryOp } from "../../1-parse/ast.ts";
import type { ScalarFunction } from "../../ir/graph/scalar-function.ts";
import { invariant } from "../../support/invariant.ts";
import { bool, type Datum, float, integer, tensor } from "./datum.ts";
import type { Build } from "./frame.ts";
import { matmul } from "./matmul.ts";
import { meanArithmetic } from "./mean.ts";
import { asTensor, broadcastTo, commonDtype, elementwise, shapeOf, staticNumber } from "./tensor-ops.ts";

/** Operators whose operands are both evaluated; `|>`, `and` and `or` are not among them. */
export type StrictOp = Exclude<BinaryOp, "|>" | "and" | "or">;

export function binary(build: Build, op: StrictOp, left: Datum, right: Datum): Datum {
  if (left.kind === "mean" || right.kind === "mean") {
    const mean = meanArithmetic(op, left, right);
    if (mean !== null) return mean;
  }
  return operators[op](build, left, right);
}

export function negate(build: Build, operand: Datum): Datum {
  if (operand.kind === "mean") return binary(build, "*", integer(-1), operand);
  return elementwise(build, "neg", operand);
}

const operators: { readonly [K in StrictOp]: (build: Build, left: Datum, right: Datum) => Datum } = {
  "+": applying("add"),
  "-": applying("sub"),
  "*": applying("mul"),
  "/": applying("div"),
  "//": (build, left, right) =>
    onIntegers(build, left, right)
      ? elementwise(build, "floorDiv", left, right)
      : elementwise(build, "floor", elementwise(build, "div", left, right)),
  "%": (build, left, right) => {
    if (onIntegers(build, left, right)) return elementwise(build, "mod", left, right);
    const quotient = elementwise(build, "floor", elementwise(build, "div", left, right));
    return elementwise(build, "sub", left, elementwise(build, "mul", right, quotient));
  },
  "**": power,
  "@": (build, left, right) => tensor(matmul(build.graph, asTensor(build, left), asTensor(build, right))),
  "<": applying("lt"),
  "<=": applying("le"),
  ">": applying("gt"),
  ">=": applying("ge"),
  "==": (build, left, right) => equality(build, "eq", left, right),
  "!=": (build, left, right) => equality(build, "ne", left, right),
  "..": (_build, left, right) => {
    const [from, to] = [staticNumber(left)?.value, staticNumber(right)?.value];
    invariant(from !== undefined && to !== undefined, "a range has static ends");
    return { kind: "list", elements: Array.from({ length: Math.max(0, to - from) }, (_, i) => integer(from + i)) };
  },
};

function applying(fn: ScalarFunction): (build: Build, left: Datum, right: Datum) => Datum {
  return (build, left, right) => elementwise(build, fn, left, right);
}

function equality(build: Build, fn: "eq" | "ne", left: Datum, right: Datum): Datum {
  if (left.kind === "tensor" || right.kind === "tensor") return elementwise(build, fn, left, right);
  const same = isSame(left, right);
  return bool(fn === "eq" ? same : !same);
}

function isSame(left: Datum, right: Datum): boolean {
  const [a, b] = [staticNumber(left), staticNumber(right)];
  if (a !== null && b !== null) return a.value === b.value;
  if ((left.kind === "string" && right.kind === "string") || (left.kind === "bool" && right.kind === "bool")) {
    return left.value === right.value;
  }
  return left.kind === "none" && right.kind === "none";
}

/**
 * Small whole exponents become products: WGSL's pow(x, y) is undefined for x < 0. A static base b > 0 becomes e^(t ln b)
 * with ln b in float64: log2 near 1 has an absolute error bound, which would spoil 1 − b ** t in Adam's first steps.
 */
function power(build: Build, base: Datum, exponent: Datum): Datum {
  const [b, e] = [staticNumber(base), staticNumber(exponent)];
  if (b !== null && e !== null) return elementwise(build, "pow", base, exponent);
  if (e !== null) {
    if (Number.isInteger(e.value) && Math.abs(e.value) <= 8) return wholePower(build, base, e.value);
    if (e.value === 0.5) return elementwise(build, "sqrt", base);
    if (e.value === -0.5) return elementwise(build, "rsqrt", base);
  }
  if (b !== null && b.value > 0) {
    return elementwise(build, "exp", elementwise(build, "mul", exponent, float(Math.log(b.value))));
  }
  return elementwise(build, "pow", base, exponent);
}

function wholePower(build: Build, base: Datum, exponent: number): Datum {
  if (exponent < 0) return elementwise(build, "div", integer(1), wholePower(build, base, -exponent));
  if (exponent === 0) {
    const one = build.graph.constant(1, commonDtype(build, [base]));
    return tensor(broadcastTo(build, one, shapeOf(build, base)));
  }
  if (exponent === 1) return base;
  const half = wholePower(build, base, Math.floor(exponent / 2));
  const square = elementwise(build, "mul", half, half);
  return exponent % 2 === 0 ? square : elementwise(build, "mul", square, base);
}

function onIntegers(build: Build, left: Datum, right: Datum): boolean {
  return [left, right].every((datum) => {
    if (datum.kind === "tensor") return build.graph.typeOf(datum.id).dtype === "i32";
    return staticNumber(datum)?.integer === true;
  });
}

/** `and`, `or` and `not` of bool tensors and static bools. */
export function logical(build: Build, fn: "and" | "or", left: Datum, right: Datum): Datum {
  if (left.kind === "bool" && right.kind === "bool") {
    return bool(fn === "and" ? left.value && right.value : left.value || right.value);
  }
  return elementwise(build, fn, left, right);
}

export function not(build: Build, operand: Datum): Datum {
  return operand.kind === "bool" ? bool(!operand.value) : elementwise(build, "not", operand);
}

/** The static condition, or null for a bool tensor. */
export function staticCondition(build: Build, datum: Datum): boolean | null {
  if (datum.kind === "bool") return datum.value;
  if (datum.kind === "none") return false;
  invariant(
    datum.kind === "tensor" && build.graph.typeOf(datum.id).dtype === "bool",
    () => `a condition of kind ${datum.kind} and shape [${shapeOf(build, datum)}]`,
  );
  return null;
}
