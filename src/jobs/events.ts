/** What happens while jobs run, as data. The CLI shows it; tests read it. */
import type { MetricsRecord } from "../formats/metrics.ts";

export type JobEvent =
  /** Not run: it finished before and nothing it depends on has changed. */
  | { readonly kind: "upToDate"; readonly job: string; readonly folder: string }
  | { readonly kind: "started"; readonly job: string; readonly jobKind: string; readonly folder: string }
  | { readonly kind: "resumed"; readonly job: string; readonly folder: string; readonly step: number }
  | { readonly kind: "note"; readonly job: string; readonly message: string }
  | { readonly kind: "summary"; readonly job: string; readonly summary: TrainingSummary }
  | { readonly kind: "step"; readonly job: string; readonly record: MetricsRecord; readonly steps: number | null }
  | { readonly kind: "evaluated"; readonly job: string; readonly record: MetricsRecord; readonly improved: boolean }
  | { readonly kind: "saved"; readonly job: string; readonly step: number; readonly folder: string }
  /** A piece of generated text, in order; the prompt comes first. */
  | { readonly kind: "text"; readonly job: string; readonly text: string }
  | { readonly kind: "finished"; readonly job: string; readonly folder: string; readonly outcome: string };

/** What is said before the first step. */
export type TrainingSummary = {
  readonly parameters: number;
  readonly trainable: number;
  readonly windows: Readonly<Record<string, number>>;
  readonly batch: number;
  readonly micro: number;
  readonly tokensPerStep: number;
  /** Null where only time or a stalled metric ends the run. */
  readonly steps: number | null;
  readonly deviceBytes: number;
  readonly device: string;
  /** The first window of training: its text in runs of characters that are predicted or not. */
  readonly example: readonly { readonly text: string; readonly predicted: boolean }[];
};
