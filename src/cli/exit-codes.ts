/** What the process tells its caller. Every error that may end a command has its code here. */
import { DeviceError } from "../devices/device.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import { FileError } from "../formats/file-error.ts";
import { InterruptedError, TrainingError, UsageError } from "../jobs/failures.ts";

export const exitCodes = {
  ok: 0,
  /** The program has errors. */
  diagnostics: 1,
  usage: 2,
  /** A loss that is not finite, a failed assertion. */
  training: 3,
  /** Device missing, lost or out of memory. */
  device: 4,
  /** Input/output, or a corrupt file. */
  file: 5,
  /** A bug of the compiler. */
  bug: 70,
  /** Interrupted and saved. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof DiagnosticError) return exitCodes.diagnostics;
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof TrainingError) return exitCodes.training;
  if (error instanceof DeviceError) return exitCodes.device;
  if (error instanceof FileError) return exitCodes.file;
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  return exitCodes.bug;
}
