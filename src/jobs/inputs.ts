/** The inputs of a program's run: what it declares, picked from what the host has. */
import type { Invocation } from "../devices/device.ts";
import type { ProgramName } from "../ir/graph/graph.ts";
import type { Program } from "../ir/plan/program.ts";
import { invariant } from "../support/invariant.ts";

/** Scalars by name, with the dtype that every program declares for them. */
export type Scalars = {
  readonly seed: number;
  /** Updates done after this step. */
  readonly step: number;
  readonly total: number;
  /** Index of the micro-batch's first sequence in the batch. */
  readonly sample: number;
  readonly micro: number;
};

export function invocation(
  program: Program,
  name: ProgramName,
  available: Readonly<Record<string, ArrayBufferView>>,
): Invocation {
  const inputs: Record<string, ArrayBufferView> = {};
  for (const { name: input } of plannedProgram(program, name).inputs) {
    const bytes = available[input];
    invariant(bytes !== undefined, `program ${name} declares the input "${input}", which nobody supplies`);
    inputs[input] = bytes;
  }
  return { program: name, inputs };
}

export function scalarInputs(scalars: Partial<Scalars>): Readonly<Record<string, ArrayBufferView>> {
  const { seed = 0, step = 0, total = 0, sample = 0, micro = 0 } = scalars;
  return {
    seed: Uint32Array.of(seed),
    step: Int32Array.of(step),
    total: Float32Array.of(total),
    sample: Int32Array.of(sample),
    micro: Int32Array.of(micro),
  };
}

/** Rows and columns of a program's `ids`. */
export function idsShape(program: Program, name: ProgramName): readonly [rows: number, width: number] {
  const ids = plannedProgram(program, name).inputs.find((input) => input.name === "ids");
  const [rows, width] = ids?.type.shape ?? [];
  invariant(rows !== undefined && width !== undefined, `program ${name} has no input ids of rank 2`);
  return [rows, width];
}

export function plannedProgram(program: Program, name: ProgramName) {
  const planned = program.programs[name];
  invariant(planned !== undefined, `the job has no program ${name}`);
  return planned;
}
