/** Reading the parser's concrete tree by the names of its rules and tokens. */
import type { CstElement, CstNode, IToken } from "chevrotain";
import type { Diagnostic, Span } from "../diagnostics/report.ts";
import { invariant } from "../support/invariant.ts";
import type { Name } from "./ast.ts";

const isToken = (element: CstElement): element is IToken => "image" in element;
const isNode = (element: CstElement): element is CstNode => "children" in element;

export const tokensOf = (node: CstNode, name: string): readonly IToken[] => (node.children[name] ?? []).filter(isToken);
export const nodesOf = (node: CstNode, name: string): readonly CstNode[] => (node.children[name] ?? []).filter(isNode);

export const tokenOf = (node: CstNode, name: string): IToken | null => tokensOf(node, name)[0] ?? null;
export const nodeOf = (node: CstNode, name: string): CstNode | null => nodesOf(node, name)[0] ?? null;

export function needToken(node: CstNode, name: string): IToken {
  const token = tokenOf(node, name);
  invariant(token !== null, () => `a ${node.name} without its ${name}`);
  return token;
}

export function needNode(node: CstNode, name: string, index = 0): CstNode {
  const child = nodesOf(node, name)[index];
  invariant(child !== undefined, () => `a ${node.name} without its ${name} ${index}`);
  return child;
}

/** The file a tree is built for, and what is said about it on the way. */
export type Building = {
  readonly file: string;
  readonly text: string;
  readonly report: (diagnostic: Diagnostic) => void;
  /** The documentation that ends just before an offset. */
  readonly docBefore: (offset: number) => string;
};

export function spanOfNode(to: Building, node: CstNode): Span {
  const { startOffset, endOffset } = node.location!;
  return { file: to.file, start: startOffset, end: endOffset! + 1 };
}

export function nameOf(to: Building, token: IToken): Name {
  return { text: token.image, span: spanOfToken(to, token) };
}

export function spanOfToken(to: Building, token: IToken): Span {
  return { file: to.file, start: token.startOffset, end: token.endOffset! + 1 };
}
