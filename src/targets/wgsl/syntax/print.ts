/**
 * Module → WGSL text. Precedence is not spelled out by WGSL's whole table: every operand that is itself an operation
 * stands in parentheses, except sums and products of the usual kind.
 */
import { invariant } from "../../../support/invariant.ts";
import type { BinaryOperator, Block, Expr, Helper, Lanes, Module, Statement, Type } from "./tree.ts";

export function printModule(module: Module): string {
  const lines = [
    ...module.header.map((line) => `// ${line}`.trimEnd()),
    ...module.enables.map((feature) => `enable ${feature};`),
    // Subgroup operations stand where every lane of a subgroup arrives; the front end cannot prove it.
    ...(module.enables.includes("subgroups") ? ["diagnostic(off, subgroup_uniformity);"] : []),
    "",
    ...module.slots.map(
      ({ access, element }, slot) =>
        `@group(0) @binding(${slot}) var<storage, ${access}> s${slot}: array<${printType(element)}>;`,
    ),
    ...module.shared.map(({ name, type, length }) => `var<workgroup> ${name}: array<${printType(type)}, ${length}>;`),
    ...module.helpers.flatMap(printHelper),
    "",
    `@compute @workgroup_size(${module.workgroup})`,
    "fn main(",
    "  @builtin(workgroup_id) group: vec3<u32>,",
    "  @builtin(num_workgroups) launched: vec3<u32>,",
    "  @builtin(local_invocation_index) thread: u32,",
    ") {",
    ...printBlock(module.body, 1),
    "}",
    "",
  ];
  return lines.join("\n");
}

function printType({ scalar, lanes }: Type): string {
  return lanes === 1 ? scalar : `vec${lanes}<${scalar}>`;
}

function printHelper({ name, doc, parameters, result, body }: Helper): readonly string[] {
  const list = parameters.map((parameter) => `${parameter.name}: ${printType(parameter.type)}`).join(", ");
  return ["", `// ${doc}`, `fn ${name}(${list}) -> ${printType(result)} {`, ...printBlock(body, 1), "}"];
}

function printBlock(block: Block, depth: number): readonly string[] {
  return block.flatMap((statement) => printStatement(statement, depth));
}

function printStatement(statement: Statement, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  switch (statement.kind) {
    case "let":
      return [`${indent}let ${statement.name} = ${printExpr(statement.value)};`];
    case "var":
      return [`${indent}var ${statement.name}: ${printType(statement.type)} = ${printExpr(statement.value)};`];
    case "array":
      return [`${indent}var ${statement.name}: array<${printType(statement.type)}, ${statement.length}>;`];
    case "assign":
      return [`${indent}${printExpr(statement.target)} = ${printExpr(statement.value)};`];
    case "if": {
      const then = [
        `${indent}if ${printParenthesised(statement.condition)} {`,
        ...printBlock(statement.then, depth + 1),
      ];
      if (statement.otherwise.length === 0) return [...then, `${indent}}`];
      return [...then, `${indent}} else {`, ...printBlock(statement.otherwise, depth + 1), `${indent}}`];
    }
    case "for": {
      const { name, from, to, by, body } = statement;
      const head = `var ${name} = ${printExpr(from)}; ${name} < ${printOperand(to)}; ${name} += ${printExpr(by)}`;
      return [`${indent}for (${head}) {`, ...printBlock(body, depth + 1), `${indent}}`];
    }
    case "barrier":
      return [`${indent}workgroupBarrier();`];
    case "return":
      return [`${indent}return ${printExpr(statement.value)};`];
    case "comment":
      return [`${indent}// ${statement.text}`];
  }
}

function printParenthesised(expr: Expr): string {
  return `(${printExpr(expr)})`;
}

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "literal":
      return printLiteral(expr.type, expr.value);
    case "name":
      return expr.name;
    case "unary":
      return `${expr.op}${printOperand(expr.of)}`;
    case "binary":
      return `${printSide(expr.op, expr.left, false)} ${expr.op} ${printSide(expr.op, expr.right, true)}`;
    case "call":
      return `${expr.fn}(${expr.args.map(printArgument).join(", ")})`;
    case "convert":
      return `${printType(expr.type)}(${expr.args.map(printArgument).join(", ")})`;
    case "bitcast":
      return `bitcast<${printType(expr.type)}>(${printExpr(expr.of)})`;
    case "lane":
      return `${printOperand(expr.of)}.${laneName(expr.lane, expr.of.type.lanes)}`;
    case "element":
      return `${expr.array}[${printExpr(expr.index)}]`;
  }
}

/** `f(a < b, c > d)` would be read as a template `a<b, c>`. */
function printArgument(expr: Expr): string {
  return expr.kind === "binary" && rank(expr.op) === 0 ? printParenthesised(expr) : printExpr(expr);
}

/** The usual precedence of + - * / %; everything else is parenthesised. */
function printSide(op: BinaryOperator, side: Expr, right: boolean): string {
  if (side.kind !== "binary") return printOperand(side);
  const [outer, inner] = [rank(op), rank(side.op)];
  const plain = outer > 0 && inner > 0 && (inner > outer || (inner === outer && !right));
  return plain ? printExpr(side) : printParenthesised(side);
}

function rank(op: BinaryOperator): number {
  if (op === "+" || op === "-") return 1;
  if (op === "*" || op === "/" || op === "%") return 2;
  return 0;
}

function printOperand(expr: Expr): string {
  const compound = expr.kind === "binary" || expr.kind === "unary";
  const negative = expr.kind === "literal" && (expr.value < 0 || Object.is(expr.value, -0));
  return compound || negative ? printParenthesised(expr) : printExpr(expr);
}

/** Finite only: WGSL has no constant for infinities and NaN (see `functions/non-finite.ts`). */
function printLiteral({ scalar }: Type, value: number): string {
  switch (scalar) {
    case "bool":
      return value === 0 ? "false" : "true";
    case "u32":
      return `${value >>> 0}u`;
    case "i32":
      return value === -(2 ** 31) ? "i32(-2147483648)" : `${value}i`;
    case "f16":
      return `f16(${printReal(value)})`;
    case "f32":
      return printReal(value);
  }
}

/** The shortest decimal that reads back as the same binary32. */
function printReal(value: number): string {
  const rounded = Math.fround(value);
  invariant(Number.isFinite(rounded), `${value} is no WGSL literal`);
  if (Object.is(rounded, -0)) return "-0f";
  const digits = [1, 2, 3, 4, 5, 6, 7, 8].find((count) => Math.fround(Number(rounded.toPrecision(count))) === rounded);
  return `${Number(rounded.toPrecision(digits ?? 9))}f`;
}

function laneName(lane: number, lanes: Lanes): string {
  invariant(lane < lanes, `lane ${lane} of ${lanes}`);
  return "xyzw"[lane]!;
}
