/** The concrete tree of a file → its items. */
import type { CstNode, IToken } from "chevrotain";
import type { Decl, Item, Name, Use } from "./ast.ts";
import { buildString } from "./build-expr.ts";
import { buildMembers, buildParams, buildShared, buildWhere } from "./build-members.ts";
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

export function buildItems(to: Building, file: CstNode): Item[] {
  return nodesOf(file, "item").flatMap((item) => buildItem(to, item) ?? []);
}

function buildItem(to: Building, node: CstNode): Item | null {
  const use = nodeOf(node, "use");
  if (use !== null) return buildUse(to, use);
  const decl = nodeOf(node, "decl");
  if (decl !== null) return buildDecl(to, decl);
  return buildShared(to, node);
}

function buildDecl(to: Building, node: CstNode): Decl {
  const span = spanOfNode(to, node);
  const [kind, name] = tokensOf(node, "Id");
  const params = nodeOf(node, "params");
  return {
    kind: "decl",
    declKind: nameOf(to, kind!),
    name: nameOf(to, name!),
    params: params === null ? null : buildParams(to, params),
    where: buildWhere(to, nodeOf(node, "where")),
    members: buildMembers(to, needNode(node, "block")),
    doc: to.docBefore(span.start),
    span,
  };
}

function buildUse(to: Building, node: CstNode): Use {
  const span = spanOfNode(to, node);
  const aliasToken = tokenOf(node, "Id");
  const alias = aliasToken === null ? null : nameOf(to, aliasToken);
  const string = tokenOf(node, "Str");
  if (string !== null) {
    const from = { kind: "file", path: buildString(to, string), span: spanOfToken(to, string) } as const;
    return { kind: "use", from, names: "self", alias, span };
  }
  const { path, names } = readPath(to, needNode(node, "path"));
  if (alias !== null && names !== "self") {
    to.report({
      code: "E0006",
      severity: "error",
      message: "`as` renames one thing: a module, a file or a name",
      labels: [{ span: alias.span, text: "a name for several things" }],
    });
  }
  const from = { kind: "module", path, span: spanOfNode(to, needNode(node, "path")) } as const;
  return { kind: "use", from, names, alias, span };
}

/** `std.models.gpt2`, `std.*`, `std.{Linear, adamw}`; nothing may follow a `*` or a `{…}`. */
function readPath(to: Building, node: CstNode): { path: Name[]; names: Use["names"] } {
  const path = tokensOf(node, "Id").map((id) => nameOf(to, id));
  const star = tokenOf(node, "Star");
  const group = nodeOf(node, "pathNames");
  const end = star?.startOffset ?? (group === null ? null : spanOfNode(to, group).start);
  if (end === null) return { path, names: "self" };
  const last = lastDot(node);
  if (last.startOffset > end) {
    to.report({
      code: "E0006",
      severity: "error",
      message: "nothing follows `*` or `{…}` in a path",
      labels: [{ span: spanOfToken(to, last), text: "not expected here" }],
    });
  }
  const before = path.filter((name) => name.span.end <= end);
  const names = group === null || (star !== null && star.startOffset === end) ? null : tokensOf(group, "Id");
  return { path: before, names: names === null ? "all" : names.map((id) => nameOf(to, id)) };
}

function lastDot(node: CstNode): IToken {
  return tokensOf(node, "Dot").at(-1) ?? needToken(node, "Dot");
}
