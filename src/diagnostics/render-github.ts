/** Workflow commands of GitHub Actions, which show as annotations in the files of a pull request. */
import { Places } from "./places.ts";
import type { Diagnostic, Severity } from "./report.ts";
import { printable } from "./text-width.ts";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

export function renderGithub(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  const places = new Places(sources);
  return diagnostics.map((d) => `${annotation(d, places)}\n`).join("");
}

function annotation(d: Diagnostic, places: Places): string {
  const { span, text } = d.labels[0];
  const place = places.placeOf(span);
  const where =
    place === null
      ? ""
      : `,line=${place.line},col=${place.column},endLine=${place.endLine},endColumn=${Math.max(place.endColumn, place.column + 1)}`;
  const bindings = (d.bindings ?? []).map(({ name, value }) => `${name} = ${value}`).join(", ");
  const body = [
    d.message,
    text,
    ...(bindings === "" ? [] : [`with ${bindings}`]),
    ...(d.help === undefined ? [] : [`help: ${d.help}`]),
  ];
  return `::${commands[d.severity]} file=${property(span.file)}${where},title=${property(d.code)}::${data(body.join("\n"))}`;
}

const data = (text: string): string =>
  printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
