import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlannedBuffer, PlannedProgram, Step } from "../../../../src/ir/plan/plan.ts";
import type { Program } from "../../../../src/ir/plan/program.ts";
import {
  canaryBytes,
  groupTransfers,
  readChunkBytes,
  ringDepth,
  runsOfSteps,
  stagingBytes,
} from "../../../../src/ir/plan/staging.ts";
import { type Dtype, tensorType } from "../../../../src/ir/types.ts";

type Piece = { readonly gap: number; readonly elements: number; readonly dtype: Dtype };
const pieces: fc.Arbitrary<readonly Piece[]> = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 16, 240, 256, 512),
    elements: fc.integer({ min: 1, max: 70 }),
    dtype: fc.constantFrom<Dtype>("f32", "f16", "i32", "bool"),
  }),
  { minLength: 1, maxLength: 8 },
);

/** A program whose uploads lie one after the other in buffer 0, in an order of its own. */
function uploads(all: readonly Piece[]): { program: PlannedProgram; steps: Extract<Step, { kind: "upload" }>[] } {
  let offset = 0;
  const steps: Extract<Step, { kind: "upload" }>[] = [];
  const inputs = all.map(({ gap, elements, dtype }, index) => {
    const bytes = elements * (dtype === "f16" ? 2 : 4);
    offset = Math.ceil((offset + gap) / 16) * 16;
    steps.unshift({ kind: "upload", name: `i${index}`, to: { buffer: 0, offset, bytes } });
    offset += Math.ceil(bytes / 4) * 4;
    return { name: `i${index}`, type: tensorType(dtype, [elements]) };
  });
  return { program: { steps, inputs, outputs: [] }, steps };
}

describe("groupTransfers", () => {
  test("every byte of every field lands in its region, and transfers do not overlap", () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom<PlannedBuffer["role"]>("input", "arena"), (all, role) => {
        const { program, steps } = uploads(all);
        const { transfers, bytes } = groupTransfers({ kind: "upload", steps }, program, [{ role, bytes: 1e6 }]);
        const landed = new Map<string, { offset: number; bytes: number }>();
        let end = 0;
        for (const { region, fields } of transfers) {
          expect(region.offset).toBeGreaterThanOrEqual(end);
          expect(region.bytes % 4).toBe(0);
          end = region.offset + region.bytes;
          for (const field of fields) {
            expect(field.offset + field.bytes).toBeLessThanOrEqual(region.bytes);
            landed.set(field.name, { offset: region.offset + field.offset, bytes: field.bytes });
          }
        }
        expect(landed).toEqual(new Map(steps.map(({ name, to }) => [name, { offset: to.offset, bytes: to.bytes }])));
        expect(bytes).toBe(transfers.reduce((sum, { region }) => sum + region.bytes, 0));
      }),
    );
  });

  test("uploads touch nothing between the regions of a buffer that is not for inputs", () => {
    fc.assert(
      fc.property(pieces, (all) => {
        const { program, steps } = uploads(all);
        const { bytes } = groupTransfers({ kind: "upload", steps }, program, [{ role: "arena", bytes: 1e6 }]);
        expect(bytes).toBe(steps.reduce((sum, { to }) => sum + Math.ceil(to.bytes / 4) * 4, 0));
      }),
    );
  });

  test("scalars side by side in an input buffer become one copy", () => {
    const scalar = (index: number) => ({ name: `i${index}`, type: tensorType("i32", []) });
    const inputs = [0, 1, 2].map(scalar);
    const steps = inputs.map(({ name }, index) => {
      return { kind: "upload", name, to: { buffer: 0, offset: 256 * index, bytes: 4 } } as const;
    });
    const program = { steps, inputs, outputs: [] };
    const { transfers } = groupTransfers({ kind: "upload", steps }, program, [{ role: "input", bytes: 768 }]);
    expect(transfers.map(({ region }) => region)).toEqual([{ buffer: 0, offset: 0, bytes: 516 }]);
  });
});

test("runs of steps keep every step in order", () => {
  const region = { buffer: 0, offset: 0, bytes: 4 };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>({ kind: "dispatch", kernel: 0, regions: [] }),
    fc.constant<Step>({ kind: "copy", from: region, to: region }),
    fc.nat(99).map<Step>((name) => ({ kind: "upload", name: `${name}`, to: region })),
    fc.nat(99).map<Step>((name) => ({ kind: "download", name: `${name}`, from: region })),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const runs = runsOfSteps(steps);
      expect(runs.flatMap<Step>((run) => [...run.steps])).toEqual(steps);
      for (const [index, run] of runs.entries()) expect(run.kind).not.toBe(runs[index + 1]?.kind);
    }),
  );
});

test("staging holds a whole training step, a ring of outputs and one piece of the largest tensor", () => {
  const io = (name: string, elements: number) => ({ name, type: tensorType("f32", [elements]) });
  const at = (elements: number) => ({ buffer: 0, offset: 0, bytes: 4 * elements });
  const planned = (up: number, down: number): PlannedProgram => ({
    steps: [
      { kind: "upload", name: "a", to: at(up) },
      { kind: "download", name: "b", from: at(down) },
    ],
    inputs: [io("a", up)],
    outputs: [io("b", down)],
  });
  const program: Program = {
    version: 1,
    target: "wgsl",
    profile: "lavapipe",
    buffers: [{ role: "arena", bytes: 4096 }],
    tensors: [{ path: "w", role: "parameter", trainable: true, type: tensorType("f32", [9]), region: at(9) }],
    kernels: [],
    programs: { microStep: planned(100, 1), update: planned(10, 2), prefill: planned(1, 500) },
    terms: [],
    microSteps: 3,
  };
  const upload = 4 * (3 * 100 + 10) + canaryBytes;
  const slot = 4 * 500 + canaryBytes;
  expect(stagingBytes(program)).toBe(upload + ringDepth * slot + 36);
  const huge = { ...program.tensors[0]!, region: at(readChunkBytes) };
  expect(stagingBytes({ ...program, tensors: [huge] })).toBe(upload + ringDepth * slot + readChunkBytes);
});
