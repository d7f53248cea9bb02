/** `--set L=4`, `--set pretrain.batch=32`: values from the command line, put into the syntax tree before it is checked. */
import type { Binding, Decl, Expr, File, Item } from "../1-parse/ast.ts";
import type { Reporter, Source, Span } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { isJobKind } from "./kinds.ts";
import type { Parser } from "./modules.ts";

/** `name` is `L` or `pretrain.batch`; `text` an expression of the language. */
export type Setting = { readonly name: string; readonly text: string };

/** The sources that messages about settings point into: `<--set 1>` holds the text of the first value. */
export function settingSources(sets: readonly Setting[]): readonly Source[] {
  return sets.map((set, i) => ({ file: `<--set ${i + 1}>`, text: set.text }));
}

export function applySets(file: File, sets: readonly Setting[], { parseExpression }: Parser, reporter: Reporter): File {
  let items = file.items;
  settingSources(sets).forEach((source, i) => {
    const name = sets[i]?.name ?? "";
    const { expr: value, diagnostics } = parseExpression(source);
    for (const diagnostic of diagnostics) reporter.report(diagnostic);
    if (value === null) return;
    items = applySet(items, name.split("."), value, reporter);
  });
  return { ...file, items };
}

function applySet(items: readonly Item[], path: readonly string[], value: Expr, reporter: Reporter): readonly Item[] {
  const [first, field] = path;
  if (first === undefined || path.length > 2) {
    return unknown(items, path.join("."), value.span, [], reporter);
  }
  if (field === undefined) {
    const found = items.some((item) => isBindingOf(item, first));
    const values = items.flatMap((item) => (item.kind === "binding" ? item.names.map((name) => name.text) : []));
    if (!found) return unknown(items, first, value.span, values, reporter);
    return items.map((item) => (isBindingOf(item, first) ? { ...item, value, span: value.span } : item));
  }
  const jobs = items.filter((item): item is Decl => item.kind === "decl" && isJobKind(item.declKind.text));
  const job = jobs.find((decl) => decl.name.text === first);
  if (job === undefined)
    return unknown(
      items,
      first,
      value.span,
      jobs.map((decl) => decl.name.text),
      reporter,
    );
  return items.map((item) => (item === job ? withField(job, field, value) : item));
}

function isBindingOf(item: Item, name: string): item is Binding {
  return item.kind === "binding" && item.names.length === 1 && item.names[0]?.text === name;
}

/** The field replaced where it is written, else added: a later one wins over a spread's. */
function withField(job: Decl, field: string, value: Expr): Decl {
  const binding: Binding = {
    kind: "binding",
    names: [{ text: field, span: value.span }],
    type: null,
    value,
    doc: "",
    span: value.span,
  };
  const members = job.members.filter((member) => !(member.kind === "binding" && member.names[0]?.text === field));
  return { ...job, members: [...members, binding] };
}

function unknown(
  items: readonly Item[],
  name: string,
  span: Span,
  candidates: readonly string[],
  reporter: Reporter,
): readonly Item[] {
  const near = suggest(name, candidates);
  reporter.report({
    code: "E0102",
    severity: "error",
    message: `--set: nothing called \`${name}\` can be set${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span, text: `for \`${name}\`` }],
    help: "a value of the file is set by its name, a field of a job by `job.field`",
  });
  return items;
}
