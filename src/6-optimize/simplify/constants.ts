/** Values whose elements are one number of the program text. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { Op, Value, ValueId } from "../../ir/graph/graph.ts";
import { stretch } from "../../ir/graph/shorthand.ts";
import { convert } from "../../ir/rules/convert.ts";
import { isFloat, roundTo } from "../../ir/rules/dtypes.ts";
import { evaluateScalar } from "../../ir/rules/scalar-functions.ts";
import { type Dtype, elementCount } from "../../ir/types.ts";

/** The number that every element of `id` is, or null. Layout ops keep it, so they are looked through. */
export function uniformNumber(b: GraphBuilder, id: ValueId): number | null {
  const { op } = b.valueOf(id);
  switch (op.kind) {
    case "constant":
      return op.value;
    case "reshape":
    case "transpose":
    case "broadcast":
    case "slice":
    case "stopGradient":
      return uniformNumber(b, op.of);
    default:
      return null;
  }
}

/** A value that is computed from such numbers, as a constant repeated to its shape. */
export function uniformConstant(b: GraphBuilder, { op, type }: Value): ValueId | null {
  const plain = op.kind === "constant" || (op.kind === "broadcast" && b.valueOf(op.of).op.kind === "constant");
  if (plain) return null;
  const number = computed(b, op, type.dtype, type.shape);
  if (number === null || !isRepresentable(type.dtype, number)) return null;
  return stretch(b, b.constant(number, type.dtype), type.shape);
}

function computed(b: GraphBuilder, op: Op, dtype: Dtype, shape: readonly number[]): number | null {
  switch (op.kind) {
    case "reshape":
    case "transpose":
    case "broadcast":
    case "slice":
    case "stopGradient":
      return uniformNumber(b, op.of);
    case "iota":
      return shape[op.axis] === 1 ? 0 : null;
    case "apply": {
      const [x, y = 0] = op.args.map((arg) => uniformNumber(b, arg));
      if (x === undefined || x === null || y === null) return null;
      const from = b.typeOf(op.args[0]!).dtype;
      const value = evaluateScalar(op.fn, from, x, y);
      return isFloat(dtype) || Number.isFinite(value) ? roundTo(dtype, value) : null;
    }
    case "cast": {
      const number = uniformNumber(b, op.of);
      return number === null ? null : roundTo(dtype, convert(number, b.typeOf(op.of).dtype, dtype));
    }
    case "reduce": {
      const number = uniformNumber(b, op.of);
      if (number === null || op.fn !== "sum") return number;
      const from = b.typeOf(op.of).shape;
      const count = elementCount(op.axes.map((axis) => from[axis]!));
      return roundTo(dtype, isFloat(dtype) ? number * count : Math.imul(number, count));
    }
    default:
      return null;
  }
}

/** A folded NaN or infinity would hide where it came from: only an infinity that was written stays one. */
function isRepresentable(dtype: Dtype, value: number): boolean {
  return !Number.isNaN(value) && dtype !== "i8";
}
