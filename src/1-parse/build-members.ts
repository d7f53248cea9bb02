/** The concrete trees of members, statements and what they share → the syntax tree. Parts that did not parse are left out. */
import type { CstNode } from "chevrotain";
import type { Assert, Binding, Expr, FnDecl, Member, Param, Stmt } from "./ast.ts";
import { buildExpr, buildString } from "./build-expr.ts";
import { buildType } from "./build-type.ts";
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

export function buildMembers(to: Building, block: CstNode): Member[] {
  return nodesOf(block, "member").flatMap((member) => buildMember(to, member) ?? []);
}

function buildMember(to: Building, node: CstNode): Member | null {
  const span = () => spanOfNode(to, node);
  const value = nodeOf(node, "expr");
  const key = tokenOf(node, "Str");
  if (value !== null && key !== null) {
    const keySpan = spanOfToken(to, key);
    return { kind: "entry", key: buildString(to, key), keySpan, value: buildExpr(to, value), span: span() };
  }
  if (value !== null) return { kind: "spread", value: buildExpr(to, value), span: span() };
  return buildShared(to, node);
}

/** What members and items have in common. */
export function buildShared(to: Building, node: CstNode): FnDecl | Assert | Binding | null {
  const fn = nodeOf(node, "fn");
  if (fn !== null) return buildFn(to, fn);
  const assert = nodeOf(node, "assert");
  if (assert !== null) return buildAssert(to, assert);
  const binding = nodeOf(node, "binding");
  return binding === null ? null : buildBinding(to, binding);
}

function buildFn(to: Building, node: CstNode): FnDecl {
  const span = spanOfNode(to, node);
  const result = nodeOf(node, "type");
  const value = nodeOf(node, "expr");
  return {
    kind: "fn",
    name: nameOf(to, needToken(node, "Id")),
    params: buildParams(to, needNode(node, "params")),
    result: result === null ? null : buildType(to, result),
    where: buildWhere(to, nodeOf(node, "where")),
    body: value === null ? buildBody(to, needNode(node, "body")) : buildExpr(to, value),
    doc: to.docBefore(span.start),
    span,
  };
}

function buildBody(to: Building, node: CstNode): Stmt[] {
  return nodesOf(node, "stmt").flatMap((stmt) => buildStmt(to, stmt) ?? []);
}

function buildStmt(to: Building, node: CstNode): Stmt | null {
  const binding = nodeOf(node, "binding");
  if (binding !== null) return buildBinding(to, binding);
  const assert = nodeOf(node, "assert");
  if (assert !== null) return buildAssert(to, assert);
  const value = nodeOf(node, "expr");
  if (value === null) return null;
  const span = spanOfNode(to, node);
  if (tokenOf(node, "Return") !== null) return { kind: "return", value: buildExpr(to, value), span };
  const body = nodeOf(node, "body");
  if (body === null) return null;
  const name = nameOf(to, needToken(node, "Id"));
  return { kind: "for", name, over: buildExpr(to, value), body: buildBody(to, body), span };
}

function buildBinding(to: Building, node: CstNode): Binding {
  const span = spanOfNode(to, node);
  const type = nodeOf(node, "type");
  return {
    kind: "binding",
    names: tokensOf(node, "Id").map((id) => nameOf(to, id)),
    type: type === null ? null : buildType(to, type),
    value: buildExpr(to, needNode(node, "expr")),
    doc: to.docBefore(span.start),
    span,
  };
}

function buildAssert(to: Building, node: CstNode): Assert {
  const message = tokenOf(node, "Str");
  return {
    kind: "assert",
    condition: buildExpr(to, needNode(node, "expr")),
    message: message === null ? null : buildString(to, message),
    span: spanOfNode(to, node),
  };
}

export function buildParams(to: Building, node: CstNode): Param[] {
  return nodesOf(node, "param").map((param) => {
    const type = nodeOf(param, "type");
    const value = nodeOf(param, "expr");
    return {
      name: nameOf(to, needToken(param, "Id")),
      type: type === null ? null : buildType(to, type),
      default: value === null ? null : buildExpr(to, value),
      span: spanOfNode(to, param),
    };
  });
}

export function buildWhere(to: Building, node: CstNode | null): Expr[] {
  return node === null ? [] : nodesOf(node, "expr").map((fact) => buildExpr(to, fact));
}
