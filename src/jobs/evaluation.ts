/** The loss over a whole split, weighted by predictions; the last batch is padded with weight 0. */
import { dataFields } from "../data/batch-inputs.ts";
import type { Windows } from "../data/windows.ts";
import type { Outputs, Session } from "../devices/device.ts";
import type { Program } from "../ir/plan/program.ts";
import { idsShape, invocation, scalarInputs } from "./inputs.ts";
import { combinedLoss } from "./loss.ts";

/** Runs `evaluate` on every window. Submissions hold several batches, and two of them are in flight. */
export async function evaluateLoss(session: Session, program: Program, windows: Windows): Promise<number> {
  const [rows] = idsShape(program, "evaluate");
  const batches = chunks(
    Array.from({ length: windows.count }, (_, index) => index),
    rows,
  );
  const parts: Outputs[] = [];
  let pending: Promise<readonly Outputs[]> | null = null;
  for (const group of chunks(batches, batchesPerSubmit)) {
    const next: Promise<readonly Outputs[]> = session.submit(
      group.map((numbers) =>
        invocation(program, "evaluate", { ...dataFields(windows, numbers, rows), ...scalarInputs({}) }),
      ),
    );
    if (pending !== null) parts.push(...(await pending));
    pending = next;
  }
  if (pending !== null) parts.push(...(await pending));
  return combinedLoss(program.terms, parts);
}

/** Enough to hide a submission's cost behind work, few enough that staging memory stays small. */
const batchesPerSubmit = 4;

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
