/** The loss over a split, weighted by predictions; the last batch is padded with weight 0. */
import { dataFields } from "../data/batch-inputs.ts";
import type { Windows } from "../data/windows.ts";
import type { Outputs, Session } from "../devices/device.ts";
import type { Program } from "../ir/plan/program.ts";
import { handled } from "../support/handled.ts";
import { idsShape, invocation, scalarInputs } from "./inputs.ts";
import { combinedLoss } from "./loss.ts";

/** Runs `evaluate` on the windows with these numbers. Submissions hold several batches, and two of them are in flight. */
export async function evaluateLoss(
  session: Session,
  program: Program,
  windows: Windows,
  numbers: readonly number[],
): Promise<number> {
  const [rows] = idsShape(program, "evaluate");
  const batches = chunks(numbers, rows);
  const parts: Outputs[] = [];
  let pending: Promise<readonly Outputs[]> | null = null;
  for (const group of chunks(batches, batchesPerSubmit)) {
    const next: Promise<readonly Outputs[]> = handled(
      session.submit(
        group.map((numbers) =>
          invocation(program, "evaluate", { ...dataFields(windows, numbers, rows), ...scalarInputs({}) }),
        ),
      ),
    );
    if (pending !== null) parts.push(...(await pending));
    pending = next;
  }
  if (pending !== null) parts.push(...(await pending));
  return combinedLoss(program.terms, parts);
}

/** `take` windows, evenly spaced; null: all of them. */
export function evaluatedWindows(count: number, take: number | null): readonly number[] {
  const taken = Math.min(take ?? count, count);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

/** Enough to hide a submission's cost behind work, few enough that staging memory stays small. */
const batchesPerSubmit = 4;

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
