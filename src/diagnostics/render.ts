/** Diagnostics → what a person, a program or a CI service reads. */

import { renderGithub } from "./render-github.ts";
import { renderJson } from "./render-json.ts";
import { renderText } from "./render-text.ts";
import type { Diagnostic } from "./report.ts";

export type RenderOptions = { readonly format: "text" | "json" | "github"; readonly color: boolean };

/** `sources`: the texts the spans speak of, by the names in them. A file that is not there is shown by its name alone. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  options: RenderOptions,
): string {
  switch (options.format) {
    case "text":
      return renderText(diagnostics, sources, options.color);
    case "json":
      return renderJson(diagnostics, sources);
    case "github":
      return renderGithub(diagnostics, sources);
  }
}
