/** A graph that grows: its values so far with what is known of them, and the data that goes into it. */
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId, ValueId } from "../../../src/ir/graph/graph.ts";
import { operandsOf } from "../../../src/ir/graph/operands.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { type Dtype, elementCount, replicated, type TensorType, tensorType } from "../../../src/ir/types.ts";
import { type Bounds, exactly } from "./bounds.ts";
import type { RandomGraph } from "./graphs.ts";

export type Grown = { readonly id: ValueId; readonly type: TensorType; readonly bounds: Bounds };

/** Floats that grow beyond this, or whose error does, are not used any more. */
const largest = 1e5;
const largestError = 0.02;

export class Growing {
  readonly b: GraphBuilder;
  readonly sizes: readonly number[];
  readonly #maxElements: number;
  readonly #tensors: Persistent[] = [];
  readonly #pool: Grown[] = [];
  readonly #inputs: Record<string, Tensor> = {};
  readonly #persistents = new Map<PersistentId, Tensor>();

  constructor(maxElements: number, sizes: readonly number[]) {
    this.#maxElements = maxElements;
    this.sizes = sizes;
    this.b = new GraphBuilder("random", this.#tensors);
  }

  /** Adds a value to the pool. Only for what `fits`. */
  keep(id: ValueId, bounds: Bounds): Grown {
    const grown = { id, type: this.b.typeOf(id), bounds };
    this.#pool.push(grown);
    return grown;
  }

  fits(shape: readonly number[], bounds: Bounds, dtype: Dtype = "f32"): boolean {
    return (
      elementCount(shape) <= this.#maxElements &&
      (dtype !== "f32" || (bounds.max <= largest && bounds.error <= largestError))
    );
  }

  /** A value that qualifies, mostly one of the last, so that graphs grow deep; a fresh input where none does. */
  some(n: number, dtype: Dtype, qualifies: (value: Grown) => boolean = () => true): Grown {
    const found = this.#pool.filter((value) => value.type.dtype === dtype && qualifies(value));
    if (found.length > 0) return found.at(-1 - (n % (n % 4 === 0 ? found.length : Math.min(3, found.length))))!;
    const fresh = this.input(dtype, this.shape(n, 1), n);
    return qualifies(fresh) ? fresh : this.input(dtype, [4, 3], n);
  }

  /** Another value of the same type, fresh if there is none. */
  like(n: number, value: Grown, qualifies: (value: Grown) => boolean = () => true): Grown {
    const { shape, dtype } = value.type;
    const found = this.#pool.filter(
      (other) => other.type.dtype === dtype && String(other.type.shape) === String(shape) && qualifies(other),
    );
    return n % 3 > 0 && found.length > 0 ? found[n % found.length]! : this.input(dtype, shape, n);
  }

  /** A shape of rank `least` to 3. */
  shape(n: number, least: number): readonly number[] {
    const rank = least + (n % (4 - least));
    return Array.from({ length: rank }, (_, axis) => this.sizes[hash(n, axis) % this.sizes.length]!);
  }

  /** An input or a parameter with made-up data: floats are multiples of ¼ in [−2, 2], integers −9 … 9. */
  input(dtype: Dtype, shape: readonly number[], n: number): Grown {
    const type = tensorType(dtype, shape);
    const data = Array.from({ length: elementCount(shape) }, (_, i) => dataOf[dtype](hash(n, i)));
    if (dtype === "f32" && n % 2 === 1) return this.#parameter(type, data);
    return this.given(type, data, boundsOf[dtype]);
  }

  /** An input with exactly this data. */
  given(type: TensorType, data: readonly number[], bounds: Bounds): Grown {
    const name = `in${Object.keys(this.#inputs).length}`;
    this.#inputs[name] = tensor(type.dtype, type.shape, data);
    return this.keep(this.b.input(name, type), bounds);
  }

  #parameter(type: TensorType, data: readonly number[]): Grown {
    const id = this.#tensors.length as PersistentId;
    const origin = { path: `p${id}`, span: { file: "", start: 0, end: 0 } };
    const sharding = replicated(type.shape.length);
    this.#tensors.push({ id, path: `p${id}`, role: "parameter", type, trainable: true, sharding, origin });
    this.#persistents.set(id, tensor(type.dtype, type.shape, data));
    return this.keep(this.b.persistent(id), boundsOf.f32);
  }

  /** What nobody reads is an output, or the new content of a parameter of its type. */
  finish(): RandomGraph {
    if (this.#pool.length === 0) this.input("f32", [2], 1);
    const read = new Set(this.b.finish().values.flatMap(({ op }) => operandsOf(op)));
    const tolerance: Record<string, number> = {};
    const updated = new Set<PersistentId>();
    for (const { id, type, bounds } of this.#pool) {
      if (read.has(id)) continue;
      const target = this.#tensors.find((p) => !updated.has(p.id) && sameType(p.type, type) && id % 2 === 0);
      if (target === undefined) this.b.output(`out${id}`, id);
      else {
        updated.add(target.id);
        this.b.update(target.id, id);
      }
      tolerance[target === undefined ? `out${id}` : `update.${target.id}`] = 4 * bounds.error;
    }
    return {
      graph: this.b.finish(),
      tensors: this.#tensors,
      given: { inputs: this.#inputs, persistents: this.#persistents },
      tolerance,
    };
  }
}

function sameType(left: TensorType, right: TensorType): boolean {
  return left.dtype === right.dtype && String(left.shape) === String(right.shape);
}

const dataOf: Readonly<Record<Dtype, (bits: number) => number>> = {
  f32: (bits) => (bits % 17) / 4 - 2,
  f16: (bits) => (bits % 17) / 4 - 2,
  i32: (bits) => (bits % 19) - 9,
  i8: (bits) => (bits % 19) - 9,
  u32: (bits) => bits % 10,
  bool: (bits) => bits % 2,
};

const boundsOf: Readonly<Record<Dtype, Bounds>> = {
  f32: exactly(2, 2),
  f16: exactly(2, 2),
  i32: exactly(9),
  i8: exactly(9),
  u32: exactly(9),
  bool: exactly(1),
};

/** Mixes two numbers to 31 bits (multiply and shift, after Knuth). */
export function hash(n: number, i: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(i + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f);
  return (h ^ (h >>> 13)) >>> 1;
}
