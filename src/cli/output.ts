/** Where commands write: results to stdout, everything else to stderr. */
import { createColors } from "picocolors";
import { escapeControls } from "./escape.ts";

export type Format = "text" | "json" | "github";

export function writeOut(text: string): void {
  process.stdout.write(process.stdout.isTTY ? escapeControls(text) : text);
}

export function writeOutLine(line: string): void {
  writeOut(`${line}\n`);
}

/** `line` may hold colours: what comes from files is escaped before it is put in. */
export function writeError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** https://no-color.org: any value but the empty one. FORCE_COLOR wins, as everywhere. */
export function wantsColor(stream: NodeJS.WriteStream = process.stderr): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0") return true;
  return (NO_COLOR === undefined || NO_COLOR === "") && stream.isTTY === true && TERM !== "dumb";
}

export const colors = createColors(wantsColor());

/** A reader that went away (`llmc … | head`) is no error. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  }
}
