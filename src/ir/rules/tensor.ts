/** Tensors on the host, for the evaluator: row-major, floats as float64, integers exact. */
import { invariant } from "../../support/invariant.ts";
import { type Dtype, elementCount, type TensorType } from "../types.ts";

export type TensorData = Float64Array | Int32Array | Uint32Array;
export type Tensor = { readonly dtype: Dtype; readonly shape: readonly number[]; readonly data: TensorData };

/** From numbers in row-major order; integers wrap. */
export function tensor(dtype: Dtype, shape: readonly number[], data: ArrayLike<number>): Tensor {
  invariant(data.length === elementCount(shape), `${data.length} numbers for [${shape}]`);
  const own = allocate(dtype, data.length);
  own.set(data);
  return { dtype, shape, data: own };
}

/** `element` is called for each index in row-major order; it must not keep the array it is given. */
export function fill(type: TensorType, element: (index: readonly number[], position: number) => number): Tensor {
  const { dtype, shape } = type;
  const data = allocate(dtype, elementCount(shape));
  forEachIndex(shape, (index, position) => {
    data[position] = element(index, position);
  });
  return { dtype, shape, data };
}

/** Visits the indices of `shape` in row-major order. The array is reused. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], position: number) => void,
): void {
  const count = elementCount(shape);
  const index = shape.map(() => 0);
  for (let position = 0; position < count; position++) {
    visit(index, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Reads a tensor by index. */
export function reader(from: Tensor): (index: readonly number[]) => number {
  const steps = stridesOf(from.shape);
  return (index) => {
    let position = 0;
    for (let axis = 0; axis < steps.length; axis++) position += index[axis]! * steps[axis]!;
    return from.data[position]!;
  };
}

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** How far one step along each label moves in an operand; 0 where the operand lacks it. */
export function stepsOf(
  labels: readonly number[],
  own: readonly number[],
  shape: readonly number[],
): readonly number[] {
  const strides = stridesOf(shape);
  return labels.map((label) => (own.includes(label) ? strides[own.indexOf(label)]! : 0));
}

/** How far an index lies from the first element. */
export function dot(index: readonly number[], steps: readonly number[]): number {
  let sum = 0;
  for (let axis = 0; axis < index.length; axis++) sum += index[axis]! * steps[axis]!;
  return sum;
}

function allocate(dtype: Dtype, count: number): TensorData {
  return storage[dtype](count);
}

const storage: Readonly<Record<Dtype, (count: number) => TensorData>> = {
  f32: (count) => new Float64Array(count),
  f16: (count) => new Float64Array(count),
  i32: (count) => new Int32Array(count),
  i8: (count) => new Int32Array(count),
  u32: (count) => new Uint32Array(count),
  bool: (count) => new Uint32Array(count),
};
