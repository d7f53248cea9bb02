/** One op on tensors: a row an op, as its comment in the Graph form defines it. See evaluate.ts for what numbers are. */
import { InvariantError, invariant } from "../../support/invariant.ts";
import type { Op, PersistentId, ReduceFunction, ValueId } from "../graph/graph.ts";
import { normalOf, randomBits, randomKey, uniformOf } from "../random.ts";
import { type Dtype, elementCount, type TensorType } from "../types.ts";
import { convert, identityOf, reinterpret } from "./convert.ts";
import { roundTrip } from "./encoding.ts";
import { evaluateScalar } from "./scalar-functions.ts";
import { type OpTable, rowOf } from "./table.ts";
import { dot, fill, forEachIndex, reader, stepsOf, stridesOf, type Tensor, tensor } from "./tensor.ts";

export type Given = {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly persistents: ReadonlyMap<PersistentId, Tensor>;
};

/** `type` is the result's. */
export function evaluateOp(op: Op, type: TensorType, tensorOf: (id: ValueId) => Tensor, given: Given): Tensor {
  return rowOf(rules, op.kind)(op, { type, tensorOf, given });
}

type Context = {
  readonly type: TensorType;
  readonly tensorOf: (id: ValueId) => Tensor;
  readonly given: Given;
};

const rules: OpTable<[context: Context], Tensor> = {
  constant: (op, { type }) => fill(type, () => op.value),
  input: (op, { type, given }) => provided(given.inputs[op.name], type, op.name),
  persistent: (op, { type, given }) => provided(given.persistents.get(op.id), type, `persistent ${op.id}`),
  iota: (op, { type }) => fill(type, (index) => index[op.axis]!),
  random: (op, { type, tensorOf }) => {
    const draw = op.distribution === "uniform" ? uniformOf : normalOf;
    const seed = tensorOf(op.seed).data[0]!;
    const step = tensorOf(op.step).data[0]!;
    const first = op.sample === null ? 0 : tensorOf(op.sample).data[0]!;
    const row = op.sample === null ? elementCount(type.shape) : elementCount(type.shape.slice(1));
    return fill(type, (_, position) => {
      const sample = first + Math.floor(position / row);
      return draw(randomBits(randomKey(seed, op.stream, step, sample), position % row));
    });
  },
  apply: (op, { type, tensorOf }) => {
    const x = tensorOf(op.args[0]!);
    const y = op.args[1] === undefined ? undefined : tensorOf(op.args[1]);
    return fill(type, (_, i) => evaluateScalar(op.fn, x.dtype, x.data[i]!, y?.data[i] ?? 0));
  },
  select: (op, { type, tensorOf }) => {
    const condition = tensorOf(op.condition);
    const taken = tensorOf(op.then);
    const otherwise = tensorOf(op.else);
    return fill(type, (_, i) => (condition.data[i] === 1 ? taken.data[i]! : otherwise.data[i]!));
  },
  cast: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    return fill(type, (_, i) => convert(of.data[i]!, of.dtype, type.dtype));
  },
  bits: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    return fill(type, (_, i) => reinterpret(of.data[i]!, of.dtype, type.dtype));
  },
  reshape: (op, { type, tensorOf }) => ({ ...tensorOf(op.of), shape: type.shape }),
  transpose: (op, { type, tensorOf }) => {
    const read = reader(tensorOf(op.of));
    return fill(type, (index) => {
      const from: number[] = [];
      op.permutation.forEach((axis, i) => {
        from[axis] = index[i]!;
      });
      return read(from);
    });
  },
  broadcast: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const read = reader(of);
    return fill(type, (index) => read(op.axes.map((axis, i) => (of.shape[i] === 1 ? 0 : index[axis]!))));
  },
  slice: (op, { type, tensorOf }) => {
    const read = reader(tensorOf(op.of));
    return fill(type, (index) => read(index.map((i, axis) => op.starts[axis]! + i * op.strides[axis]!)));
  },
  dynamicSlice: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const starts = clampedStarts(op.starts.map(tensorOf), of.shape, type.shape);
    const read = reader(of);
    return fill(type, (index) => read(index.map((i, axis) => starts[axis]! + i)));
  },
  dynamicUpdate: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const window = tensorOf(op.with);
    const starts = clampedStarts(op.starts.map(tensorOf), of.shape, window.shape);
    const read = reader(window);
    return fill(type, (index, position) => {
      const within = index.map((i, axis) => i - starts[axis]!);
      const inside = within.every((i, axis) => i >= 0 && i < window.shape[axis]!);
      return inside ? read(within) : of.data[position]!;
    });
  },
  pad: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const read = reader(of);
    return fill(type, (index) => {
      const from = index.map((i, axis) => i - op.low[axis]!);
      const inside = from.every((i, axis) => i >= 0 && i < of.shape[axis]!);
      return inside ? read(from) : op.value;
    });
  },
  concat: (op, { type, tensorOf }) => {
    const parts = op.parts.map(tensorOf).map((part) => ({ size: part.shape[op.axis]!, read: reader(part) }));
    return fill(type, (index) => {
      let along = index[op.axis]!;
      for (const part of parts) {
        if (along < part.size) return part.read(index.with(op.axis, along));
        along -= part.size;
      }
      throw new InvariantError("concat: no part holds the index");
    });
  },
  reduce: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const combine = combineOf(op.fn, of.dtype);
    const strides = stridesOf(type.shape);
    const kept = of.shape.map((_, axis) => axis).filter((axis) => !op.axes.includes(axis));
    const result = fill(type, () => identityOf(op.fn, of.dtype));
    forEachIndex(of.shape, (index, position) => {
      let to = 0;
      for (let i = 0; i < kept.length; i++) to += index[kept[i]!]! * strides[i]!;
      result.data[to] = combine(result.data[to]!, of.data[position]!);
    });
    return result;
  },
  argReduce: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const read = reader(of);
    const sign = op.fn === "max" ? 1 : -1;
    return fill(type, (index) => {
      let best = 0;
      for (let i = 1; i < of.shape[op.axis]!; i++) {
        const candidate = read(index.toSpliced(op.axis, 0, i));
        if (sign * candidate > sign * read(index.toSpliced(op.axis, 0, best))) best = i;
      }
      return best;
    });
  },
  topK: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const size = of.shape.at(-1)!;
    const data: number[] = [];
    for (let row = 0; row < of.data.length; row += size) {
      const numbers = [...of.data.subarray(row, row + size)];
      const order = numbers.map((_, i) => i).sort((i, j) => numbers[j]! - numbers[i]! || i - j);
      data.push(...order.slice(0, op.k).map((i) => (op.yields === "values" ? numbers[i]! : i)));
    }
    return tensor(type.dtype, type.shape, data);
  },
  cumulative: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const combine = combineOf(op.fn, of.dtype);
    const stride = stridesOf(type.shape)[op.axis]!;
    const result = fill(type, (_, position) => of.data[position]!);
    forEachIndex(type.shape, (index, position) => {
      if (index[op.axis]! > 0) {
        result.data[position] = combine(result.data[position - stride]!, of.data[position]!);
      }
    });
    return result;
  },
  contract: (op, { type, tensorOf }) => {
    const left = tensorOf(op.left);
    const right = tensorOf(op.right);
    const summed = op.leftLabels.filter((label) => !op.outLabels.includes(label));
    // Every label is an axis of one big nest: first those of the result, then the summed ones.
    const labels = [...op.outLabels, ...summed];
    const leftSteps = stepsOf(labels, op.leftLabels, left.shape);
    const rightSteps = stepsOf(labels, op.rightLabels, right.shape);
    const summedShape = summed.map((label) => left.shape[op.leftLabels.indexOf(label)]!);
    const terms: [number, number][] = [];
    forEachIndex(summedShape, (index) => {
      terms.push([dot(index, leftSteps.slice(type.shape.length)), dot(index, rightSteps.slice(type.shape.length))]);
    });
    return fill(type, (index) => {
      const l = dot(index, leftSteps);
      const r = dot(index, rightSteps);
      let sum = 0;
      for (const [i, j] of terms) sum += left.data[l + i]! * right.data[r + j]!;
      return sum;
    });
  },
  gather: (op, { type, tensorOf }) => {
    const of = tensorOf(op.of);
    const read = reader(of);
    const indices = tensorOf(op.indices);
    const readIndex = reader(indices);
    const rank = indices.shape.length;
    return fill(type, (index) => {
      const row = inRange(readIndex(index.slice(op.axis, op.axis + rank)), of.shape[op.axis]!);
      return read(index.toSpliced(op.axis, rank, row));
    });
  },
  scatter: (op, { type, tensorOf }) => {
    const into = tensorOf(op.into);
    const indices = tensorOf(op.indices);
    const readIndex = reader(indices);
    const updates = tensorOf(op.updates);
    const rank = indices.shape.length;
    const strides = stridesOf(type.shape);
    const result = fill(type, (_, position) => into.data[position]!);
    forEachIndex(updates.shape, (index, position) => {
      const row = inRange(readIndex(index.slice(op.axis, op.axis + rank)), type.shape[op.axis]!);
      const to = dot(index.toSpliced(op.axis, rank, row), strides);
      result.data[to] = op.mode === "set" ? updates.data[position]! : result.data[to]! + updates.data[position]!;
    });
    return result;
  },
  stopGradient: (op, { tensorOf }) => tensorOf(op.of),
  encode: (op, { type, tensorOf }) => roundTrip(tensorOf(op.of), type.encoding),
  decode: (op, { tensorOf }) => tensorOf(op.of),
  allReduce: (op, { tensorOf }) => tensorOf(op.of),
  allGather: (op, { tensorOf }) => tensorOf(op.of),
  reduceScatter: (op, { tensorOf }) => tensorOf(op.of),
  send: (op, { tensorOf }) => tensorOf(op.of),
  receive: () => {
    throw new InvariantError("the evaluator is one device: nobody sends to it");
  },
};

function provided(found: Tensor | undefined, type: TensorType, what: string): Tensor {
  invariant(found !== undefined, `${what} is not given`);
  invariant(
    found.dtype === type.dtype && String(found.shape) === String(type.shape),
    `${what}: given ${found.dtype}[${found.shape}], not ${type.dtype}[${type.shape}]`,
  );
  return found;
}

function clampedStarts(starts: readonly Tensor[], whole: readonly number[], window: readonly number[]) {
  return starts.map((start, axis) => Math.min(Math.max(start.data[0]!, 0), whole[axis]! - window[axis]!));
}

function combineOf(fn: ReduceFunction, dtype: Dtype): (x: number, y: number) => number {
  const scalar = ({ sum: "add", max: "max", min: "min" } as const)[fn];
  return (x, y) => evaluateScalar(scalar, dtype, x, y);
}

function inRange(index: number, size: number): number {
  invariant(index >= 0 && index < size, `index ${index} of an axis of ${size}`);
  return index;
}
