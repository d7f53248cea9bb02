/** What each scalar function is in WGSL. */
import type { ScalarFunction } from "../../../ir/graph/scalar-function.ts";
import { binary, call, not } from "../syntax/build.ts";
import type { BinaryOperator, Expr } from "../syntax/tree.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import type { Helpers } from "./helpers.ts";
import { floorDivide, floorModulo } from "./integer-division.ts";
import { log } from "./log.ts";
import { isFiniteBits } from "./non-finite.ts";
import { power } from "./power.ts";
import { cosine, sine } from "./sine.ts";
import { tanh } from "./tanh.ts";

type Translation = (args: readonly Expr[], helpers: Helpers) => Expr;

const builtin =
  (fn: string): Translation =>
  (args) =>
    call(fn, args);

const operator =
  (op: BinaryOperator): Translation =>
  ([left, right]) =>
    binary(op, left!, right!);

export const scalarFunctions: { readonly [K in ScalarFunction]: Translation } = {
  neg: ([x]) => ({ kind: "unary", op: "-", of: x!, type: x!.type }),
  abs: builtin("abs"),
  sign: builtin("sign"),
  floor: builtin("floor"),
  ceil: builtin("ceil"),
  round: builtin("round"),
  exp: (args, helpers) => helpers.call(exp, args),
  log: (args, helpers) => helpers.call(log, args),
  sqrt: builtin("sqrt"),
  rsqrt: builtin("inverseSqrt"),
  tanh: (args, helpers) => helpers.call(tanh, args),
  erf: (args, helpers) => helpers.call(erf, args),
  sin: (args, helpers) => helpers.call(sine, args),
  cos: (args, helpers) => helpers.call(cosine, args),
  not: ([x]) => not(x!),
  isFinite: ([x]) => isFiniteBits(x!),
  add: operator("+"),
  sub: operator("-"),
  mul: operator("*"),
  div: operator("/"),
  pow: ([x, y], helpers) => power(x!, y!, helpers),
  min: builtin("min"),
  max: builtin("max"),
  floorDiv: ([left, right], helpers) => floorDivide(left!, right!, helpers),
  mod: ([left, right], helpers) => floorModulo(left!, right!, helpers),
  eq: operator("=="),
  ne: operator("!="),
  lt: operator("<"),
  le: operator("<="),
  gt: operator(">"),
  ge: operator(">="),
  and: operator("&"),
  or: operator("|"),
};
