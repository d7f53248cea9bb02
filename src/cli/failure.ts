/** The one message that a failed command leaves on stderr. */
import { DeviceError } from "../devices/device.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import { type Diagnostic, DiagnosticError } from "../diagnostics/report.ts";
import { FileError } from "../formats/file-error.ts";
import { InterruptedError, TrainingError, UsageError } from "../jobs/failures.ts";
import { escapeControls } from "./escape.ts";
import { colors, type Format, wantsColor, writeError, writeOut } from "./output.ts";

/** Texts by the names that spans use. */
export type Sources = ReadonlyMap<string, string>;

/** Diagnostics are rendered with their sources, everything else as `error: …` with its help. */
export function showFailure(error: unknown, sources: Sources, format: Format): void {
  if (error instanceof DiagnosticError) showDiagnostics(error.diagnostics, sources, format);
  else if (error instanceof InterruptedError) writeError(error.message);
  else if (isExpected(error)) showExpected(error);
  else showBug(error);
}

/** As text they are for people (stderr); as JSON or GitHub annotations they are the result (stdout). */
export function showDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources, format: Format): void {
  if (diagnostics.length === 0) return;
  const text = renderDiagnostics(diagnostics, sources, { format, color: format === "text" && wantsColor() });
  if (format === "text") writeError(text.trimEnd());
  else writeOut(`${text.trimEnd()}\n`);
}

type Expected = UsageError | TrainingError | DeviceError | FileError;

function isExpected(error: unknown): error is Expected {
  return [UsageError, TrainingError, DeviceError, FileError].some((kind) => error instanceof kind);
}

function showExpected(error: Expected): void {
  writeError(`${colors.red("error:")} ${escapeControls(error.message)}`);
  if (error.help !== undefined) writeError(`${colors.cyan("help:")} ${escapeControls(error.help)}`);
}

function showBug(error: unknown): void {
  writeError(`${colors.red("bug in llmc:")} ${escapeControls(error instanceof Error ? error.message : String(error))}`);
  if (error instanceof Error) writeError(escapeControls(error.stack ?? ""));
  writeError("this is not your program's fault; please report it with the program and this message");
}
