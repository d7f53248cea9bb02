/** What is said before training starts. */
import type { TrainingSummary } from "../jobs/events.ts";
import { escapeLine } from "./escape.ts";
import { colors } from "./output.ts";
import { bytes, count, whole } from "./units.ts";

export function summaryLines(summary: TrainingSummary): readonly string[] {
  const { parameters, trainable, windows, batch, micro, tokensPerStep, steps } = summary;
  const share = trainable === parameters ? "all trained" : `${((100 * trainable) / parameters).toFixed(2)}% trained`;
  const splits = Object.entries(windows).map(([name, number]) => `${name} ${whole(number)}`);
  const accumulated = micro === batch ? "" : ` (${batch / micro} × ${micro})`;
  const rows = [
    ["model", `${count(parameters)} parameters, ${share}`],
    ["windows", splits.join(", ")],
    ["step", `${whole(batch)} sequences${accumulated}, ${whole(tokensPerStep)} tokens`],
    ["length", steps === null ? "until its bound" : `${whole(steps)} steps`],
    ["memory", `${bytes(summary.deviceBytes)} on the device`],
    ["device", escapeLine(summary.device)],
    ["example", exampleLine(summary.example)],
  ] as const;
  return rows.map(([name, text]) => `  ${colors.dim(name.padEnd(8))} ${text}`);
}

/** Predicted text plain, the rest dimmed and in brackets. */
function exampleLine(example: TrainingSummary["example"]): string {
  let left = 60;
  const shown = example.map(({ text, predicted }) => {
    const part = escapeLine([...text].slice(0, Math.max(left, 0)).join(""));
    left -= [...text].length;
    return predicted || part === "" ? part : colors.dim(`[${part}]`);
  });
  return `${shown.join("")}${left < 0 ? "…" : ""}   ${colors.dim("([…] is not predicted)")}`;
}
