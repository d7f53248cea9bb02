/**
 * A device for tests of the jobs: a bigram model (a table of logits) trained by SGD with momentum, in plain JavaScript
 * and float32. Its program declares the same inputs, outputs and tensors as a compiled one.
 */
import type { Compiled } from "../../../src/compile.ts";
import type { Device, Invocation, Outputs, Session } from "../../../src/devices/device.ts";
import { referenceProfile } from "../../../src/ir/plan/profile.ts";
import type { Program, ProgramTensor } from "../../../src/ir/plan/program.ts";
import { type Dtype, tensorType } from "../../../src/ir/types.ts";

export type BigramOptions = {
  readonly vocab: number;
  readonly width: number;
  readonly batch: number;
  readonly micro: number;
  /** Called before each update; may throw, return a number that replaces the learning rate, or interrupt. */
  readonly onUpdate?: (step: number) => number | undefined;
};

export function bigramProgram({ vocab, width, batch, micro }: BigramOptions): Program {
  const tensor = (path: string, role: ProgramTensor["role"], shape: readonly number[]): ProgramTensor => ({
    path,
    role,
    trainable: role === "parameter",
    type: tensorType("f32", shape),
    region: { buffer: 0, offset: 0, bytes: 4 * shape.reduce((a, b) => a * b, 1) },
  });
  const declared = (dtype: Dtype, shape: readonly number[], ...names: readonly string[]) =>
    names.map((name) => ({ name, type: tensorType(dtype, shape) }));
  const fields = (rows: number) => [
    ...declared("i32", [rows, width], "ids"),
    ...declared("bool", [rows, width], "mask"),
  ];
  const losses = declared("f32", [], "numerator.0", "weight.0");
  return {
    version: 1,
    target: "reference",
    profile: "fake",
    buffers: [],
    tensors: [
      tensor("table.weight", "parameter", [vocab, vocab]),
      tensor("optimizer/m/table.weight", "state", [vocab, vocab]),
      tensor("gradient/table.weight", "gradient", [vocab, vocab]),
      tensor("metric/weight.0", "metric", []),
    ],
    kernels: [],
    programs: {
      init: { steps: [], inputs: declared("u32", [], "seed"), outputs: [] },
      count: { steps: [], inputs: [...fields(micro), ...declared("i32", [], "micro")], outputs: [] },
      microStep: { steps: [], inputs: [...fields(micro), ...declared("i32", [], "micro")], outputs: losses },
      update: {
        steps: [],
        inputs: [...declared("i32", [], "step"), ...declared("f32", [], "total")],
        outputs: declared("f32", [], "grad_norm", "lr"),
      },
      evaluate: { steps: [], inputs: fields(micro), outputs: losses },
      prefill: {
        steps: [],
        inputs: [...fields(1), ...declared("i32", [1], "last")],
        outputs: declared("f32", [1, vocab], "logits"),
      },
    },
    terms: [{ name: "causal_lm", coefficient: 1 }],
    microSteps: batch / micro,
  };
}

export function bigramDevice(options: BigramOptions): Device {
  return {
    description: "bigram table in JavaScript",
    kind: "reference",
    profile: referenceProfile,
    load: async () => bigramSession(options),
    close: async () => {},
  };
}

export function bigramCompiled(options: BigramOptions): Compiled {
  return {
    plan: { kernels: [] as Compiled["plan"]["kernels"] } as Compiled["plan"],
    program: bigramProgram(options),
    indexLimits: new Map([["ids", options.vocab]]),
  };
}

function bigramSession({ vocab, width, onUpdate }: BigramOptions): Session {
  const tensors = new Map<string, Float32Array>(
    ["table.weight", "optimizer/m/table.weight", "gradient/table.weight"].map((path) => [
      path,
      new Float32Array(vocab * vocab),
    ]),
  );
  tensors.set("metric/weight.0", new Float32Array(1));
  const table = () => tensors.get("table.weight")!;
  const gradient = () => tensors.get("gradient/table.weight")!;

  /** Adds d loss / d logits to `into`, if given. */
  const pass = (inputs: Invocation["inputs"], into: Float32Array | null): Outputs => {
    const ids = new Int32Array(bytesOf(inputs.ids!));
    const mask = new Uint32Array(bytesOf(inputs.mask!));
    const total = tensors.get("metric/weight.0")![0]!;
    let numerator = 0;
    let weight = 0;
    forEachPair(ids, mask, (from, to) => {
      const p = softmax(table().subarray(from * vocab, (from + 1) * vocab));
      numerator -= Math.log(p[to]!);
      weight += 1;
      if (into === null) return;
      for (const [k, q] of p.entries()) into[from * vocab + k]! += (q - (k === to ? 1 : 0)) / total;
    });
    return { "numerator.0": scalar(numerator), "weight.0": scalar(weight) };
  };
  const forEachPair = (ids: Int32Array, mask: Uint32Array, visit: (from: number, to: number) => void) => {
    for (let at = 0; at < ids.length; at++)
      if ((at + 1) % width !== 0 && mask[at + 1] === 1) visit(ids[at]!, ids[at + 1]!);
  };

  const runs: Readonly<Record<string, (inputs: Invocation["inputs"]) => Outputs>> = {
    init: (inputs) => {
      const seed = new Uint32Array(bytesOf(inputs.seed!))[0]!;
      table().set(table().map((_, i) => Math.sin(seed + i) * 0.1));
      tensors.get("optimizer/m/table.weight")!.fill(0);
      return {};
    },
    count: (inputs) => {
      const metric = tensors.get("metric/weight.0")!;
      if (new Int32Array(bytesOf(inputs.micro!))[0] === 0) metric[0] = 0;
      forEachPair(
        new Int32Array(bytesOf(inputs.ids!)),
        new Uint32Array(bytesOf(inputs.mask!)),
        () => void metric[0]!++,
      );
      return {};
    },
    microStep: (inputs) => {
      if (new Int32Array(bytesOf(inputs.micro!))[0] === 0) gradient().fill(0);
      return pass(inputs, gradient());
    },
    update: (inputs) => {
      const step = new Int32Array(bytesOf(inputs.step!))[0]!;
      const lr = onUpdate?.(step) ?? 2;
      const m = tensors.get("optimizer/m/table.weight")!;
      const norm = Math.sqrt(gradient().reduce((sum, g) => sum + g * g, 0));
      gradient().forEach((g, i) => {
        m[i] = 0.9 * m[i]! + g;
        table()[i] = table()[i]! - lr * m[i]!;
      });
      return { grad_norm: scalar(norm), lr: scalar(lr) };
    },
    evaluate: (inputs) => pass(inputs, null),
    prefill: (inputs) => {
      const last = new Int32Array(bytesOf(inputs.last!))[0]!;
      const id = new Int32Array(bytesOf(inputs.ids!))[last]!;
      return { logits: table().slice(id * vocab, (id + 1) * vocab).buffer };
    },
  };
  return {
    allocatedBytes: 4 * 3 * vocab * vocab,
    submit: async (invocations) => invocations.map(({ program, inputs }) => runs[program]!(inputs)),
    read: async (path) => tensors.get(path)!.slice().buffer,
    write: (path, bytes) => tensors.get(path)!.set(new Float32Array(bytesOf(bytes))),
    finish: async () => {},
    close: () => {},
  };
}

/** -log softmax is taken in float64; only what is stored is float32. */
function softmax(logits: Float32Array): readonly number[] {
  const most = Math.max(...logits);
  const exponentials = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

function scalar(value: number): ArrayBuffer {
  return Float32Array.of(value).buffer;
}

function bytesOf(view: ArrayBufferView): ArrayBuffer {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer;
}
