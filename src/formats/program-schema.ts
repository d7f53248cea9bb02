/**
 * The schema of program.json (ajv), and what a schema cannot say: every region lies in its buffer, every index names
 * something. A program that passes cannot make the runtime touch memory outside its buffers.
 */
import { Ajv } from "ajv";
import type { Region, Step } from "../ir/plan/plan.ts";
import type { StoredProgram } from "./program-file.ts";

/** The first thing that is wrong, or null. */
export function programProblems(value: unknown): string | null {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  const validate = ajv.compile(programSchema);
  if (validate(value)) return regionProblem(value as StoredProgram);
  const [error] = validate.errors ?? [];
  return `${error?.instancePath || "/"} ${error?.message ?? "is wrong"}`;
}

const size = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const name = { type: "string", maxLength: 1000 } as const;
const exact = (properties: Readonly<Record<string, object>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", items });
const tagged = (kind: string, properties: Readonly<Record<string, object>>) =>
  exact({ kind: { const: kind }, ...properties });

const tensorType = exact({
  shape: list(size),
  dtype: { enum: ["f32", "f16", "i32", "u32", "bool", "i8"] },
  encoding: { type: "object", properties: { kind: { enum: ["dense", "blocks", "sparse24"] } }, required: ["kind"] },
});
const region = exact({ buffer: size, offset: size, bytes: size });
const programStep = {
  oneOf: [
    tagged("dispatch", { kernel: size, regions: list(region) }),
    tagged("copy", { from: region, to: region }),
    tagged("upload", { name, to: region }),
    tagged("download", { name, from: region }),
  ],
};
const named = list(exact({ name, type: tensorType }));
const plannedProgram = exact({ steps: list(programStep), inputs: named, outputs: named });
const wgslCode = tagged("wgsl", {
  file: { type: "string", pattern: "^kernels/[A-Za-z0-9_.-]+\\.wgsl$" },
  sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
  entry: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
  workgroups: { type: "array", items: [size, size, size], minItems: 3, maxItems: 3 },
});
const programNames = ["init", "loss", "count", "microStep", "update", "evaluate", "prefill", "decode", "observe"];

export const programSchema = exact({
  version: { const: 1 },
  target: { enum: ["wgsl", "reference"] },
  profile: name,
  buffers: list(
    exact({
      role: {
        enum: ["parameter", "gradient", "state", "average", "cache", "metric", "mask", "input", "output", "arena"],
      },
      bytes: size,
    }),
  ),
  tensors: list(
    exact({
      path: name,
      role: { enum: ["parameter", "state", "gradient", "average", "cache", "metric", "mask"] },
      trainable: { type: "boolean" },
      type: tensorType,
      region,
    }),
  ),
  kernels: list(
    exact({
      name,
      why: { type: "string" },
      slots: list(exact({ access: { enum: ["read", "readWrite"] } })),
      code: { oneOf: [wgslCode, tagged("interpreted", { planned: { type: "object" } })] },
    }),
  ),
  programs: {
    type: "object",
    properties: Object.fromEntries(programNames.map((program) => [program, plannedProgram])),
    additionalProperties: false,
  },
  terms: list(exact({ name, coefficient: { type: "number" } })),
  microSteps: { ...size, minimum: 1 },
});

function regionProblem({ buffers, tensors, kernels, programs }: StoredProgram): string | null {
  const bad = ({ buffer, offset, bytes }: Region, what: string): string | null => {
    const holder = buffers[buffer];
    if (holder === undefined) return `${what} names buffer ${buffer}, which does not exist`;
    return offset + bytes > holder.bytes ? `${what} reaches beyond buffer ${buffer}` : null;
  };
  for (const { path, region } of tensors) {
    const problem = bad(region, path);
    if (problem !== null) return problem;
  }
  for (const [name, program] of Object.entries(programs)) {
    for (const [i, step] of program.steps.entries()) {
      const what = `step ${i} of ${name}`;
      const problems = regionsOf(step).map((region) => bad(region, what));
      const kernel = step.kind === "dispatch" ? kernels[step.kernel] : null;
      if (kernel === undefined) problems.push(`${what} names a kernel that does not exist`);
      if (step.kind === "dispatch" && kernel && kernel.slots.length !== step.regions.length)
        problems.push(`${what} binds the wrong number of slots`);
      const problem = problems.find((found) => found !== null);
      if (problem !== undefined) return problem;
    }
  }
  return null;
}

function regionsOf(step: Step): readonly Region[] {
  switch (step.kind) {
    case "dispatch":
      return step.regions;
    case "copy":
    case "collective":
      return [step.from, step.to];
    case "upload":
      return [step.to];
    case "download":
      return [step.from];
    case "event":
      return [];
  }
}
