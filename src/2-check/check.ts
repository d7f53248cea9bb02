/**
 * Phase 2: names, shapes and jobs. A program is returned where no error was found; warnings come with it.
 *
 * Pure: files come through `read`, syntax trees through `parser`.
 */
import { type Diagnostic, Reporter, type Source } from "../diagnostics/report.ts";
import { createContext } from "./context.ts";
import { checkDeclarations } from "./declarations.ts";
import { checkJobs } from "./jobs/jobs.ts";
import { loadModules, type Parser, type Read } from "./modules.ts";
import type { CheckedProgram, Facts } from "./program.ts";
import { applySets, type Setting } from "./sets.ts";
import { checkShapes } from "./shapes/check-shapes.ts";

export type CheckOptions = {
  readonly sets?: readonly Setting[];
  /** What preparation found out: then vocabularies are checked as well. */
  readonly facts?: Facts;
  /** Check the bodies of the standard library as well, not only what is used of it. */
  readonly everything?: boolean;
};
export type CheckResult = {
  readonly program: CheckedProgram | null;
  /** Sorted by place, at most `mostErrors`. */
  readonly diagnostics: readonly Diagnostic[];
};

const mostErrors = 20;

export function checkProgram(root: Source, read: Read, parser: Parser, options: CheckOptions = {}): CheckResult {
  const reporter = new Reporter();
  const parsed = parser.parse(root);
  for (const diagnostic of parsed.diagnostics) reporter.report(diagnostic);
  if (reporter.failed) return { program: null, diagnostics: tidy(reporter.diagnostics, []) };
  const file = applySets(parsed.file, options.sets ?? [], parser, reporter);
  const loaded = loadModules(file, read, parser.parse, reporter);
  const order = [...loaded.modules.keys()];
  // With files or names missing, everything that uses them would be wrong as well; a name declared twice harms nobody.
  if (reporter.diagnostics.some(({ severity, code }) => severity === "error" && code !== "E0105")) {
    return { program: null, diagnostics: tidy(reporter.diagnostics, order) };
  }

  const context = createContext(loaded, reporter);
  checkDeclarations(context);
  const jobs = checkJobs(loaded.root, context);
  checkShapes(jobs, options.everything ?? false, options.facts ?? new Map(), context);
  const diagnostics = tidy(reporter.diagnostics, order);
  return {
    program: reporter.failed ? null : { root: loaded.root, modules: loaded.modules, jobs },
    diagnostics,
  };
}

/** By file (the root first), then by place; the same message at the same place once. */
function tidy(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const rank = (diagnostic: Diagnostic) => {
    const index = files.indexOf(diagnostic.labels[0].span.file);
    return index === -1 ? files.length : index;
  };
  const seen = new Set<string>();
  const sorted = [...diagnostics]
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        a.labels[0].span.file.localeCompare(b.labels[0].span.file) ||
        a.labels[0].span.start - b.labels[0].span.start,
    )
    .filter((diagnostic) => {
      const { span } = diagnostic.labels[0];
      const key = `${diagnostic.code} ${diagnostic.message} ${span.file}:${span.start}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    });
  const errors = sorted.filter((diagnostic) => diagnostic.severity === "error").slice(0, mostErrors);
  return sorted.filter((diagnostic) => diagnostic.severity !== "error" || errors.includes(diagnostic));
}
