/** What every contestant trains: a GPT-2 in float32 with AdamW, from the same weights, on the same batches. */

export type Workload = {
  readonly name: string;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Tokens of a sequence; each but the last predicts the next. */
  readonly context: number;
  readonly batch: number;
  readonly vocabulary: number;
};

export const workloads: readonly Workload[] = [
  { name: "W1", layers: 4, heads: 4, width: 128, context: 64, batch: 12, vocabulary: 65 },
  { name: "W2", layers: 6, heads: 6, width: 384, context: 128, batch: 4, vocabulary: 65 },
  { name: "W3", layers: 2, heads: 4, width: 256, context: 64, batch: 8, vocabulary: 4096 },
];

export const optimizer = { rate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: 0.1 } as const;

/** A contestant: opens a workload and trains it a step at a time. */
export type Contestant = {
  readonly open: (workload: Workload) => Promise<Trainer>;
};

export type Trainer = {
  /** What it runs on. */
  readonly device: string;
  /** Trains on ids [batch, context]; `t` counts from 1. Resolves with the loss before the update, all work done. */
  readonly step: (ids: Int32Array, t: number) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** Shapes by path, as llmc names and stores them: a matrix is [out, in]. */
export function parameterShapes(workload: Workload): ReadonlyMap<string, readonly number[]> {
  const { layers, width: D, context: T, vocabulary: V } = workload;
  const block = (i: number): [string, readonly number[]][] => [
    [`blocks.${i}.ln1.weight`, [D]],
    [`blocks.${i}.ln1.bias`, [D]],
    [`blocks.${i}.attn.qkv.weight`, [3 * D, D]],
    [`blocks.${i}.attn.qkv.bias`, [3 * D]],
    [`blocks.${i}.attn.out.weight`, [D, D]],
    [`blocks.${i}.attn.out.bias`, [D]],
    [`blocks.${i}.ln2.weight`, [D]],
    [`blocks.${i}.ln2.bias`, [D]],
    [`blocks.${i}.up.weight`, [4 * D, D]],
    [`blocks.${i}.up.bias`, [4 * D]],
    [`blocks.${i}.down.weight`, [D, 4 * D]],
    [`blocks.${i}.down.bias`, [D]],
  ];
  return new Map([
    ["tok.weight", [V, D]],
    ["pos.weight", [T, D]],
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    ["ln.weight", [D]],
    ["ln.bias", [D]],
  ]);
}

/** Normal with a deviation of 0.02; gains of norms one, biases zero. The same numbers for everyone. */
export function initialWeights(workload: Workload): ReadonlyMap<string, Float32Array<ArrayBuffer>> {
  const random = generator(1);
  const weights = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [path, shape] of parameterShapes(workload)) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (shape.length === 2) {
      for (let i = 0; i < values.length; i++) {
        values[i] = 0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      }
    } else if (path.endsWith(".weight")) values.fill(1);
    weights.set(path, values);
  }
  return weights;
}

/** Batch `t`: each token follows from the one before it, but for every fourth, which is drawn: something to learn. */
export function batchOf({ batch, context, vocabulary }: Workload, t: number): Int32Array<ArrayBuffer> {
  const random = generator(1000 + t);
  const ids = new Int32Array(batch * context);
  for (let i = 0; i < ids.length; i++) {
    const drawn = i % context === 0 || random() < 0.25;
    ids[i] = drawn ? Math.floor(random() * vocabulary) : (5 * ids[i - 1]! + 3) % vocabulary;
  }
  return ids;
}

/** Uniform in [0, 1): mulberry32 (Ettinger 2017). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}
