/** Measures how deep a tree is without recursion, so that a tree that is too deep for the others does no harm here. */
import type { Span } from "../diagnostics/report.ts";
import type { Expr, Item } from "./ast.ts";
import { maxNesting } from "./nesting.ts";

/** The place of the first node deeper than `maxNesting`, or null. */
export function tooDeepAt(root: Item | Expr): Span | null {
  const pending: { value: object; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value } = next;
    const depth = "kind" in value ? next.depth + 1 : next.depth;
    if (depth > maxNesting && "span" in value) return value.span as Span;
    for (const child of Object.values(value)) {
      if (typeof child === "object" && child !== null) pending.push({ value: child, depth });
    }
  }
  return null;
}
