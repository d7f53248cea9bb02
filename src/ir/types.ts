/** Tensor types: what a value is, how it is stored and where. Shapes are numbers here; symbols end in phase 3. */

export type Dtype = "f32" | "f16" | "i32" | "u32" | "bool" | "i8";

/** How elements lie in memory. Everything but `dense` is decoded in a kernel's prologue. */
export type Encoding =
  | { readonly kind: "dense" }
  | {
      readonly kind: "blocks";
      readonly bits: 4 | 8;
      readonly block: number;
      readonly code: "linear" | "nf4";
      readonly scale: Dtype;
      readonly zero?: Dtype;
    }
  | { readonly kind: "sparse24"; readonly values: Encoding };

export type TensorType = {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly encoding: Encoding;
};

const dense: Encoding = { kind: "dense" };

export function tensorType(dtype: Dtype, shape: readonly number[]): TensorType {
  return { shape, dtype, encoding: dense };
}

/** Bytes of one stored element. `bool` is stored as a 32-bit word: host-shareable memory has no smaller one. */
export const bytesPerElement: Readonly<Record<Dtype, number>> = { f32: 4, f16: 2, i32: 4, u32: 4, bool: 4, i8: 1 };

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of a tensor whose elements are stored one by one. */
export function denseBytes({ shape, dtype }: TensorType): number {
  return elementCount(shape) * bytesPerElement[dtype];
}

/** The axes of a mesh of devices: data, tensor, pipeline. */
export type MeshAxis = "dp" | "tp" | "pp";
export type Mesh = Readonly<Record<MeshAxis, number>>;
export const singleDevice: Mesh = { dp: 1, tp: 1, pp: 1 };

/** For each tensor axis the mesh axis that splits it; `partial`: every device holds a term that is not yet reduced. */
export type Sharding = { readonly axes: readonly (MeshAxis | null)[]; readonly partial?: "sum" | "max" };

export function replicated(rank: number): Sharding {
  return { axes: Array.from({ length: rank }, () => null) };
}
