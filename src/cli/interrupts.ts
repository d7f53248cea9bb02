/** Ctrl-C: the first lets the step finish and be saved, the second quits at once. */
import type { Interrupt } from "../jobs/workspace.ts";
import { exitCodes } from "./exit-codes.ts";
import { writeError } from "./output.ts";

/** Catches SIGINT and SIGTERM until `release`. */
export function catchInterrupts(): { readonly interrupt: Interrupt; readonly release: () => void } {
  const interrupt = { requested: false };
  const onSignal = () => {
    if (interrupt.requested) process.exit(exitCodes.interrupted);
    interrupt.requested = true;
    writeError("finishing the step and saving; once more quits at once");
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const release = () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  return { interrupt, release };
}
