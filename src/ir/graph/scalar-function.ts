/** Names of the scalar functions. Their meaning is a table: ir/rules/scalar-functions.ts. */

export type UnaryFunction =
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "ceil"
  | "round"
  | "exp"
  | "log"
  | "sqrt"
  | "rsqrt"
  | "tanh"
  | "erf"
  | "sin"
  | "cos"
  | "not"
  | "isFinite";

export type BinaryFunction =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "min"
  | "max"
  /** Floor division and its remainder, for integers. */
  | "floorDiv"
  | "mod"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "and"
  | "or";

export type ScalarFunction = UnaryFunction | BinaryFunction;
