/** Values whose elements are one number of the program text. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { Value, ValueId } from "../../ir/graph/graph.ts";
import { stretch } from "../../ir/graph/shorthand.ts";
import { convert } from "../../ir/rules/convert.ts";
import { isFloat, roundTo } from "../../ir/rules/dtypes.ts";
import { evaluateScalar } from "../../ir/rules/scalar-functions.ts";
import { type OpTable, rowOf } from "../../ir/rules/table.ts";
import { elementCount, type TensorType } from "../../ir/types.ts";

/** The number that every element of `id` is, or null. Layout ops keep it, so they are looked through. */
export function uniformNumber(b: GraphBuilder, id: ValueId): number | null {
  const { op } = b.valueOf(id);
  return op.kind === "constant" ? op.value : rowOf(folds, op.kind)(op, b, b.typeOf(id), false);
}

/** A value that is computed from such numbers, as a constant repeated to its shape. */
export function uniformConstant(b: GraphBuilder, { op, type }: Value): ValueId | null {
  const plain = op.kind === "constant" || (op.kind === "broadcast" && b.valueOf(op.of).op.kind === "constant");
  if (plain) return null;
  const number = rowOf(folds, op.kind)(op, b, type, true);
  if (number === null || Number.isNaN(number)) return null;
  return stretch(b, b.constant(number, type.dtype), type.shape);
}

/**
 * The number that each element of an op's result is. Only layout ops answer unless `compute`: what is computed becomes
 * a constant of its own first. A NaN is never folded: it would hide where it came from.
 */
type Fold = [b: GraphBuilder, type: TensorType, compute: boolean];

const never = (): null => null;
const through = (op: { readonly of: ValueId }, b: GraphBuilder): number | null => uniformNumber(b, op.of);

const folds: OpTable<Fold, number | null> = {
  constant: (op) => op.value,
  input: never,
  persistent: never,
  iota: (op, _b, { shape }) => (shape[op.axis] === 1 ? 0 : null),
  random: never,
  apply: (op, b, { dtype }, compute) => {
    const [x, y = 0] = compute ? op.args.map((arg) => uniformNumber(b, arg)) : [];
    if (x === undefined || x === null || y === null) return null;
    const value = evaluateScalar(op.fn, b.typeOf(op.args[0]!).dtype, x, y);
    return isFloat(dtype) || Number.isFinite(value) ? roundTo(dtype, value) : null;
  },
  select: never,
  cast: (op, b, { dtype }, compute) => {
    const number = compute ? uniformNumber(b, op.of) : null;
    return number === null ? null : roundTo(dtype, convert(number, b.typeOf(op.of).dtype, dtype));
  },
  bits: never,
  reshape: through,
  transpose: through,
  broadcast: through,
  slice: through,
  dynamicSlice: through,
  dynamicUpdate: never,
  pad: never,
  concat: never,
  reduce: (op, b, { dtype }, compute) => {
    const number = compute ? uniformNumber(b, op.of) : null;
    if (number === null || op.fn !== "sum") return number;
    const { shape } = b.typeOf(op.of);
    const count = elementCount(op.axes.map((axis) => shape[axis]!));
    return roundTo(dtype, isFloat(dtype) ? number * count : Math.imul(number, count));
  },
  argReduce: never,
  topK: never,
  cumulative: never,
  contract: never,
  gather: through,
  scatter: never,
  stopGradient: through,
  encode: never,
  decode: never,
  allReduce: never,
  allGather: never,
  reduceScatter: never,
  send: never,
  receive: never,
};
