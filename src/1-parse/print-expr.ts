/** Expressions as source, with parentheses only where the order of operators asks for them. */
import type { Arg, Expr, Index } from "./ast.ts";
import { writeString } from "./literals.ts";
import { precedence, signLevel } from "./operators.ts";
import { block, bracketed, deeper, fits, inline } from "./print-layout.ts";
import { bindingText, printMembers, printParams } from "./print-members.ts";

/** `indent` is that of the line the expression begins on. */
export function printExpr(expr: Expr, indent: string): string {
  switch (expr.kind) {
    case "number":
    case "quantity":
    case "percent":
    case "name":
      return expr.text;
    case "string":
      return writeString(expr.value);
    case "bool":
      return String(expr.value);
    case "none":
      return "none";
    case "if": {
      const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((e) => printExpr(e, indent));
      return `if ${condition} then ${then} else ${otherwise}`;
    }
    case "lambda":
      return `fn${printParams(expr.params, indent)} = ${printExpr(expr.body, indent)}`;
    case "binary":
      return printBinary(expr, indent);
    case "unary": {
      const operand = printOperand(expr.operand, signLevel[expr.op], indent);
      return expr.op === "not" ? `not ${operand}` : `-${operand}`;
    }
    case "member":
      return `${printObject(expr.object, indent)}.${expr.name.text}`;
    case "call": {
      const args = expr.args.map((arg) => printArg(arg, deeper(indent)));
      return bracketed(`${printObject(expr.callee, indent)}(`, args, ")", indent, 20);
    }
    case "index": {
      const indices = expr.indices.map((index) => printIndex(index, indent));
      return inline(`${printObject(expr.object, indent)}[`, indices, "]");
    }
    case "tuple":
      return inline("(", printAll(expr.elements, indent), ")");
    case "list":
      return bracketed("[", printAll(expr.elements, deeper(indent)), "]", indent, 20);
    case "comprehension":
      return `[${printExpr(expr.value, indent)} for ${expr.name.text} in ${printExpr(expr.over, indent)}]`;
    case "record":
      return printRecord(expr, indent);
  }
}

const printAll = (exprs: readonly Expr[], indent: string): string[] => exprs.map((e) => printExpr(e, indent));

function printBinary(expr: Extract<Expr, { kind: "binary" }>, indent: string): string {
  const level = precedence.get(expr.op)!;
  const rightFirst = expr.op === "**";
  const chains = !["==", "!=", "<", "<=", ">", ">=", ".."].includes(expr.op);
  const left = printOperand(expr.left, level + (rightFirst || !chains ? 1 : 0), indent);
  const right = printOperand(expr.right, level + (rightFirst ? 0 : 1), indent);
  const space = expr.op === ".." ? "" : " ";
  return `${left}${space}${expr.op}${space}${right}`;
}

/** An operand where only what binds at least as tightly as `least` may stand bare. */
function printOperand(expr: Expr, least: number, indent: string): string {
  const text = printExpr(expr, indent);
  return binds(expr) >= least ? text : `(${text})`;
}

function binds(expr: Expr): number {
  if (expr.kind === "binary") return precedence.get(expr.op)!;
  if (expr.kind === "unary") return signLevel[expr.op];
  return expr.kind === "if" || expr.kind === "lambda" ? -1 : Number.POSITIVE_INFINITY;
}

/** What `.`, `(` or `[` follows. */
function printObject(expr: Expr, indent: string): string {
  const text = printExpr(expr, indent);
  const bare = binds(expr) === Number.POSITIVE_INFINITY && expr.kind !== "percent";
  return bare ? text : `(${text})`;
}

function printArg(arg: Arg, indent: string): string {
  const value = printExpr(arg.value, indent);
  return arg.name === null ? value : `${arg.name.text} = ${value}`;
}

function printIndex(index: Index, indent: string): string {
  switch (index.kind) {
    case "rest":
      return "...";
    case "at":
      return printExpr(index.value, indent);
    case "slice": {
      const from = index.from === null ? "" : printExpr(index.from, indent);
      const to = index.to === null ? "" : printExpr(index.to, indent);
      return `${from}:${to}`;
    }
  }
}

/** `{ a = 1, b = 2 }` while it is short and says no more than that. */
function printRecord(record: Extract<Expr, { kind: "record" }>, indent: string): string {
  const parts = record.members.map((member) => {
    if (member.kind === "binding") return member.doc === "" ? bindingText(member, indent) : null;
    if (member.kind === "entry") return `${writeString(member.key)} = ${printExpr(member.value, indent)}`;
    return member.kind === "spread" ? `...${printExpr(member.value, indent)}` : null;
  });
  const flat = `{ ${parts.join(", ")} }`;
  if (parts.length > 0 && !parts.includes(null) && fits(flat, indent, 20)) return flat;
  return block(printMembers(record.members, indent), indent);
}
