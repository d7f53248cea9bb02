/** Names in a part of the syntax tree, whatever kind of node it is. */
import type { Span } from "../diagnostics/report.ts";

type Mention = { readonly text: string; readonly span: Span };

/** Every `name`, star axis and, with `members`, every `.name` below `node`, in the order written. */
export function mentions(node: unknown): { readonly names: readonly Mention[]; readonly members: readonly Mention[] } {
  const names: Mention[] = [];
  const members: Mention[] = [];
  visit(node, names, members);
  return { names, members };
}

function visit(node: unknown, names: Mention[], members: Mention[]): void {
  if (Array.isArray(node)) {
    for (const each of node) visit(each, names, members);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const kind = "kind" in node ? node.kind : null;
  if (kind === "name" && isMention(node)) names.push(node);
  if (kind === "member" && "name" in node && isMention(node.name)) members.push(node.name);
  if (kind === "star" && "name" in node && isMention(node.name)) names.push(node.name);
  for (const [key, value] of Object.entries(node)) if (key !== "span") visit(value, names, members);
}

function isMention(value: unknown): value is Mention {
  return typeof value === "object" && value !== null && "text" in value && "span" in value;
}
