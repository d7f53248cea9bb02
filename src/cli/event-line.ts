/** What is said of each event, in a line or a few. */
import type { JobEvent } from "../jobs/events.ts";
import { escapeControls, escapeLine } from "./escape.ts";
import { colors } from "./output.ts";
import { shortPath } from "./short-path.ts";
import { summaryLines } from "./show-summary.ts";
import { whole } from "./units.ts";

/** Null for what is not worth a line. `speed`: tokens per second lately. */
export function eventLine(
  event: Exclude<JobEvent, { readonly kind: "step" | "text" }>,
  speed: number | null,
): string | null {
  switch (event.kind) {
    case "upToDate":
      return `${event.job} is up to date ${colors.dim(shortPath(event.folder))}`;
    case "started":
      return `${colors.bold(`${event.jobKind} ${event.job}`)} ${colors.dim(shortPath(event.folder))}`;
    case "resumed":
      return `  resumed at step ${whole(event.step)}`;
    case "note":
      return `  ${escapeControls(event.message)}`;
    case "summary":
      return summaryLines(event.summary).join("\n");
    case "evaluated": {
      const { step, loss, perplexity } = event.record;
      const rate = speed === null ? "" : `  ${whole(Math.round(speed))} tokens/s`;
      const best = event.improved ? colors.green("  best") : "";
      return `  step ${whole(step)}  val loss ${loss.toFixed(4)}  perplexity ${perplexity.toFixed(2)}${rate}${best}`;
    }
    case "saved":
      return null;
    case "finished":
      return `  ${escapeLine(event.outcome)}`;
  }
}
