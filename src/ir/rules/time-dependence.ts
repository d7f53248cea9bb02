/**
 * How a result depends on a sequence's positions, given how the operands do. Serves the check that a causal model does
 * not look ahead, padding in generation and the derived key/value cache.
 */
import type { Op, ValueId } from "../graph/graph.ts";
import type { TensorType } from "../types.ts";
import { type OpTable, rowOf } from "./table.ts";

export type Time =
  /** The same whatever the sequence holds: parameters, indices, constants. */
  | { readonly kind: "none" }
  /** Element t along `axis` depends on position t only. */
  | { readonly kind: "along"; readonly axis: number }
  /** Some element depends on several positions, or on one at another place. */
  | { readonly kind: "mixed" };

/** Inputs are the caller's to say; here they have no time. */
export function timeOf(
  op: Op,
  type: TensorType,
  operand: (value: ValueId) => { readonly time: Time; readonly type: TensorType },
): Time {
  return rowOf(rules, op.kind)(op, { type, operand });
}

type Known = { readonly time: Time; readonly type: TensorType };
type Context = { readonly type: TensorType; readonly operand: (value: ValueId) => Known };

const none: Time = { kind: "none" };
const mixed: Time = { kind: "mixed" };
const timeless = (): Time => none;
const same = (op: { readonly of: ValueId }, { operand }: Context): Time => operand(op.of).time;

const rules: OpTable<[context: Context], Time> = {
  constant: timeless,
  input: timeless,
  persistent: timeless,
  iota: timeless,
  random: timeless,
  apply: (op, { operand }) => join(op.args.map((arg) => operand(arg).time)),
  select: (op, { operand }) => join([op.condition, op.then, op.else].map((value) => operand(value).time)),
  cast: same,
  bits: same,
  /** The axis survives where the elements before it and its size are the same. */
  reshape: (op, { type, operand }) => {
    const from = operand(op.of);
    return moved(from.time, (axis) => {
      const before = from.type.shape.slice(0, axis).reduce((product, size) => product * size, 1);
      let product = 1;
      for (const [to, size] of type.shape.entries()) {
        if (product === before && size === from.type.shape[axis]) return to;
        product *= size;
      }
      return null;
    });
  },
  transpose: (op, { operand }) => moved(operand(op.of).time, (axis) => op.permutation.indexOf(axis)),
  broadcast: (op, { type, operand }) => {
    const from = operand(op.of);
    return moved(from.time, (axis) => {
      const to = op.axes[axis]!;
      return type.shape[to] === from.type.shape[axis] ? to : null;
    });
  },
  slice: (op, { type, operand }) => {
    const from = operand(op.of);
    return moved(from.time, (axis) => (type.shape[axis] === from.type.shape[axis] ? axis : null));
  },
  dynamicSlice: (op, { type, operand }) => {
    if (op.starts.some((start) => operand(start).time.kind !== "none")) return mixed;
    const from = operand(op.of);
    return moved(from.time, (axis) => (type.shape[axis] === from.type.shape[axis] ? axis : null));
  },
  dynamicUpdate: (op, { operand }) => {
    if (op.starts.some((start) => operand(start).time.kind !== "none")) return mixed;
    const into = operand(op.of);
    const window = operand(op.with);
    return moved(join([into.time, window.time]), (axis) =>
      window.type.shape[axis] === into.type.shape[axis] ? axis : null,
    );
  },
  pad: (op, { operand }) =>
    moved(operand(op.of).time, (axis) => (op.low[axis] === 0 && op.high[axis] === 0 ? axis : null)),
  concat: (op, { operand }) =>
    moved(join(op.parts.map((part) => operand(part).time)), (axis) => (axis === op.axis ? null : axis)),
  reduce: (op, { operand }) => without(operand(op.of).time, op.axes),
  argReduce: (op, { operand }) => without(operand(op.of).time, [op.axis]),
  topK: (op, { type, operand }) => moved(operand(op.of).time, (axis) => (axis === type.shape.length - 1 ? null : axis)),
  cumulative: (op, { operand }) => moved(operand(op.of).time, (axis) => (axis === op.axis ? null : axis)),
  contract: (op, { operand }) =>
    join([
      moved(operand(op.left).time, (axis) => placeOf(op.leftLabels[axis]!, op.outLabels)),
      moved(operand(op.right).time, (axis) => placeOf(op.rightLabels[axis]!, op.outLabels)),
    ]),
  gather: (op, { operand }) => {
    const indices = operand(op.indices);
    const rank = indices.type.shape.length;
    return join([
      moved(operand(op.of).time, (axis) => (axis === op.axis ? null : axis < op.axis ? axis : axis + rank - 1)),
      moved(indices.time, (axis) => op.axis + axis),
    ]);
  },
  scatter: (op, { operand }) => {
    const rank = operand(op.indices).type.shape.length;
    if (operand(op.indices).time.kind !== "none") return mixed;
    return join([
      moved(operand(op.into).time, (axis) => (axis === op.axis ? null : axis)),
      moved(operand(op.updates).time, (axis) => {
        if (axis < op.axis) return axis;
        return axis < op.axis + rank ? null : axis - rank + 1;
      }),
    ]);
  },
  stopGradient: same,
  encode: same,
  decode: same,
  allReduce: same,
  allGather: (op, { operand }) => moved(operand(op.of).time, (axis) => (axis === op.axis ? null : axis)),
  reduceScatter: (op, { operand }) => moved(operand(op.of).time, (axis) => (axis === op.axis ? null : axis)),
  send: same,
  receive: timeless,
};

/** Of values that meet elementwise. */
function join(times: readonly Time[]): Time {
  const [first, ...others] = times.filter((time) => time.kind !== "none");
  if (first === undefined) return none;
  if (first.kind === "mixed") return mixed;
  return others.every((time) => time.kind === "along" && time.axis === first.axis) ? first : mixed;
}

/** `to` says where an axis goes; null: its positions are mixed. */
function moved(time: Time, to: (axis: number) => number | null): Time {
  if (time.kind !== "along") return time;
  const axis = to(time.axis);
  return axis === null ? mixed : { kind: "along", axis };
}

function without(time: Time, removed: readonly number[]): Time {
  return moved(time, (axis) => (removed.includes(axis) ? null : axis - removed.filter((other) => other < axis).length));
}

function placeOf(label: number, labels: readonly number[]): number | null {
  const place = labels.indexOf(label);
  return place === -1 ? null : place;
}
