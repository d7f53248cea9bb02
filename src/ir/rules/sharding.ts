/**
 * How a result is split over the mesh, given how its operands are. Every row says `replicated` while meshes are
 * 1 × 1 × 1; the table exists so that the compiler lists what a real partitioner must answer.
 */
import type { Op } from "../graph/graph.ts";
import { replicated, type Sharding, type TensorType } from "../types.ts";
import { type OpTable, rowOf } from "./table.ts";

export function shardingOf(op: Op, type: TensorType, operands: readonly Sharding[]): Sharding {
  return rowOf(rules, op.kind)(op, type, operands);
}

const whole = (_op: Op, type: TensorType): Sharding => replicated(type.shape.length);

const rules: OpTable<[type: TensorType, operands: readonly Sharding[]], Sharding> = {
  constant: whole,
  input: whole,
  persistent: whole,
  iota: whole,
  random: whole,
  apply: whole,
  select: whole,
  cast: whole,
  bits: whole,
  reshape: whole,
  transpose: whole,
  broadcast: whole,
  slice: whole,
  dynamicSlice: whole,
  dynamicUpdate: whole,
  pad: whole,
  concat: whole,
  reduce: whole,
  argReduce: whole,
  topK: whole,
  cumulative: whole,
  contract: whole,
  gather: whole,
  scatter: whole,
  stopGradient: whole,
  encode: whole,
  decode: whole,
  allReduce: whole,
  allGather: whole,
  reduceScatter: whole,
  send: whole,
  receive: whole,
};
