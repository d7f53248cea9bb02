/** Expressions and types as messages quote them: one line, spaces as the formatter sets them, no needless parentheses. */
import type { Arg, Axis, BinaryOp, Expr, Index, TypeExpr } from "../1-parse/ast.ts";

/** How tightly operators bind, as the parser has them. */
const precedence: Readonly<Record<BinaryOp, number>> = {
  "|>": 0,
  or: 1,
  and: 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "..": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "//": 6,
  "%": 6,
  "@": 6,
  "**": 7,
};
/** `-x ** 2` is `-(x ** 2)`, `not a == b` is `not (a == b)`. */
const signPrecedence = { not: precedence["=="], "-": precedence["**"] } as const;
/** What stands before `.`, `(` and `[`. */
const postfix = 9;

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "number":
    case "quantity":
    case "percent":
      return expr.text;
    case "string":
      return JSON.stringify(expr.value);
    case "bool":
      return String(expr.value);
    case "none":
      return "none";
    case "name":
      return expr.text;
    case "if":
      return `if ${printExpr(expr.condition)} then ${printExpr(expr.then)} else ${printExpr(expr.else)}`;
    case "lambda":
      return `fn (${expr.params.map((param) => param.name.text).join(", ")}) = ${printExpr(expr.body)}`;
    case "binary":
      return printBinary(expr.op, expr.left, expr.right);
    case "unary":
      return `${expr.op === "not" ? "not " : "-"}${wrap(expr.operand, signPrecedence[expr.op])}`;
    case "member":
      return `${wrap(expr.object, postfix)}.${expr.name.text}`;
    case "call":
      return `${wrap(expr.callee, postfix)}(${expr.args.map(printArg).join(", ")})`;
    case "index":
      return `${wrap(expr.object, postfix)}[${expr.indices.map(printIndex).join(", ")}]`;
    case "tuple":
      return `(${expr.elements.map(printExpr).join(", ")})`;
    case "list":
      return `[${expr.elements.map(printExpr).join(", ")}]`;
    case "comprehension":
      return `[${printExpr(expr.value)} for ${expr.name.text} in ${printExpr(expr.over)}]`;
    case "record":
      return "{ … }";
  }
}

function printBinary(op: BinaryOp, left: Expr, right: Expr): string {
  const level = precedence[op];
  const space = op === ".." ? "" : " ";
  // From left to right, but for `**`; comparisons and ranges do not chain.
  const chains = level !== precedence["=="] && level !== precedence[".."];
  const leftLevel = op === "**" || !chains ? level + 1 : level;
  const rightLevel = op === "**" ? level : level + 1;
  return `${wrap(left, leftLevel)}${space}${op}${space}${wrap(right, rightLevel)}`;
}

/** An operand where only what binds at least as tightly as `level` may stand bare. */
function wrap(expr: Expr, level: number): string {
  return binds(expr) < level ? `(${printExpr(expr)})` : printExpr(expr);
}

function binds(expr: Expr): number {
  if (expr.kind === "binary") return precedence[expr.op];
  if (expr.kind === "unary") return signPrecedence[expr.op];
  // `10%.x` would read `%` as an operator.
  if (expr.kind === "percent") return postfix - 1;
  return expr.kind === "if" || expr.kind === "lambda" ? -1 : postfix;
}

function printArg(arg: Arg): string {
  return arg.name === null ? printExpr(arg.value) : `${arg.name.text} = ${printExpr(arg.value)}`;
}

function printIndex(index: Index): string {
  switch (index.kind) {
    case "rest":
      return "...";
    case "slice":
      return `${index.from === null ? "" : printExpr(index.from)}:${index.to === null ? "" : printExpr(index.to)}`;
    case "at":
      return printExpr(index.value);
  }
}

export function printType(type: TypeExpr): string {
  const mark = type.optional ? "?" : "";
  switch (type.kind) {
    case "named":
      return `${type.name?.text ?? ""}${type.shape === null ? "" : `[${type.shape.map(printAxis).join(", ")}]`}${mark}`;
    case "fnType":
      return `fn(${type.params.map(printType).join(", ")}) -> ${printType(type.result)}${mark}`;
    case "tupleType":
      return `(${type.elements.map(printType).join(", ")})${mark}`;
    case "recordType":
      return `{ ${type.fields.map((field) => `${field.name.text}: ${printType(field.type)}`).join(", ")} }${mark}`;
  }
}

function printAxis(axis: Axis): string {
  switch (axis.kind) {
    case "rest":
      return "...";
    case "star":
      return `*${axis.name.text}`;
    case "any":
      return "_";
    case "dim":
      return printExpr(axis.value);
  }
}
