/** A graph as text, a line a value, for people: `%7: f32[4, 32, 64] = reduce.sum %6 axes=[3]   # blocks.0.ln1`. */
import type { Graph, Op, Persistent } from "../graph/graph.ts";
import type { Encoding, TensorType } from "../types.ts";
import { type OpTable, rowOf } from "./table.ts";

export function printGraph(graph: Graph, tensors: readonly Persistent[]): string {
  const inputs = graph.inputs.map(({ name, type }) => `${name}: ${printType(type)}`);
  const lines = graph.values.map((value) => {
    const where = value.origin.path === graph.name ? "" : `   # ${value.origin.path}`;
    return `  %${value.id}: ${printType(value.type)} = ${printOp(value.op, tensors)}${where}`;
  });
  return [
    `graph ${graph.name}(${inputs.join(", ")}) {`,
    ...lines,
    ...graph.outputs.map(({ name, value }) => `  output ${name} = %${value}`),
    ...graph.updates.map(({ target, value }) => `  update ${pathOf(tensors, target)} = %${value}`),
    "}",
    "",
  ].join("\n");
}

export function printType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(", ")}]${printEncoding(type.encoding)}`;
}

export function printOp(op: Op, tensors: readonly Persistent[]): string {
  return rowOf(rules, op.kind)(op, tensors);
}

function printEncoding(encoding: Encoding): string {
  if (encoding.kind === "dense") return "";
  if (encoding.kind === "sparse24") return ` 2:4${printEncoding(encoding.values)}`;
  return ` ${encoding.code}${encoding.bits} by ${encoding.block}`;
}

const rules: OpTable<[tensors: readonly Persistent[]], string> = {
  constant: (op) => `constant ${printNumber(op.value)}`,
  input: (op) => `input ${op.name}`,
  persistent: (op, tensors) => `persistent ${pathOf(tensors, op.id)}`,
  iota: (op) => `iota axis=${op.axis}`,
  random: (op) => {
    const sample = op.sample === null ? "" : ` sample=%${op.sample}`;
    return `random.${op.distribution} stream=${op.stream} seed=%${op.seed} step=%${op.step}${sample}`;
  },
  apply: (op) => `${op.fn} ${ids(op.args)}`,
  select: (op) => `select ${ids([op.condition, op.then, op.else])}`,
  cast: (op) => `cast %${op.of}`,
  bits: (op) => `bits %${op.of}`,
  reshape: (op) => `reshape %${op.of}`,
  transpose: (op) => `transpose %${op.of} ${list(op.permutation)}`,
  broadcast: (op) => `broadcast %${op.of} to axes=${list(op.axes)}`,
  slice: (op) => {
    const strides = op.strides.every((stride) => stride === 1) ? "" : ` strides=${list(op.strides)}`;
    return `slice %${op.of} starts=${list(op.starts)}${strides}`;
  },
  dynamicSlice: (op) => `dynamicSlice %${op.of} starts=(${ids(op.starts)})`,
  dynamicUpdate: (op) => `dynamicUpdate %${op.of} with %${op.with} starts=(${ids(op.starts)})`,
  pad: (op) => `pad %${op.of} low=${list(op.low)} high=${list(op.high)} value=${printNumber(op.value)}`,
  concat: (op) => `concat ${ids(op.parts)} axis=${op.axis}`,
  reduce: (op) => `reduce.${op.fn} %${op.of} axes=${list(op.axes)}`,
  argReduce: (op) => `argReduce.${op.fn} %${op.of} axis=${op.axis}`,
  topK: (op) => `topK.${op.yields} %${op.of} k=${op.k}`,
  cumulative: (op) => `cumulative.${op.fn} %${op.of} axis=${op.axis}`,
  contract: (op) => {
    const labels = [op.leftLabels, op.rightLabels].map(letters).join(",");
    return `contract %${op.left}, %${op.right} "${labels}->${letters(op.outLabels)}"`;
  },
  gather: (op) => `gather %${op.of} at %${op.indices} axis=${op.axis}`,
  scatter: (op) => `scatter.${op.mode} %${op.updates} into %${op.into} at %${op.indices} axis=${op.axis}`,
  stopGradient: (op) => `stopGradient %${op.of}`,
  encode: (op) => `encode %${op.of}`,
  decode: (op) => `decode %${op.of}`,
  allReduce: (op) => `allReduce.${op.fn} %${op.of} over ${op.over}`,
  allGather: (op) => `allGather %${op.of} axis=${op.axis} over ${op.over}`,
  reduceScatter: (op) => `reduceScatter %${op.of} axis=${op.axis} over ${op.over}`,
  send: (op) => `send %${op.of} to ${op.to} over ${op.over}`,
  receive: (op) => `receive from ${op.from} over ${op.over}`,
};

function pathOf(tensors: readonly Persistent[], id: number): string {
  return tensors[id]?.path ?? `tensor ${id}`;
}

const ids = (values: readonly number[]): string => values.map((value) => `%${value}`).join(", ");
const list = (values: readonly number[]): string => `[${values.join(", ")}]`;
const letters = (labels: readonly number[]): string =>
  labels.map((label) => (label < 26 ? String.fromCharCode(97 + label) : `<${label}>`)).join("");

/** The shortest decimal that is the same f32: 0.1, not 0.10000000149011612. */
function printNumber(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}
