/** Does a device compute right, and about how fast? One small kernel, checked, with nothing but multiply-adds in it. */
import type { Program } from "../ir/plan/program.ts";
import { tensorType } from "../ir/types.ts";
import type { Device } from "./device.ts";

export type Probe = {
  readonly results: number;
  readonly wrong: number;
  /** FLOP/s of dependent multiply-adds on vectors of four: a rough guide. */
  readonly flops: number;
};

const threads = 16_384;
/** Each round is one multiply-add on eight vectors of four. */
const flopsPerRound = 8 * 4 * 2;
/** Long enough that a submission's own cost does not count. */
const enoughSeconds = 0.1;
/** Sums stay exact in float32 up to here. */
const mostRounds = 2 ** 18;

/** Runs ever longer until the time can be trusted. Throws `DeviceError`. */
export async function probe(device: Device): Promise<Probe> {
  const session = await device.load(probeProgram(device.profile.name));
  try {
    for (let rounds = 16; ; rounds *= 4) {
      // The first run of each length is not timed: drivers compile then.
      if (rounds === 16) await session.submit([evaluate(rounds)]);
      const start = performance.now();
      const [outputs] = await session.submit([evaluate(rounds)]);
      const seconds = (performance.now() - start) / 1000;
      if (seconds < enoughSeconds && rounds < mostRounds) continue;

      const results = new Float32Array(outputs?.result ?? new ArrayBuffer(0));
      const wrong = results.reduce((count, value, i) => count + (value === (i % 8) + rounds ? 0 : 1), 0);
      const missing = threads - results.length;
      return { results: threads, wrong: wrong + missing, flops: (threads * rounds * flopsPerRound) / seconds };
    }
  } finally {
    session.close();
  }
}

function evaluate(rounds: number) {
  const inputs = { factor: Float32Array.of(1), rounds: Int32Array.of(rounds) };
  return { program: "evaluate", inputs } as const;
}

/** result[i] = i mod 8 + rounds, by as many multiply-adds with a factor of one that the compiler does not know. */
function probeProgram(profile: string): Program {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const [factor, rounds, result] = [
    { buffer: 0, offset: 0, bytes: 4 },
    { buffer: 0, offset: 256, bytes: 4 },
    { buffer: 1, offset: 0, bytes: 4 * threads },
  ] as const;
  const source = `@group(0) @binding(0) var<storage, read> s0: array<f32>;
@group(0) @binding(1) var<storage, read> s1: array<i32>;
@group(0) @binding(2) var<storage, read_write> s2: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = vec4f(s0[0]);
  let start = vec4f(f32(id.x % 8u));
${names.map((name, i) => `  var ${name} = start + ${i}.0;`).join("\n")}
  for (var round = 0; round < s1[0]; round++) {
${names.map((name) => `    ${name} = fma(${name}, factor, vec4f(1.0));`).join("\n")}
  }
  let sum = ${names.join(" + ")};
  s2[id.x] = dot(sum, vec4f(0.03125)) - 3.5;
}
`;
  return {
    version: 1,
    target: "wgsl",
    profile,
    buffers: [
      { role: "input", bytes: 512 },
      { role: "arena", bytes: 4 * threads },
    ],
    tensors: [],
    kernels: [
      {
        name: "probe",
        why: "multiply-adds",
        slots: [{ access: "read" }, { access: "read" }, { access: "readWrite" }],
        code: { kind: "wgsl", source, entry: "main", workgroups: [threads / 64, 1, 1] },
      },
    ],
    programs: {
      evaluate: {
        steps: [
          { kind: "upload", name: "factor", to: factor },
          { kind: "upload", name: "rounds", to: rounds },
          { kind: "dispatch", kernel: 0, regions: [factor, rounds, result] },
          { kind: "download", name: "result", from: result },
        ],
        inputs: [
          { name: "factor", type: tensorType("f32", []) },
          { name: "rounds", type: tensorType("i32", []) },
        ],
        outputs: [{ name: "result", type: tensorType("f32", [threads]) }],
      },
    },
    terms: [],
    microSteps: 1,
  };
}
