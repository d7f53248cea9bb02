/**
 * The syntax tree → source in the one canonical form, which `resolved.llm` is written in. Parsing it again gives the same
 * tree, places aside. Comments other than documentation are not in the tree and not here.
 */
import type { Decl, File, Item, Use } from "./ast.ts";
import { writeString } from "./literals.ts";
import { block, docLines, joined } from "./print-layout.ts";
import { printMembers, printParams, printStatement, printWhere } from "./print-members.ts";

export function printFile(file: File): string {
  const parts: string[] = [];
  file.items.forEach((item, i) => {
    const before = file.items[i - 1];
    if (before !== undefined && needsBlankLine(before, item)) parts.push("");
    parts.push(printItem(item));
  });
  return parts.length === 0 ? "" : `${parts.join("\n")}\n`;
}

/** Uses stand together, and so do bindings. */
const needsBlankLine = (before: Item, item: Item): boolean =>
  before.kind !== item.kind || item.kind === "decl" || item.kind === "fn";

function printItem(item: Item): string {
  switch (item.kind) {
    case "use":
      return printUse(item);
    case "decl":
      return printDecl(item);
    default:
      return printStatement(item, "");
  }
}

function printUse(use: Use): string {
  const alias = use.alias === null ? "" : ` as ${use.alias.text}`;
  if (use.from.kind === "file") return `use ${writeString(use.from.path)}${alias}`;
  const path = use.from.path.map((name) => name.text).join(".");
  if (use.names === "self") return `use ${path}${alias}`;
  if (use.names === "all") return `use ${path}.*`;
  return `use ${path}.{${use.names.map((name) => name.text).join(", ")}}`;
}

function printDecl(decl: Decl): string {
  const params = decl.params === null ? "" : printParams(decl.params, "");
  const head = joined(`${decl.declKind.text} ${decl.name.text}${params}`, printWhere(decl.where, ""));
  return `${docLines(decl.doc, "")}${head} ${block(printMembers(decl.members, ""), "")}`;
}
