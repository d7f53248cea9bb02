/** Finds what a name means at file level, or says what it could have meant (E0102). */
import { type Span, unsupportedDiagnostic } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Context } from "./context.ts";
import type { Entity, Module } from "./program.ts";

type NameRequest = {
  readonly text: string;
  readonly span: Span;
  readonly module: Module;
  /** Names nearer than the file's: parameters, members, variables. Offered in suggestions. */
  readonly locals: Iterable<string>;
};

export function resolveName(request: NameRequest, context: Context): Entity | null {
  const { text, span, module } = request;
  const entity = module.scope.get(text);
  if (entity !== undefined) return entity;
  const origins = module.ambiguous.get(text);
  if (origins !== undefined) {
    context.reporter.report({
      code: "E0102",
      severity: "error",
      message: `\`${text}\` comes from ${origins.map((from) => `\`${from}\``).join(" and from ")}`,
      labels: [{ span, text: "which one?" }],
      help: `name the one you mean: use ….{${text}}`,
    });
    return null;
  }
  reportUnknown(request, context);
  return null;
}

/** Names of the standard library that a later version brings. */
const laterNames = [
  "mlm",
  "nsp",
  "span_corruption",
  "seq2seq",
  "classification",
  "classifier",
  "distill",
  "adafactor",
  "rsqrt_decay",
  "muon",
  "lamb",
  "rope",
  "moe",
];

function reportUnknown({ text, span, module, locals }: NameRequest, context: Context): void {
  if (laterNames.includes(text)) {
    context.reporter.report(unsupportedDiagnostic(span, `\`${text}\``));
    return;
  }
  const std = context.loaded.stdNames();
  const near = suggest(text, [...locals, ...module.scope.keys(), ...std]);
  const notImported = near !== null && !module.scope.has(near) && std.includes(near);
  const hint = near === null ? "" : `; did you mean \`${notImported ? `std.${near}` : near}\`?`;
  const help = std.includes(text) ? `it is in the standard library: use std.{${text}}` : undefined;
  context.reporter.report({
    code: "E0102",
    severity: "error",
    message: `nothing called \`${text}\` is in scope${help === undefined ? hint : ""}`,
    labels: [{ span, text: "not found" }],
    ...(help === undefined ? {} : { help }),
    ...(near === null || help !== undefined || notImported ? {} : { edit: { span, text: near } }),
  });
}
