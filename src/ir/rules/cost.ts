/**
 * What an op costs where it runs alone: scalar operations (a product-sum counts two) and bytes read and written once.
 * Layout ops move bytes here; fusion is what makes them free.
 */
import type { Op, ValueId } from "../graph/graph.ts";
import { operandsOf } from "../graph/operands.ts";
import { bytesPerElement, elementCount, type TensorType } from "../types.ts";
import { type OpTable, rowOf } from "./table.ts";

export type OpCost = { readonly flops: number; readonly bytes: number };

export function costOf(op: Op, type: TensorType, typeOf: (value: ValueId) => TensorType): OpCost {
  const read = operandsOf(op).reduce((sum, operand) => sum + bytesOf(typeOf(operand)), 0);
  const moves = op.kind !== "constant" && op.kind !== "input" && op.kind !== "persistent";
  return {
    flops: rowOf(flops, op.kind)(op, type, typeOf),
    bytes: moves ? read + bytesOf(type) : 0,
  };
}

/** Dense bytes of a tensor; encodings count their bits, not their scales. */
export function bytesOf(type: TensorType): number {
  const bits = type.encoding.kind === "blocks" ? type.encoding.bits : 8 * bytesPerElement[type.dtype];
  return Math.ceil((elementCount(type.shape) * bits) / 8);
}

type Types = [type: TensorType, typeOf: (value: ValueId) => TensorType];

const none = (): number => 0;
const eachResult = (_op: Op, type: TensorType): number => elementCount(type.shape);
const eachOperand = (op: { readonly of: ValueId }, _type: TensorType, typeOf: Types[1]): number =>
  elementCount(typeOf(op.of).shape);

const flops: OpTable<Types, number> = {
  constant: none,
  input: none,
  persistent: none,
  iota: none,
  /** Twenty rounds of four integer operations, and the key's injections. */
  random: (_, type) => 100 * elementCount(type.shape),
  apply: eachResult,
  select: eachResult,
  cast: eachResult,
  bits: none,
  reshape: none,
  transpose: none,
  broadcast: none,
  slice: none,
  dynamicSlice: none,
  dynamicUpdate: none,
  pad: none,
  concat: none,
  reduce: eachOperand,
  argReduce: eachOperand,
  topK: (op, type, typeOf) => op.k * eachOperand(op, type, typeOf),
  cumulative: eachResult,
  contract: (op, type, typeOf) => {
    const { shape } = typeOf(op.left);
    const summed = op.leftLabels.filter((label) => !op.outLabels.includes(label));
    return 2 * elementCount(type.shape) * elementCount(summed.map((label) => shape[op.leftLabels.indexOf(label)]!));
  },
  gather: none,
  scatter: (op, _type, typeOf) => (op.mode === "add" ? elementCount(typeOf(op.updates).shape) : 0),
  stopGradient: none,
  encode: eachResult,
  decode: eachResult,
  allReduce: eachOperand,
  allGather: none,
  reduceScatter: eachOperand,
  send: none,
  receive: none,
};
