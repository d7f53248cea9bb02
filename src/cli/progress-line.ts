/** The live line of a training run on a terminal. */
import type { MetricsRecord } from "../formats/metrics.ts";
import { colors } from "./output.ts";
import { duration, whole } from "./units.ts";

/** `pretrain  ━━━━━───── 250/5,000  loss 2.3142  1,234 tokens/s  2 min 5 s left` */
export function progressLine(job: string, record: MetricsRecord, steps: number | null, speed: number): string {
  const done =
    steps === null ? whole(record.step) : `${bar(record.step / steps)} ${whole(record.step)}/${whole(steps)}`;
  const parts = [`loss ${record.loss.toFixed(4)}`, `${whole(Math.round(speed))} tokens/s`];
  const perStep = record.tokens / record.step;
  if (steps !== null && speed > 0) parts.push(`${duration(((steps - record.step) * perStep) / speed)} left`);
  return `${job}  ${done}  ${parts.join("  ")}`;
}

function bar(share: number): string {
  const width = 24;
  const full = Math.round(Math.min(share, 1) * width);
  return colors.green("━".repeat(full)) + colors.dim("─".repeat(width - full));
}
