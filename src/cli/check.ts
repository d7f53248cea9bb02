/** `llmc check`: everything that can be known before a device is touched. */
import { command } from "./command.ts";
import type { Format } from "./output.ts";
import { writeOutLine } from "./output.ts";
import { readProgram } from "./read-program.ts";

export type CheckCommandOptions = { readonly set: readonly string[]; readonly format: Format; readonly json?: boolean };

export function check(file: string, options: CheckCommandOptions): Promise<number> {
  return command(options, (context) => {
    const { program } = readProgram(file, options, context);
    const jobs = [...program.jobs.values()].map(({ kind, name }) => `${kind} ${name}`);
    if (context.format === "text")
      writeOutLine(`${file}: no errors (${jobs.length === 0 ? "no jobs" : jobs.join(", ")})`);
    return undefined;
  });
}
