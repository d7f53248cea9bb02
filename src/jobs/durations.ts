/** `5000 steps or stalled(val.loss, patience = 5)`, `every(1 epoch)`: durations counted in steps. */
import type { Unit } from "../1-parse/ast.ts";
import type { Bound, Duration } from "../2-check/program.ts";
import { type Span, unsupported } from "../diagnostics/report.ts";
import { InvariantError } from "../support/invariant.ts";

/** What turns epochs, tokens and samples into steps. */
export type StepSize = {
  readonly batch: number;
  /** Tokens of one window. */
  readonly window: number;
  /** Windows of one epoch. */
  readonly windows: number;
};

/** When a run ends: whichever comes first. */
export type Limits = {
  /** The smallest countable bound; `total` of schedules. */
  readonly steps: number | null;
  readonly seconds: number | null;
  readonly stalled: readonly { readonly metric: string; readonly patience: number }[];
};

export function limitsOf(bound: Bound, size: StepSize): Limits {
  switch (bound.kind) {
    case "after": {
      const seconds = secondsOf(bound.value, bound.unit);
      return seconds === null
        ? { steps: Math.ceil(ratio(stepRatio(bound.value, bound.unit, size))), seconds: null, stalled: [] }
        : { steps: null, seconds, stalled: [] };
    }
    case "stalled":
      return { steps: null, seconds: null, stalled: [{ metric: bound.metric, patience: bound.patience }] };
    case "any": {
      const parts = bound.bounds.map((part) => limitsOf(part, size));
      return {
        steps: least(parts.map(({ steps }) => steps)),
        seconds: least(parts.map(({ seconds }) => seconds)),
        stalled: parts.flatMap(({ stalled }) => stalled),
      };
    }
  }
}

/** Fires at step ⌈k · interval⌉ for k = 1, 2, …; a share counts of `total`. Reports at `span` what cannot be counted. */
export function firesAt(
  duration: Duration,
  size: StepSize,
  total: number | null,
  span: Span,
): (step: number) => boolean {
  const [numerator, denominator] = intervalOf(duration, size, total, span);
  return (step) => Math.floor((step * denominator) / numerator) > Math.floor(((step - 1) * denominator) / numerator);
}

/** A number of steps as a fraction of two exact integers where the duration is one. */
type Ratio = readonly [numerator: number, denominator: number];

function intervalOf(duration: Duration, size: StepSize, total: number | null, span: Span): Ratio {
  if (duration.kind === "share") {
    if (total === null) unsupported(span, "a share of a run whose length is not counted in steps");
    // 7 % of 100 is 7.000000000000001 in doubles.
    return [Math.round(duration.value * total * 1e9) / 1e9, 1];
  }
  if (secondsOf(duration.value, duration.unit) !== null) {
    unsupported(span, "an interval of time", "count it in steps, epochs, tokens or samples");
  }
  return stepRatio(duration.value, duration.unit, size);
}

function stepRatio(value: number, unit: Unit, { batch, window, windows }: StepSize): Ratio {
  switch (unit) {
    case "step":
      return [value, 1];
    case "sample":
      return [value, batch];
    case "token":
      return [value, batch * window];
    case "epoch":
      return [value * windows, batch];
    case "second":
    case "minute":
    case "hour":
    case "KiB":
    case "MiB":
    case "GiB":
      throw new InvariantError(`${unit} is not a measure of training`);
  }
}

function secondsOf(value: number, unit: Unit): number | null {
  const seconds: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };
  const factor = seconds[unit];
  return factor === undefined ? null : value * factor;
}

function ratio([numerator, denominator]: Ratio): number {
  return numerator / denominator;
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}
