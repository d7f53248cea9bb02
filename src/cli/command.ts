/** The frame of every command: whatever ends it becomes one message and an exit code. */
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { showFailure } from "./failure.ts";
import { type Format, ignoreClosedPipes } from "./output.ts";

/** `sources` collects what was read, so that a message can show the line it is about. */
export type CommandContext = { readonly sources: Map<string, string>; readonly format: Format };

export async function command(
  options: { readonly format?: Format; readonly json?: boolean },
  work: (context: CommandContext) => Promise<number | undefined> | number | undefined,
): Promise<number> {
  ignoreClosedPipes();
  const format = options.json ? "json" : (options.format ?? "text");
  const context: CommandContext = { sources: new Map(), format };
  try {
    return (await work(context)) ?? exitCodes.ok;
  } catch (error) {
    showFailure(error, context.sources, format);
    return exitCodeOf(error);
  }
}
