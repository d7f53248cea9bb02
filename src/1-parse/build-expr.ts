/** The concrete tree of an expression → `Expr`. */
import type { CstNode, IToken } from "chevrotain";
import { invariant } from "../support/invariant.ts";
import type { Arg, Expr, Index, Unit } from "./ast.ts";
import { buildMembers, buildParams } from "./build-members.ts";
import {
  type Building,
  nameOf,
  needNode,
  needToken,
  nodeOf,
  nodesOf,
  spanOfNode,
  spanOfToken,
  tokenOf,
  tokensOf,
} from "./cst.ts";
import { checkNumber, numberValue, percentValue, stringValue } from "./literals.ts";
import { climb } from "./operators.ts";
import { unitOf } from "./units.ts";

export function buildExpr(to: Building, node: CstNode): Expr {
  const span = spanOfNode(to, node);
  if (tokenOf(node, "If") !== null) {
    const [condition, then, otherwise] = nodesOf(node, "expr").map((e) => buildExpr(to, e));
    return { kind: "if", condition: condition!, then: then!, else: otherwise!, span };
  }
  if (tokenOf(node, "Fn") !== null) {
    const params = buildParams(to, needNode(node, "params"));
    return { kind: "lambda", params, body: buildExpr(to, needNode(node, "expr")), span };
  }
  return buildFlat(to, node, "BinaryOp");
}

/** `dim` is an expression over fewer operators. */
export const buildDim = (to: Building, node: CstNode): Expr => buildFlat(to, node, "DimOp");

function buildFlat(to: Building, node: CstNode, operatorName: "BinaryOp" | "DimOp"): Expr {
  const operands = nodesOf(node, "prefix").map((prefix) => ({
    signs: [...tokensOf(prefix, "Minus"), ...tokensOf(prefix, "Not")].sort((a, b) => a.startOffset - b.startOffset),
    value: buildPostfix(to, needNode(prefix, "postfix")),
  }));
  return climb(to, { operands, operators: tokensOf(node, operatorName) });
}

function buildPostfix(to: Building, node: CstNode): Expr {
  let expr = buildAtom(to, needNode(node, "atom"));
  for (const suffix of nodesOf(node, "suffix")) {
    const span = { file: to.file, start: expr.span.start, end: spanOfNode(to, suffix).end };
    if (tokenOf(suffix, "Dot") !== null) {
      expr = { kind: "member", object: expr, name: nameOf(to, needToken(suffix, "Id")), span };
    } else if (tokenOf(suffix, "LParen") !== null) {
      expr = { kind: "call", callee: expr, args: nodesOf(suffix, "arg").map((arg) => buildArg(to, arg)), span };
    } else {
      expr = { kind: "index", object: expr, indices: nodesOf(suffix, "index").map((i) => buildIndex(to, i)), span };
    }
  }
  return expr;
}

function buildArg(to: Building, node: CstNode): Arg {
  const name = tokenOf(node, "Id");
  const value = buildExpr(to, needNode(node, "expr"));
  return { name: name === null ? null : nameOf(to, name), value, span: spanOfNode(to, node) };
}

function buildIndex(to: Building, node: CstNode): Index {
  const span = spanOfNode(to, node);
  if (tokenOf(node, "Ellipsis") !== null) return { kind: "rest", span };
  const from = nodeOf(node, "from");
  const end = nodeOf(node, "to");
  if (tokenOf(node, "Colon") === null) return { kind: "at", value: buildExpr(to, needNode(node, "from")), span };
  return {
    kind: "slice",
    from: from === null ? null : buildExpr(to, from),
    to: end === null ? null : buildExpr(to, end),
    span,
  };
}

function buildAtom(to: Building, node: CstNode): Expr {
  const span = spanOfNode(to, node);
  const group = nodeOf(node, "group");
  if (group !== null) {
    const elements = nodesOf(group, "expr").map((e) => buildExpr(to, e));
    return elements.length === 1 ? { ...elements[0]!, span } : { kind: "tuple", elements, span };
  }
  const list = nodeOf(node, "list");
  if (list !== null) return buildList(to, list);
  const block = nodeOf(node, "block");
  if (block !== null) return { kind: "record", members: buildMembers(to, block), span };

  const [token] = Object.values(node.children).flat();
  invariant(token !== undefined && "image" in token, "an atom is a token, a group, a list or a record");
  return buildLiteral(to, token);
}

function buildList(to: Building, node: CstNode): Expr {
  const span = spanOfNode(to, node);
  const elements = nodesOf(node, "expr").map((e) => buildExpr(to, e));
  if (tokenOf(node, "For") === null) return { kind: "list", elements, span };
  const [value, over] = elements;
  return { kind: "comprehension", value: value!, name: nameOf(to, needToken(node, "Id")), over: over!, span };
}

function buildLiteral(to: Building, token: IToken): Expr {
  const span = spanOfToken(to, token);
  const text = token.image;
  switch (token.tokenType.name) {
    case "Num": {
      const number = numberValue(text);
      const tooLarge = checkNumber(number, span);
      if (tooLarge !== null) to.report(tooLarge);
      return { kind: "number", ...number, text, span };
    }
    case "Percent":
      return { kind: "percent", value: percentValue(text), text, span };
    case "Quantity": {
      const [digits, word] = text.split(" ");
      const number = numberValue(digits!);
      const tooLarge = checkNumber(number, span);
      if (tooLarge !== null) to.report(tooLarge);
      return { kind: "quantity", value: number.value, unit: unitOf(word!) as Unit, text, span };
    }
    case "Str":
      return { kind: "string", value: buildString(to, token), span };
    case "True":
    case "False":
      return { kind: "bool", value: text === "true", span };
    case "None":
      return { kind: "none", span };
    default:
      return { kind: "name", text, span };
  }
}

/** The value of a string token. */
export function buildString(to: Building, token: IToken): string {
  return stringValue(token.image, ({ offset, text }) => {
    const start = token.startOffset + offset;
    const span = { file: to.file, start, end: start + text.length };
    to.report({
      code: "E0001",
      severity: "error",
      message: `strings have no escape \`${text}\`; for a backslash write \`\\\\\``,
      labels: [{ span, text: "unknown escape" }],
      edit: { span, text: `\\${text}` },
    });
  });
}
