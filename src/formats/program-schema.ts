/** The schema of program.json, for ajv. What it cannot say (every region inside its buffer, …) is in ir/plan/verify-program.ts. */
import { Ajv } from "ajv";

/** The first thing that is wrong, or null. */
export function schemaProblem(value: unknown): string | null {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  const validate = ajv.compile(programSchema);
  if (validate(value)) return null;
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

const programSchema = exact({
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
