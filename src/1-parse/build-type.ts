/** The concrete tree of a type → `TypeExpr`. */
import type { CstNode } from "chevrotain";
import type { Axis, TypeExpr } from "./ast.ts";
import { buildDim } from "./build-expr.ts";
import { type Building, nameOf, needNode, needToken, nodeOf, nodesOf, spanOfNode, tokenOf, tokensOf } from "./cst.ts";

export function buildType(to: Building, node: CstNode): TypeExpr {
  const span = spanOfNode(to, node);
  const optional = tokenOf(node, "Question") !== null;
  const fnType = nodeOf(node, "fnType");
  if (fnType !== null) {
    const types = nodesOf(fnType, "type").map((t) => buildType(to, t));
    return { kind: "fnType", params: types.slice(0, -1), result: types.at(-1)!, optional, span };
  }
  const tupleType = nodeOf(node, "tupleType");
  if (tupleType !== null) {
    return { kind: "tupleType", elements: nodesOf(tupleType, "type").map((t) => buildType(to, t)), optional, span };
  }
  const recordType = nodeOf(node, "recordType");
  if (recordType !== null) {
    const names = tokensOf(recordType, "Id");
    const types = nodesOf(recordType, "type");
    const fields = names.map((name, i) => ({ name: nameOf(to, name), type: buildType(to, types[i]!) }));
    return { kind: "recordType", fields, optional, span };
  }
  const name = tokenOf(node, "Id");
  const shape = nodeOf(node, "shape");
  return {
    kind: "named",
    name: name === null ? null : nameOf(to, name),
    shape: shape === null ? null : nodesOf(shape, "axis").map((axis) => buildAxis(to, axis)),
    optional,
    span,
  };
}

function buildAxis(to: Building, node: CstNode): Axis {
  const span = spanOfNode(to, node);
  if (tokenOf(node, "Ellipsis") !== null) return { kind: "rest", span };
  if (tokenOf(node, "Star") !== null) return { kind: "star", name: nameOf(to, needToken(node, "Id")), span };
  const value = buildDim(to, needNode(node, "dim"));
  return value.kind === "name" && value.text === "_" ? { kind: "any", span } : { kind: "dim", value, span };
}
