/** Members, statements, parameters and facts as source. Each line begins with its indentation. */
import type { Assert, Binding, Expr, FnDecl, Member, Param, Stmt } from "./ast.ts";
import { writeString } from "./literals.ts";
import { printExpr } from "./print-expr.ts";
import { block, bracketed, deeper, docLines, joined } from "./print-layout.ts";
import { printType } from "./print-type.ts";
import { unitWords } from "./units.ts";

export function printMembers(members: readonly Member[], indent: string): string[] {
  return members.map((member) => printMember(member, deeper(indent)));
}

function printMember(member: Member, indent: string): string {
  switch (member.kind) {
    case "spread":
      return `${indent}...${printExpr(member.value, indent)}`;
    case "entry":
      return `${indent}${writeString(member.key)} = ${printExpr(member.value, indent)}`;
    default:
      return printStatement(member, indent);
  }
}

export function printStatement(node: FnDecl | Stmt, indent: string): string {
  switch (node.kind) {
    case "fn":
      return printFn(node, indent);
    case "binding":
      return printBinding(node, indent);
    case "assert":
      return printAssert(node, indent);
    case "return":
      return `${indent}return ${printExpr(node.value, indent)}`;
    case "for":
      return `${indent}for ${node.name.text} in ${printExpr(node.over, indent)} ${printBody(node.body, indent)}`;
  }
}

/** Before `=`, `2 steps` would be a number and a name. */
const quantityAtEnd = new RegExp(`\\b([0-9][\\w.+-]* (?:${unitWords.join("|")}))$`);

function printFn(fn: FnDecl, indent: string): string {
  const result = fn.result === null ? "" : `-> ${printType(fn.result)}`;
  const facts = printWhere(fn.where, indent).replace(quantityAtEnd, "($1)");
  const head = joined(`fn ${fn.name.text}${printParams(fn.params, indent)}`, result, facts);
  const body = isStatements(fn.body) ? printBody(fn.body, indent) : `= ${printExpr(fn.body, indent)}`;
  return `${docLines(fn.doc, indent)}${indent}${head} ${body}`;
}

const isStatements = (body: Expr | readonly Stmt[]): body is readonly Stmt[] => Array.isArray(body);

function printBody(body: readonly Stmt[], indent: string): string {
  const inner = deeper(indent);
  return block(
    body.map((stmt) => printStatement(stmt, inner)),
    indent,
  );
}

function printBinding(binding: Binding, indent: string): string {
  return `${docLines(binding.doc, indent)}${indent}${bindingText(binding, indent)}`;
}

export function bindingText(binding: Binding, indent: string): string {
  const names = binding.names.map((name) => name.text).join(", ");
  const type = binding.type === null ? "" : `: ${printType(binding.type)}`;
  return `${names}${type} = ${printExpr(binding.value, indent)}`;
}

function printAssert(assert: Assert, indent: string): string {
  const message = assert.message === null ? "" : ` else ${writeString(assert.message)}`;
  return `${indent}assert ${printExpr(assert.condition, indent)}${message}`;
}

export function printParams(params: readonly Param[], indent: string): string {
  const parts = params.map((param) => {
    const type = param.type === null ? "" : `: ${printType(param.type)}`;
    const value = param.default === null ? "" : ` = ${printExpr(param.default, deeper(indent))}`;
    return `${param.name.text}${type}${value}`;
  });
  return bracketed("(", parts, ")", indent, 20);
}

export function printWhere(facts: readonly Expr[], indent: string): string {
  return facts.length === 0 ? "" : `where ${facts.map((fact) => printExpr(fact, indent)).join(", ")}`;
}
