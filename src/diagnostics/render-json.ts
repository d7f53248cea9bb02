/** One JSON object a diagnostic, in an array: for editors and scripts. */
import { type Place, Places } from "./places.ts";
import type { Diagnostic, Span } from "./report.ts";

type JsonSpan = Span & Partial<Place>;

export function renderJson(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  const places = new Places(sources);
  const spanOf = (span: Span): JsonSpan => ({ ...span, ...places.placeOf(span) });
  const objects = diagnostics.map((d) => ({
    code: d.code,
    severity: d.severity,
    message: d.message,
    labels: d.labels.map((label) => ({ span: spanOf(label.span), text: label.text })),
    bindings: d.bindings ?? [],
    help: d.help ?? null,
    edit: d.edit === undefined ? null : { span: spanOf(d.edit.span), text: d.edit.text },
  }));
  return `${JSON.stringify(objects, null, 2)}\n`;
}
