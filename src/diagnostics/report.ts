/** What the compiler says about a user's program: data, rendered elsewhere. */
import type { DiagnosticCode } from "./catalog.ts";

/** A half-open range of UTF-16 offsets in one source. */
export type Span = { readonly file: string; readonly start: number; readonly end: number };

/** A text the compiler was given: `file` is the name shown in messages (`<--set 1>` for command-line values). */
export type Source = { readonly file: string; readonly text: string };

export type Severity = "error" | "warning" | "note";

/** A place and what is to be seen there. The first is primary (`^^^`), the others are related (`---`). */
export type Label = { readonly span: Span; readonly text: string };

/** An edit that would mend the program: replace `span` by `text`. */
export type Edit = { readonly span: Span; readonly text: string };

export type Diagnostic = {
  /** `E0201`; every code has a page in `grammar/errors/`. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence with the values in it. */
  readonly message: string;
  readonly labels: readonly [Label, ...Label[]];
  /** The bindings that made it so, printed after `= with`. */
  readonly bindings?: readonly { readonly name: string; readonly value: string }[];
  /** Where the bindings' numbers come from: printed after them, ``(from `model` at 43:15)``. */
  readonly from?: { readonly text: string; readonly span: Span };
  readonly help?: string;
  readonly edit?: Edit;
};

/** The user's error. Phases collect these and go on; see `Reporter`. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

/** Collects diagnostics of one phase. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  get failed(): boolean {
    return this.diagnostics.some((d) => d.severity === "error");
  }

  /** Throws what has been collected if there is an error in it. */
  throwIfFailed(): void {
    if (this.failed) throw new DiagnosticError(this.diagnostics);
  }
}

/** A known gap: the program is right, this version cannot do it yet. Rendered like an error with code E0900, at its place. */
export function unsupported(span: Span, what: string, help?: string): never {
  throw new DiagnosticError([unsupportedDiagnostic(span, what, help)]);
}

export function unsupportedDiagnostic(span: Span, what: string, help?: string): Diagnostic {
  return {
    code: "E0900",
    severity: "error",
    message: `${what} is not supported by this version of llmc`,
    labels: [{ span, text: "not supported yet" }],
    ...(help === undefined ? {} : { help }),
  };
}
