/**
 * The form people read:
 *
 *     error[E0201]: `@` contracts K with T, but K = 64 and T = 256
 *       --> char_gpt.llm:13:23
 *        |
 *     12 |     q, k, v = qkv(x)
 *        |        - k: [B, H, T, K]
 *     13 |     s = q @ k / sqrt(K)
 *        |         ^^^^^ left [B, H, T, K], right [B, H, T, K]
 *        = with T = 256, K = D // H = 64
 *        = help: `q @ k.T` gives [B, H, T, T]
 */
import { type Paint, painter } from "./paint.ts";
import { Places } from "./places.ts";
import type { Diagnostic } from "./report.ts";
import { type Row, snippetRows } from "./snippet.ts";
import { printable } from "./text-width.ts";

export function renderText(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  color: boolean,
): string {
  const places = new Places(sources);
  const paint = painter(color);
  return diagnostics.map((d) => renderOne(d, places, paint)).join("\n");
}

function renderOne(d: Diagnostic, places: Places, paint: Paint): string {
  const files = [...new Set(d.labels.map((label) => label.span.file))];
  const snippets = files.map((file) => ({
    file,
    rows: snippetRows(
      d.labels.filter((label) => label.span.file === file),
      d.labels[0],
      places,
    ),
  }));
  const width = Math.max(1, ...snippets.flatMap(({ rows }) => rows.map((row) => row.number.length)));
  const gutter = " ".repeat(width);
  const bar = paint.gutter("|");

  const lines = [
    `${paint.severity(d.severity, `${d.severity}[${d.code}]`)}${paint.title(`: ${printable(d.message)}`)}`,
  ];
  snippets.forEach(({ file, rows }, i) => {
    const first = d.labels.find((label) => label.span.file === file)!;
    const place = places.placeOf(first.span);
    const at = place === null ? `: ${printable(first.text)}` : `:${place.line}:${place.column}`;
    lines.push(`${gutter}${paint.gutter(i === 0 ? "-->" : ":::")} ${printable(file)}${at}`);
    if (rows.length > 0) lines.push(`${gutter} ${bar}`);
    for (const row of rows) lines.push(renderRow(row, width, d, paint));
  });
  const note = (text: string): string[] =>
    printable(text)
      .split("\n")
      .map((line, i) => (i === 0 ? `${gutter} ${paint.gutter("=")} ${line}` : `${gutter}   ${line}`));
  if (d.bindings !== undefined && d.bindings.length > 0) {
    const bindings = d.bindings.map(({ name, value }) => `${name} = ${value}`).join(", ");
    lines.push(...note(`with ${bindings}${origin(d, places)}`));
  }
  if (d.help !== undefined) lines.push(...note(`help: ${d.help}`));
  return `${lines.join("\n")}\n`;
}

/** Where the numbers come from: ``(from `model` at 43:15)``, with the file where it is another. */
function origin(d: Diagnostic, places: Places): string {
  if (d.from === undefined) return "";
  const place = places.placeOf(d.from.span);
  const file = d.from.span.file === d.labels[0].span.file ? "" : `${printable(d.from.span.file)}:`;
  return `   (from \`${d.from.text}\`${place === null ? "" : ` at ${file}${place.line}:${place.column}`})`;
}

function renderRow(row: Row, width: number, d: Diagnostic, paint: Paint): string {
  const number = paint.gutter(`${row.number.padStart(width)} |`);
  if (row.kind === "source") return `${number} ${row.text}`.trimEnd();
  if (row.kind === "gap") return paint.gutter("...");
  const text = row.primary ? paint.severity(d.severity, row.text) : paint.related(row.text);
  return `${number} ${row.indent}${text}`.trimEnd();
}
