/** The bounds of tests/golden/char-gpt/README.md, and which of them a run breaks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { GoldenRun } from "./run-golden.ts";

const folder = join(import.meta.dirname, "char-gpt");

type Expected = {
  readonly train_windows: number;
  readonly val_windows: number;
  readonly val_loss_before: number;
  readonly val_loss_after: number;
  readonly first_step_grad_norm_by_parameter: Readonly<Record<string, number>>;
  readonly loss: readonly number[];
  readonly grad_norm: readonly number[];
  readonly lr: readonly number[];
  readonly greedy: { readonly prompt: string; readonly text: string };
};

export const expected: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));

export type Violation = { readonly what: string; readonly error: number; readonly bound: number };

/** The largest error of each kind over its bound; empty where the run is within all. `steps`: how many were run. */
export function violations(run: GoldenRun, steps = 60): readonly Violation[] {
  return errors(run, steps).filter(({ error, bound }) => !(error <= bound));
}

/** The largest error of each kind, with its bound. */
export function errors(run: GoldenRun, steps = 60): readonly Violation[] {
  const series = (key: "loss" | "grad_norm" | "lr") =>
    Math.max(...expected[key].slice(0, steps).map((value, i) => relative(run.train[i]?.[key], value)));
  const gradients = Object.entries(expected.first_step_grad_norm_by_parameter).map(([name, value]) =>
    relative(run.firstGradientNorms.get(name), value),
  );
  const all: Violation[] = [
    { what: "loss of each step", error: series("loss"), bound: 1e-5 },
    { what: "gradient norm of each step", error: series("grad_norm"), bound: 1e-4 },
    { what: "learning rate of each step", error: series("lr"), bound: 1e-6 },
    { what: "gradient norm of each parameter in step 1", error: Math.max(...gradients), bound: 1e-4 },
  ];
  if (steps < 60) return all;
  return [
    ...all,
    { what: "validation loss before", error: relative(run.val[0]?.loss, expected.val_loss_before), bound: 1e-5 },
    { what: "validation loss after", error: relative(run.val[1]?.loss, expected.val_loss_after), bound: 1e-5 },
    { what: "final weights", error: finalWeightError(run), bound: 1e-5 },
  ];
}

/** Absolute, without the keys' bias, whose gradient is exactly zero in real numbers. */
function finalWeightError({ finalWeights }: GoldenRun): number {
  const file = openSafetensors(join(folder, "final.safetensors"));
  const found = [...file.tensors.keys()].map((name) => {
    const exempt = /^blocks\.\d+\.attn\.qkv\.bias$/.test(name);
    const actual = finalWeights.get(name);
    if (actual === undefined) return Number.POSITIVE_INFINITY;
    const errors = file
      .readFloats(name)
      .map((value, i) => (exempt && i >= 64 && i < 128 ? 0 : Math.abs(actual[i]! - value)));
    return errors.reduce((most, error) => Math.max(most, error), 0);
  });
  file.close();
  return Math.max(...found);
}

function relative(actual: number | undefined, value: number): number {
  return actual === undefined ? Number.POSITIVE_INFINITY : Math.abs(actual - value) / Math.abs(value);
}
