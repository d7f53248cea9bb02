/**
 * Builds a Graph, value by value. Each method makes exactly one value (nothing is folded) and returns its id;
 * its type comes from the shape rules, which fail an invariant where operands do not fit.
 */
import { invariant } from "../../support/invariant.ts";
import { roundTo } from "../rules/dtypes.ts";
import { resultType } from "../rules/shape.ts";
import { shardingOf } from "../rules/sharding.ts";
import { type Dtype, type Encoding, type MeshAxis, type TensorType, tensorType } from "../types.ts";
import type {
  Graph,
  GraphInput,
  GraphOutput,
  GraphUpdate,
  Op,
  OpOf,
  Origin,
  Persistent,
  PersistentId,
  ReduceFunction,
  Value,
  ValueId,
  Variation,
} from "./graph.ts";
import { operandsOf } from "./operands.ts";
import type { ScalarFunction } from "./scalar-function.ts";
import { variationOfInput, variationOfRole, widest } from "./variation.ts";

export class GraphBuilder {
  readonly name: string;
  readonly tensors: readonly Persistent[];
  readonly #values: Value[] = [];
  readonly #inputs: GraphInput[] = [];
  readonly #outputs: GraphOutput[] = [];
  readonly #updates: GraphUpdate[] = [];
  #origin: Origin;

  constructor(name: string, tensors: readonly Persistent[]) {
    this.name = name;
    this.tensors = tensors;
    this.#origin = { path: name, span: { file: "", start: 0, end: 0 } };
  }

  /** Rank 0; a float is rounded to its dtype, so that what is printed, folded and computed is one number. */
  constant(value: number, dtype: Dtype): ValueId {
    const exact = dtype === "f32" || dtype === "f16" ? roundTo(dtype, value) : value;
    return this.add({ kind: "constant", value: exact }, tensorType(dtype, []));
  }

  /** What the host uploads. Asking for a name again gives the same value. */
  input(name: string, type: TensorType, variesBy: Variation = variationOfInput(name)): ValueId {
    const known = this.#inputs.find((input) => input.name === name);
    if (known === undefined) {
      const value = this.add({ kind: "input", name }, type, variesBy);
      this.#inputs.push({ name, value, type });
      return value;
    }
    const same = known.type.dtype === type.dtype && String(known.type.shape) === String(type.shape);
    invariant(same, `input ${name} has two types`);
    return known.value;
  }

  persistent(id: PersistentId): ValueId {
    const tensor = this.tensors[id];
    invariant(tensor !== undefined, `no persistent tensor ${id}`);
    return this.add({ kind: "persistent", id }, tensor.type, variationOfRole[tensor.role]);
  }

  /** i32 of `shape`: the index along `axis`. */
  iota(shape: readonly number[], axis: number): ValueId {
    return this.add({ kind: "iota", axis }, tensorType("i32", shape));
  }

  /** See ir/random.ts for the numbers. */
  random(
    distribution: OpOf<"random">["distribution"],
    type: TensorType,
    stream: number,
    seed: ValueId,
    step: ValueId,
    sample: ValueId | null,
  ): ValueId {
    return this.add({ kind: "random", distribution, stream, seed, step, sample }, type);
  }

  apply(fn: ScalarFunction, ...args: readonly ValueId[]): ValueId {
    return this.add({ kind: "apply", fn, args });
  }

  select(condition: ValueId, taken: ValueId, otherwise: ValueId): ValueId {
    return this.add({ kind: "select", condition, then: taken, else: otherwise });
  }

  cast(of: ValueId, dtype: Dtype): ValueId {
    return this.add({ kind: "cast", of }, tensorType(dtype, this.typeOf(of).shape));
  }

  bits(of: ValueId, dtype: Dtype): ValueId {
    return this.add({ kind: "bits", of }, tensorType(dtype, this.typeOf(of).shape));
  }

  reshape(of: ValueId, shape: readonly number[]): ValueId {
    return this.add({ kind: "reshape", of }, tensorType(this.typeOf(of).dtype, shape));
  }

  transpose(of: ValueId, permutation: readonly number[]): ValueId {
    return this.add({ kind: "transpose", of, permutation });
  }

  broadcast(of: ValueId, shape: readonly number[], axes: readonly number[]): ValueId {
    return this.add({ kind: "broadcast", of, axes }, tensorType(this.typeOf(of).dtype, shape));
  }

  /** `sizes` is the result's shape; strides default to 1. */
  slice(
    of: ValueId,
    starts: readonly number[],
    sizes: readonly number[],
    strides: readonly number[] = starts.map(() => 1),
  ): ValueId {
    return this.add({ kind: "slice", of, starts, strides }, tensorType(this.typeOf(of).dtype, sizes));
  }

  dynamicSlice(of: ValueId, starts: readonly ValueId[], sizes: readonly number[]): ValueId {
    return this.add({ kind: "dynamicSlice", of, starts }, tensorType(this.typeOf(of).dtype, sizes));
  }

  dynamicUpdate(of: ValueId, update: ValueId, starts: readonly ValueId[]): ValueId {
    return this.add({ kind: "dynamicUpdate", of, with: update, starts });
  }

  pad(of: ValueId, low: readonly number[], high: readonly number[], value: number): ValueId {
    return this.add({ kind: "pad", of, low, high, value });
  }

  concat(parts: readonly ValueId[], axis: number): ValueId {
    return this.add({ kind: "concat", parts, axis });
  }

  reduce(fn: ReduceFunction, of: ValueId, axes: readonly number[]): ValueId {
    return this.add({ kind: "reduce", fn, of, axes });
  }

  argReduce(fn: "max" | "min", of: ValueId, axis: number): ValueId {
    return this.add({ kind: "argReduce", fn, of, axis });
  }

  topK(of: ValueId, k: number, yields: "values" | "indices"): ValueId {
    return this.add({ kind: "topK", of, k, yields });
  }

  cumulative(fn: ReduceFunction, of: ValueId, axis: number): ValueId {
    return this.add({ kind: "cumulative", fn, of, axis });
  }

  contract(
    left: ValueId,
    right: ValueId,
    leftLabels: readonly number[],
    rightLabels: readonly number[],
    outLabels: readonly number[],
  ): ValueId {
    return this.add({ kind: "contract", left, right, leftLabels, rightLabels, outLabels });
  }

  gather(of: ValueId, indices: ValueId, axis: number): ValueId {
    return this.add({ kind: "gather", of, indices, axis });
  }

  scatter(mode: "set" | "add", into: ValueId, indices: ValueId, updates: ValueId, axis: number): ValueId {
    return this.add({ kind: "scatter", mode, into, indices, updates, axis });
  }

  stopGradient(of: ValueId): ValueId {
    return this.add({ kind: "stopGradient", of });
  }

  encode(of: ValueId, encoding: Encoding): ValueId {
    return this.add({ kind: "encode", of }, { ...this.typeOf(of), encoding });
  }

  decode(of: ValueId): ValueId {
    return this.add({ kind: "decode", of });
  }

  allReduce(fn: ReduceFunction, of: ValueId, over: MeshAxis): ValueId {
    return this.add({ kind: "allReduce", fn, of, over });
  }

  allGather(of: ValueId, axis: number, over: MeshAxis, type: TensorType): ValueId {
    return this.add({ kind: "allGather", of, axis, over }, type);
  }

  reduceScatter(of: ValueId, axis: number, over: MeshAxis, type: TensorType): ValueId {
    return this.add({ kind: "reduceScatter", of, axis, over }, type);
  }

  send(of: ValueId, to: number, over: MeshAxis): ValueId {
    return this.add({ kind: "send", of, to, over });
  }

  receive(from: number, over: MeshAxis, type: TensorType): ValueId {
    return this.add({ kind: "receive", from, over }, type);
  }

  output(name: string, value: ValueId): void {
    invariant(!this.#outputs.some((output) => output.name === name), `two outputs ${name}`);
    this.#outputs.push({ name, value });
  }

  /** The tensor's content after the program. */
  update(target: PersistentId, value: ValueId): void {
    invariant(!this.#updates.some((update) => update.target === target), `two updates of tensor ${target}`);
    this.#updates.push({ target, value });
  }

  /** Where what is made now comes from. */
  get origin(): Origin {
    return this.#origin;
  }

  /** What `build` makes comes from `origin`. */
  at<T>(origin: Origin, build: () => T): T {
    const outer = this.#origin;
    this.#origin = origin;
    try {
      return build();
    } finally {
      this.#origin = outer;
    }
  }

  typeOf(value: ValueId): TensorType {
    return this.valueOf(value).type;
  }

  valueOf(value: ValueId): Value {
    const found = this.#values[value];
    invariant(found !== undefined, `no value ${value} in ${this.name}`);
    return found;
  }

  /** Any op: for passes that copy. `declared` is the result type of ops that choose theirs; else it is derived. */
  add(op: Op, declared?: TensorType, variesBy?: Variation): ValueId {
    const type = resultType(op, (value) => this.typeOf(value), declared);
    const operands = operandsOf(op).map((operand) => this.valueOf(operand));
    const id = this.#values.length as ValueId;
    this.#values.push({
      id,
      op,
      type,
      sharding: shardingOf(
        op,
        type,
        operands.map((operand) => operand.sharding),
      ),
      origin: this.#origin,
      variesBy: variesBy ?? widest(operands.map((operand) => operand.variesBy)),
    });
    return id;
  }

  finish(): Graph {
    return {
      name: this.name,
      inputs: [...this.#inputs],
      values: [...this.#values],
      outputs: [...this.#outputs],
      updates: [...this.#updates],
    };
  }
}
