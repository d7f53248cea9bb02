/**
 * The type of each op's result, and what it demands of its operands. One row an op.
 *
 * A row returns the only type its value may have. Ops whose result is a choice (a reshape's shape, a cast's dtype)
 * check the `declared` type and return it. What is wrong fails an invariant: the user's shapes were checked in phase 2.
 */
import { invariant } from "../../support/invariant.ts";
import type { Op, ValueId } from "../graph/graph.ts";
import { operandsOf } from "../graph/operands.ts";
import { bytesPerElement, type Dtype, elementCount, type TensorType, tensorType } from "../types.ts";
import { dtypeRules } from "./dtypes.ts";
import {
  axisIn,
  concatenated,
  contracted,
  gathered,
  given,
  increasing,
  sameRank,
  sameShape,
  sameType,
  scalar,
  scaled,
  show,
  windowIn,
} from "./shape-checks.ts";
import { type OpTable, rowOf } from "./table.ts";

/** The type of `op`'s result; `declared` is needed by the ops whose result is a choice. */
export function resultType(op: Op, typeOf: (value: ValueId) => TensorType, declared?: TensorType): TensorType {
  if (op.kind !== "decode" && op.kind !== "encode") {
    for (const id of operandsOf(op)) {
      invariant(typeOf(id).encoding.kind === "dense", `${op.kind} reads an encoded tensor`);
    }
  }
  return rowOf(rules, op.kind)(op, { typeOf, declared });
}

type Context = { readonly typeOf: (value: ValueId) => TensorType; readonly declared: TensorType | undefined };

const numeric: readonly Dtype[] = ["f32", "f16", "i32", "u32"];
const floats: readonly Dtype[] = ["f32", "f16"];

const rules: OpTable<[context: Context], TensorType> = {
  constant: (op, { declared }) => {
    const type = given(declared, op);
    invariant(type.shape.length === 0, "a constant has rank 0");
    invariant(!Number.isNaN(op.value), "a constant is a number");
    if (type.dtype === "bool") invariant(op.value === 0 || op.value === 1, "a bool constant is 0 or 1");
    if (type.dtype === "i32") invariant(op.value === (op.value | 0), `${op.value} is no i32`);
    if (type.dtype === "u32") invariant(op.value === op.value >>> 0, `${op.value} is no u32`);
    return type;
  },
  input: (op, { declared }) => given(declared, op),
  persistent: (op, { declared }) => given(declared, op),
  iota: (op, { declared }) => {
    const type = given(declared, op);
    invariant(type.dtype === "i32", "iota is i32");
    axisIn(op.axis, type.shape, "iota");
    return type;
  },
  random: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    invariant(floats.includes(type.dtype), "random numbers are floats");
    scalar(typeOf(op.seed), "u32", "seed");
    scalar(typeOf(op.step), "i32", "step");
    if (op.sample !== null) {
      scalar(typeOf(op.sample), "i32", "sample");
      invariant(type.shape.length > 0, "random numbers a sample need an axis of samples");
    }
    invariant(op.stream === op.stream >>> 0, "a stream is 32 bits");
    return type;
  },
  apply: (op, { typeOf }) => {
    const rule = dtypeRules[op.fn];
    const [first, ...others] = op.args.map(typeOf);
    invariant(first !== undefined && op.args.length === rule.arity, `${op.fn} takes ${rule.arity} arguments`);
    for (const other of others) sameType(first, other, op.fn);
    invariant(rule.accepts.includes(first.dtype), `${op.fn} does not take ${first.dtype}`);
    return rule.result === "bool" ? tensorType("bool", first.shape) : first;
  },
  select: (op, { typeOf }) => {
    const result = typeOf(op.then);
    sameType(typeOf(op.condition), tensorType("bool", result.shape), "select's condition");
    sameType(result, typeOf(op.else), "select");
    return result;
  },
  cast: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    sameShape(type.shape, typeOf(op.of).shape, "cast");
    return type;
  },
  bits: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const from = typeOf(op.of);
    sameShape(type.shape, from.shape, "bits");
    invariant(bytesPerElement[type.dtype] === bytesPerElement[from.dtype], "bits keeps the width");
    invariant(type.dtype !== "bool" && from.dtype !== "bool", "a bool has no bits of its own");
    return type;
  },
  reshape: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const from = typeOf(op.of);
    invariant(type.dtype === from.dtype, "reshape keeps the dtype");
    invariant(
      elementCount(type.shape) === elementCount(from.shape),
      () => `reshape of ${show(from)} to ${show(type)} changes the number of elements`,
    );
    return type;
  },
  transpose: (op, { typeOf }) => {
    const { shape, dtype } = typeOf(op.of);
    const seen = new Set(op.permutation);
    invariant(
      op.permutation.length === shape.length && seen.size === shape.length && shape.every((_, axis) => seen.has(axis)),
      () => `[${op.permutation}] is no permutation of the axes of [${shape}]`,
    );
    return tensorType(
      dtype,
      op.permutation.map((axis) => shape[axis]!),
    );
  },
  broadcast: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const from = typeOf(op.of);
    invariant(type.dtype === from.dtype, "broadcast keeps the dtype");
    invariant(op.axes.length === from.shape.length, "broadcast names a result axis for each operand axis");
    increasing(op.axes, "broadcast");
    op.axes.forEach((axis, i) => {
      axisIn(axis, type.shape, "broadcast");
      invariant(
        from.shape[i] === 1 || from.shape[i] === type.shape[axis],
        () => `broadcast of ${show(from)} to ${show(type)} at [${op.axes}]`,
      );
    });
    return type;
  },
  slice: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const { shape, dtype } = typeOf(op.of);
    invariant(type.dtype === dtype, "slice keeps the dtype");
    for (const list of [type.shape, op.starts, op.strides]) sameRank(list, shape, "slice");
    type.shape.forEach((size, axis) => {
      const start = op.starts[axis]!;
      const stride = op.strides[axis]!;
      const last = start + (size - 1) * stride;
      invariant(
        start >= 0 && stride >= 1 && (size === 0 || last < shape[axis]!),
        () => `slice [${op.starts}] + [${type.shape}] by [${op.strides}] leaves [${shape}]`,
      );
    });
    return type;
  },
  dynamicSlice: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const from = typeOf(op.of);
    invariant(type.dtype === from.dtype, "dynamicSlice keeps the dtype");
    windowIn(type.shape, from.shape, op.starts.map(typeOf), "dynamicSlice");
    return type;
  },
  dynamicUpdate: (op, { typeOf }) => {
    const into = typeOf(op.of);
    const window = typeOf(op.with);
    invariant(into.dtype === window.dtype, "dynamicUpdate keeps the dtype");
    windowIn(window.shape, into.shape, op.starts.map(typeOf), "dynamicUpdate");
    return into;
  },
  pad: (op, { typeOf }) => {
    const { shape, dtype } = typeOf(op.of);
    sameRank(op.low, shape, "pad");
    sameRank(op.high, shape, "pad");
    invariant(
      [...op.low, ...op.high].every((n) => Number.isInteger(n) && n >= 0),
      "pad adds, it does not remove",
    );
    return tensorType(
      dtype,
      shape.map((size, axis) => op.low[axis]! + size + op.high[axis]!),
    );
  },
  concat: (op, { typeOf }) => concatenated(op.parts.map(typeOf), op.axis),
  reduce: (op, { typeOf }) => {
    const { shape, dtype } = typeOf(op.of);
    invariant(numeric.includes(dtype), `reduce does not take ${dtype}`);
    increasing(op.axes, "reduce");
    for (const axis of op.axes) axisIn(axis, shape, "reduce");
    if (op.fn !== "sum")
      invariant(
        op.axes.every((axis) => shape[axis]! > 0),
        `${op.fn} of nothing`,
      );
    return tensorType(
      dtype,
      shape.filter((_, axis) => !op.axes.includes(axis)),
    );
  },
  argReduce: (op, { typeOf }) => {
    const { shape, dtype } = typeOf(op.of);
    invariant(numeric.includes(dtype), `argReduce does not take ${dtype}`);
    axisIn(op.axis, shape, "argReduce");
    invariant(shape[op.axis]! > 0, "argReduce of nothing");
    return tensorType(
      "i32",
      shape.filter((_, axis) => axis !== op.axis),
    );
  },
  topK: (op, { typeOf }) => {
    const { shape, dtype } = typeOf(op.of);
    invariant(numeric.includes(dtype) && shape.length > 0, "topK takes numbers along an axis");
    invariant(op.k >= 1 && op.k <= shape.at(-1)!, `topK of ${op.k} out of ${shape.at(-1)}`);
    return tensorType(op.yields === "values" ? dtype : "i32", [...shape.slice(0, -1), op.k]);
  },
  cumulative: (op, { typeOf }) => {
    const type = typeOf(op.of);
    invariant(numeric.includes(type.dtype), `cumulative does not take ${type.dtype}`);
    axisIn(op.axis, type.shape, "cumulative");
    return type;
  },
  contract: (op, { typeOf }) => contracted(op, typeOf(op.left), typeOf(op.right)),
  gather: (op, { typeOf }) => gathered(typeOf(op.of), typeOf(op.indices), op.axis, "gather"),
  scatter: (op, { typeOf }) => {
    const into = typeOf(op.into);
    if (op.mode === "add") invariant(numeric.includes(into.dtype), `scatter add does not take ${into.dtype}`);
    sameType(typeOf(op.updates), gathered(into, typeOf(op.indices), op.axis, "scatter"), "scatter's updates");
    return into;
  },
  stopGradient: (op, { typeOf }) => typeOf(op.of),
  encode: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    const from = typeOf(op.of);
    invariant(from.encoding.kind === "dense", "encode takes a dense tensor");
    sameType({ ...type, encoding: from.encoding }, from, "encode");
    return type;
  },
  decode: (op, { typeOf }) => tensorType(typeOf(op.of).dtype, typeOf(op.of).shape),
  allReduce: (op, { typeOf }) => typeOf(op.of),
  allGather: (op, { typeOf, declared }) => scaled(typeOf(op.of), given(declared, op), op.axis, "allGather"),
  reduceScatter: (op, { typeOf, declared }) => {
    const type = given(declared, op);
    scaled(type, typeOf(op.of), op.axis, "reduceScatter");
    return type;
  },
  send: (op, { typeOf }) => typeOf(op.of),
  receive: (op, { declared }) => given(declared, op),
};
