/** Constructors of expressions: they fold what is constant, and widen scalars beside vectors. */
import { invariant } from "../../../support/invariant.ts";
import type { BinaryOperator, Expr, Lanes, Scalar, Type } from "./tree.ts";

export const u32: Type = { scalar: "u32", lanes: 1 };

export function typeOf(scalar: Scalar, lanes: Lanes): Type {
  return { scalar, lanes };
}

export function literal(scalar: Scalar, value: number): Expr {
  return { kind: "literal", type: typeOf(scalar, 1), value };
}

export function unsigned(value: number): Expr {
  return literal("u32", value);
}

export function name(text: string, type: Type): Expr {
  return { kind: "name", name: text, type };
}

export function element(array: string, index: Expr, type: Type): Expr {
  return { kind: "element", array, index, type };
}

export function lane(of: Expr, index: number): Expr {
  if (of.type.lanes === 1) return of;
  if (of.kind === "convert" && of.args.length === 1 && of.args[0]!.type.lanes === 1) return of.args[0]!;
  if (of.kind === "convert" && of.args.length === of.type.lanes) return of.args[index]!;
  return { kind: "lane", of, lane: index, type: typeOf(of.type.scalar, 1) };
}

export function lanesOf(of: Expr): readonly Expr[] {
  return Array.from({ length: of.type.lanes }, (_, index) => lane(of, index));
}

/** A vector from its lanes. */
export function compose(parts: readonly Expr[]): Expr {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  return { kind: "convert", args: parts, type: typeOf(first.type.scalar, parts.length as Lanes) };
}

/** The same value in every lane. */
export function splat(of: Expr, lanes: Lanes): Expr {
  if (of.type.lanes === lanes) return of;
  invariant(of.type.lanes === 1, `a vector of ${of.type.lanes} where ${lanes} lanes are needed`);
  return { kind: "convert", args: [of], type: typeOf(of.type.scalar, lanes) };
}

export function widest(args: readonly Expr[]): Lanes {
  return Math.max(1, ...args.map(({ type }) => type.lanes)) as Lanes;
}

export function convert(of: Expr, scalar: Scalar): Expr {
  if (of.type.scalar === scalar) return of;
  return { kind: "convert", args: [of], type: typeOf(scalar, of.type.lanes) };
}

export function bitcast(of: Expr, scalar: Scalar): Expr {
  if (of.type.scalar === scalar) return of;
  return { kind: "bitcast", of, type: typeOf(scalar, of.type.lanes) };
}

/** A call of a function whose arguments all have as many lanes as its result. */
export function call(fn: string, args: readonly Expr[], scalar?: Scalar): Expr {
  const lanes = widest(args);
  const type = typeOf(scalar ?? args[0]!.type.scalar, lanes);
  return { kind: "call", fn, args: args.map((arg) => splat(arg, lanes)), type };
}

export function select(otherwise: Expr, then: Expr, condition: Expr): Expr {
  if (condition.kind === "literal") return condition.value === 0 ? otherwise : then;
  const lanes = widest([otherwise, then, condition]);
  const type = typeOf(then.type.scalar, lanes);
  // A scalar condition may choose between vectors.
  const args = [splat(otherwise, lanes), splat(then, lanes), condition];
  return { kind: "call", fn: "select", args, type };
}

const comparisons: ReadonlySet<BinaryOperator> = new Set(["==", "!=", "<", "<=", ">", ">="]);

export function binary(op: BinaryOperator, left: Expr, right: Expr): Expr {
  const lanes = widest([left, right]);
  const scalar = comparisons.has(op) ? "bool" : left.type.scalar;
  return { kind: "binary", op, left: splat(left, lanes), right: splat(right, lanes), type: typeOf(scalar, lanes) };
}

export function not(of: Expr): Expr {
  return { kind: "unary", op: "!", of, type: of.type };
}

/** Conjunction of scalar conditions; `true` of none. */
export function all(conditions: readonly Expr[]): Expr {
  return conditions.reduce(
    (left, right) => {
      if (isLiteral(left, 1)) return right;
      return isLiteral(right, 1) ? left : binary("&", left, right);
    },
    literal("bool", 1),
  );
}

/** u32 arithmetic of indices, modulo 2^32. */
export function plus(left: Expr, right: Expr): Expr {
  if (isLiteral(left, 0)) return right;
  if (isLiteral(right, 0)) return left;
  if (left.kind === "literal" && right.kind === "literal") return unsigned((left.value + right.value) >>> 0);
  if (right.kind === "literal" && right.value >= 2 ** 31) return binary("-", left, unsigned(2 ** 32 - right.value));
  return binary("+", left, right);
}

export function times(left: Expr, by: number): Expr {
  if (by === 0) return unsigned(0);
  if (by === 1) return left;
  if (left.kind === "literal") return unsigned(Math.imul(left.value, by) >>> 0);
  return binary("*", left, unsigned(by >>> 0));
}

export function over(left: Expr, by: number): Expr {
  if (by === 1) return left;
  if (left.kind === "literal") return unsigned(Math.floor(left.value / by));
  return binary("/", left, unsigned(by));
}

export function modulo(left: Expr, by: number): Expr {
  if (by === 1) return unsigned(0);
  if (left.kind === "literal") return unsigned(left.value % by);
  return binary("%", left, unsigned(by));
}

function isLiteral(expr: Expr, value: number): boolean {
  return expr.kind === "literal" && expr.value === value;
}
