/**
 * A Program written by hand: a counter vector `x` f32[n] and its sum in i32.
 *
 * | program | inputs | effect |
 * |---|---|---|
 * | `init` | `seed` u32 | x[i] = seed + i |
 * | `microStep` | `ids` i32[n], `micro` i32 | x[i] += ids[i] · (micro + 1); outputs `x` as it is then |
 * | `update` | `step` i32 | x := x + step through a second buffer and a copy; outputs `first` f32[1], `step` i32 |
 * | `evaluate` | `ids` i32[n] | outputs `dot` f32[] = Σ x[i] · ids[i] |
 */
import type { PlannedProgram, Region } from "../../src/ir/plan/plan.ts";
import type { Program, ProgramKernel } from "../../src/ir/plan/program.ts";
import { tensorType } from "../../src/ir/types.ts";

export function counterProgram(n: number, adapterClass: string, microSteps = 2): Program {
  const words = Math.ceil((4 * n) / 256) * 256;
  const whole = (buffer: number, offset: number, bytes: number): Region => ({ buffer, offset, bytes });
  const x = whole(0, 0, 4 * n);
  const scratch = whole(1, 0, 4 * n);
  const dot = whole(1, words, 4);
  const ids = whole(2, 0, 4 * n);
  const [seed, micro, step] = [0, 1, 2].map((index) => whole(2, words + 256 * index, 4)) as [Region, Region, Region];
  const vector = tensorType("i32", [n]);
  const programs: Record<"init" | "microStep" | "update" | "evaluate", PlannedProgram> = {
    init: {
      steps: [
        { kind: "upload", name: "seed", to: seed },
        { kind: "dispatch", kernel: 0, regions: [seed, x] },
      ],
      inputs: [{ name: "seed", type: tensorType("u32", []) }],
      outputs: [],
    },
    microStep: {
      steps: [
        { kind: "upload", name: "micro", to: micro },
        { kind: "upload", name: "ids", to: ids },
        { kind: "dispatch", kernel: 1, regions: [ids, micro, x] },
        { kind: "download", name: "x", from: x },
      ],
      inputs: [
        { name: "ids", type: vector },
        { name: "micro", type: tensorType("i32", []) },
      ],
      outputs: [{ name: "x", type: tensorType("f32", [n]) }],
    },
    update: {
      steps: [
        { kind: "upload", name: "step", to: step },
        { kind: "dispatch", kernel: 2, regions: [x, step, scratch] },
        { kind: "copy", from: scratch, to: x },
        { kind: "download", name: "first", from: whole(0, 0, 4) },
        { kind: "download", name: "step", from: step },
      ],
      inputs: [{ name: "step", type: tensorType("i32", []) }],
      outputs: [
        { name: "first", type: tensorType("f32", [1]) },
        { name: "step", type: tensorType("i32", []) },
      ],
    },
    evaluate: {
      steps: [
        { kind: "upload", name: "ids", to: ids },
        { kind: "dispatch", kernel: 3, regions: [x, ids, dot] },
        { kind: "download", name: "dot", from: dot },
      ],
      inputs: [{ name: "ids", type: vector }],
      outputs: [{ name: "dot", type: tensorType("f32", []) }],
    },
  };
  return {
    version: 1,
    target: "wgsl",
    profile: adapterClass,
    buffers: [
      { role: "parameter", bytes: words },
      { role: "arena", bytes: words + 256 },
      { role: "input", bytes: words + 768 },
    ],
    tensors: [{ path: "x", role: "parameter", trainable: true, type: tensorType("f32", [n]), region: x }],
    kernels: [
      elementwise(n, "fill", ["seed: array<u32>"], "f32(seed[0]) + f32(i)"),
      elementwise(n, "add", ["ids: array<i32>", "micro: array<i32>"], "result[i] + f32(ids[i] * (micro[0] + 1))"),
      elementwise(n, "shift", ["x: array<f32>", "step: array<i32>"], "x[i] + f32(step[0])"),
      kernel(
        "dot",
        [1, 1, 1],
        ["x: array<f32>", "ids: array<i32>"],
        `if (id.x == 0u) {
           var sum = 0.0;
           for (var i = 0u; i < ${n}u; i++) { sum += x[i] * f32(ids[i]); }
           result[0] = sum;
         }`,
      ),
    ],
    programs,
    terms: [],
    microSteps,
  };
}

function elementwise(n: number, name: string, reads: readonly string[], value: string): ProgramKernel {
  return kernel(
    name,
    [Math.ceil(n / 64), 1, 1],
    reads,
    `let i = id.x;
     if (i < ${n}u) { result[i] = ${value}; }`,
  );
}

/** A kernel that reads some arrays and writes the last slot, `result: array<f32>`. */
export function kernel(
  name: string,
  workgroups: readonly [number, number, number],
  reads: readonly string[],
  body: string,
): ProgramKernel {
  const slots = reads.map((read, slot) => `@group(0) @binding(${slot}) var<storage, read> ${read};`);
  return {
    name,
    why: "hand-made",
    slots: [...reads.map(() => ({ access: "read" }) as const), { access: "readWrite" }],
    code: {
      kind: "wgsl",
      entry: "main",
      workgroups,
      source: `${slots.join("\n")}
@group(0) @binding(${reads.length}) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  ${body}
}
`,
    },
  };
}
