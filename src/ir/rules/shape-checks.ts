/** What the shape rules demand again and again. Each fails an invariant that says where and with what. */
import { invariant } from "../../support/invariant.ts";
import type { Op, OpOf } from "../graph/graph.ts";
import { type Dtype, type TensorType, tensorType } from "../types.ts";
import { isFloat } from "./dtypes.ts";

/** The declared type of an op that chooses its result. */
export function given(declared: TensorType | undefined, op: Op): TensorType {
  invariant(declared !== undefined, `${op.kind} declares its type`);
  invariant(
    declared.shape.every((size) => Number.isInteger(size) && size >= 0),
    `[${declared.shape}] is no shape`,
  );
  return declared;
}

/** Parts side by side along `axis`; all else is equal. */
export function concatenated(parts: readonly TensorType[], axis: number): TensorType {
  const [first, ...others] = parts;
  invariant(first !== undefined, "concat needs a part");
  axisIn(axis, first.shape, "concat");
  for (const other of others) sameType(withSize(first, axis, 1), withSize(other, axis, 1), "concat");
  return withSize(
    first,
    axis,
    parts.reduce((sum, { shape }) => sum + shape[axis]!, 0),
  );
}

/** The type of `of` with `axis` replaced by the axes of `indices`. */
export function gathered(of: TensorType, indices: TensorType, axis: number, what: string): TensorType {
  invariant(indices.dtype === "i32", `${what}'s indices are i32`);
  axisIn(axis, of.shape, what);
  return tensorType(of.dtype, [...of.shape.slice(0, axis), ...indices.shape, ...of.shape.slice(axis + 1)]);
}

/** `whole` is `part` with `axis` some whole number of times as long. */
export function scaled(part: TensorType, whole: TensorType, axis: number, what: string): TensorType {
  axisIn(axis, part.shape, what);
  sameType(withSize(part, axis, 1), withSize(whole, axis, 1), what);
  invariant(whole.shape[axis]! % part.shape[axis]! === 0, `${what} splits its axis evenly`);
  return whole;
}

export function windowIn(
  window: readonly number[],
  whole: readonly number[],
  starts: readonly TensorType[],
  what: string,
) {
  sameRank(window, whole, what);
  invariant(starts.length === whole.length, `${what} has a start for each axis`);
  for (const start of starts) scalar(start, "i32", `${what}'s start`);
  invariant(
    window.every((size, axis) => size <= whole[axis]!),
    () => `${what}: [${window}] does not fit in [${whole}]`,
  );
}

export function scalar(type: TensorType, dtype: Dtype, what: string): void {
  sameType(type, tensorType(dtype, []), what);
}

export function sameType(left: TensorType, right: TensorType, what: string): void {
  invariant(left.dtype === right.dtype, () => `${what}: ${show(left)} and ${show(right)}`);
  sameShape(left.shape, right.shape, what);
}

export function sameShape(left: readonly number[], right: readonly number[], what: string): void {
  invariant(
    left.length === right.length && left.every((size, axis) => size === right[axis]),
    () => `${what}: shapes [${left}] and [${right}]`,
  );
}

export function sameRank(list: readonly number[], shape: readonly number[], what: string): void {
  invariant(list.length === shape.length, () => `${what}: ${list.length} entries for [${shape}]`);
}

export function axisIn(axis: number, shape: readonly number[], what: string): void {
  invariant(Number.isInteger(axis) && axis >= 0 && axis < shape.length, `${what}: axis ${axis} of [${shape}]`);
}

export function increasing(axes: readonly number[], what: string): void {
  invariant(
    axes.every((axis, i) => i === 0 || axis > axes[i - 1]!),
    `${what}: axes [${axes}] do not increase`,
  );
}

function withSize(type: TensorType, axis: number, size: number): TensorType {
  return { ...type, shape: type.shape.with(axis, size) };
}

export function show(type: TensorType): string {
  return `${type.dtype}[${type.shape}]`;
}

/** The result of an einsum; each label has one size, and is kept or occurs in both operands. */
export function contracted(op: OpOf<"contract">, left: TensorType, right: TensorType): TensorType {
  invariant(isFloat(left.dtype) && left.dtype === right.dtype, "contract takes two tensors of one float dtype");
  const sizes = new Map<number, number>();
  for (const [labels, type] of [[op.leftLabels, left] as const, [op.rightLabels, right] as const]) {
    invariant(labels.length === type.shape.length, "contract labels every axis");
    invariant(new Set(labels).size === labels.length, "a label occurs at most once an operand");
    labels.forEach((label, axis) => {
      const size = type.shape[axis]!;
      invariant(
        (sizes.get(label) ?? size) === size,
        () => `contract ${show(left)} with ${show(right)}: label ${label} has two sizes`,
      );
      sizes.set(label, size);
    });
  }
  invariant(new Set(op.outLabels).size === op.outLabels.length, "a label occurs at most once in the result");
  for (const label of sizes.keys()) {
    const summed = !op.outLabels.includes(label);
    invariant(
      !summed || (op.leftLabels.includes(label) && op.rightLabels.includes(label)),
      `summed label ${label} does not occur in both operands`,
    );
  }
  return tensorType(
    left.dtype,
    op.outLabels.map((label) => {
      const size = sizes.get(label);
      invariant(size !== undefined, `label ${label} of the result occurs in no operand`);
      return size;
    }),
  );
}
