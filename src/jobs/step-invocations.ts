/** One step as one submission: `count` for each micro-batch, `microStep` for each, then `update`. */
import { dataFields } from "../data/batch-inputs.ts";
import type { Windows } from "../data/windows.ts";
import type { Invocation } from "../devices/device.ts";
import type { Program } from "../ir/plan/program.ts";
import { invariant } from "../support/invariant.ts";
import { idsShape, invocation, scalarInputs } from "./inputs.ts";

/** `numbers` are the step's windows, `batch` of them; micro-batch m takes the next `micro`. */
export function stepInvocations(program: Program, batch: number, total: number, seed: number) {
  const [micro] = idsShape(program, "microStep");
  invariant(micro * program.microSteps === batch, `${program.microSteps} micro-steps of ${micro} are not ${batch}`);
  return (step: number, windows: Windows, numbers: readonly number[]): readonly Invocation[] => {
    const parts = Array.from({ length: program.microSteps }, (_, m) => ({
      ...dataFields(windows, numbers.slice(m * micro, (m + 1) * micro), micro),
      ...scalarInputs({ seed, step, total, sample: m * micro, micro: m }),
    }));
    const counts = program.programs.count === undefined ? [] : parts.map((part) => invocation(program, "count", part));
    return [
      ...counts,
      ...parts.map((part) => invocation(program, "microStep", part)),
      invocation(program, "update", scalarInputs({ seed, step, total })),
    ];
  };
}
