/** Ask the op: which values it reads, and the same op reading others. */
import { type OpTable, rowOf } from "../rules/table.ts";
import type { Op, ValueId } from "./graph.ts";

/** The values an op reads, in a fixed order. */
export function operandsOf(op: Op): readonly ValueId[] {
  return rowOf(operands, op.kind)(op);
}

/** The same op with every operand replaced. */
export function mapOperands(op: Op, map: (operand: ValueId) => ValueId): Op {
  return rowOf(replaced, op.kind)(op, map);
}

type Map = (operand: ValueId) => ValueId;

const one = (op: { readonly of: ValueId }): readonly ValueId[] => [op.of];

const operands: OpTable<[], readonly ValueId[]> = {
  constant: () => [],
  input: () => [],
  persistent: () => [],
  iota: () => [],
  random: (op) => (op.sample === null ? [op.seed, op.step] : [op.seed, op.step, op.sample]),
  apply: (op) => op.args,
  select: (op) => [op.condition, op.then, op.else],
  cast: one,
  bits: one,
  reshape: one,
  transpose: one,
  broadcast: one,
  slice: one,
  dynamicSlice: (op) => [op.of, ...op.starts],
  dynamicUpdate: (op) => [op.of, op.with, ...op.starts],
  pad: one,
  concat: (op) => op.parts,
  reduce: one,
  argReduce: one,
  topK: one,
  cumulative: one,
  contract: (op) => [op.left, op.right],
  gather: (op) => [op.of, op.indices],
  scatter: (op) => [op.into, op.indices, op.updates],
  stopGradient: one,
  encode: one,
  decode: one,
  allReduce: one,
  allGather: one,
  reduceScatter: one,
  send: one,
  receive: () => [],
};

const replaced: OpTable<[map: Map], Op> = {
  constant: (op) => op,
  input: (op) => op,
  persistent: (op) => op,
  iota: (op) => op,
  random: (op, map) => ({
    ...op,
    seed: map(op.seed),
    step: map(op.step),
    sample: op.sample === null ? null : map(op.sample),
  }),
  apply: (op, map) => ({ ...op, args: op.args.map(map) }),
  select: (op, map) => ({ ...op, condition: map(op.condition), then: map(op.then), else: map(op.else) }),
  cast: (op, map) => ({ ...op, of: map(op.of) }),
  bits: (op, map) => ({ ...op, of: map(op.of) }),
  reshape: (op, map) => ({ ...op, of: map(op.of) }),
  transpose: (op, map) => ({ ...op, of: map(op.of) }),
  broadcast: (op, map) => ({ ...op, of: map(op.of) }),
  slice: (op, map) => ({ ...op, of: map(op.of) }),
  dynamicSlice: (op, map) => ({ ...op, of: map(op.of), starts: op.starts.map(map) }),
  dynamicUpdate: (op, map) => ({ ...op, of: map(op.of), with: map(op.with), starts: op.starts.map(map) }),
  pad: (op, map) => ({ ...op, of: map(op.of) }),
  concat: (op, map) => ({ ...op, parts: op.parts.map(map) }),
  reduce: (op, map) => ({ ...op, of: map(op.of) }),
  argReduce: (op, map) => ({ ...op, of: map(op.of) }),
  topK: (op, map) => ({ ...op, of: map(op.of) }),
  cumulative: (op, map) => ({ ...op, of: map(op.of) }),
  contract: (op, map) => ({ ...op, left: map(op.left), right: map(op.right) }),
  gather: (op, map) => ({ ...op, of: map(op.of), indices: map(op.indices) }),
  scatter: (op, map) => ({ ...op, into: map(op.into), indices: map(op.indices), updates: map(op.updates) }),
  stopGradient: (op, map) => ({ ...op, of: map(op.of) }),
  encode: (op, map) => ({ ...op, of: map(op.of) }),
  decode: (op, map) => ({ ...op, of: map(op.of) }),
  allReduce: (op, map) => ({ ...op, of: map(op.of) }),
  allGather: (op, map) => ({ ...op, of: map(op.of) }),
  reduceScatter: (op, map) => ({ ...op, of: map(op.of) }),
  send: (op, map) => ({ ...op, of: map(op.of) }),
  receive: (op) => op,
};
