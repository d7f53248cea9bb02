/**
 * Vector-Jacobian products: from the gradient of an op's result to those of its operands, as values of the same graph.
 * One row an op, aligned with `operandsOf`; null says that nothing flows there (integers, choices, what is stopped).
 */
import { InvariantError } from "../../support/invariant.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value, ValueId } from "../graph/graph.ts";
import { axesWithout, full, repeat } from "../graph/shorthand.ts";
import { isFloat } from "./dtypes.ts";
import { scalarDerivatives } from "./scalar-derivatives.ts";
import { type OpTable, rowOf } from "./table.ts";
import { cumulativeExtreme, cumulativeSum, evenlyToExtremes, interleaveZeros, topValues } from "./vjp-parts.ts";

/** Builds the gradient of one operand; called only where it is needed. */
export type Contribution = (() => ValueId) | null;

/**
 * `guard`: the value stands under a branch of a select, so a zero gradient must stay zero whatever the derivative is
 * (the side not taken gets gradient zero, not 0 · ∞).
 */
export function vjp(b: GraphBuilder, value: Value, gradient: ValueId, guard: boolean): readonly Contribution[] {
  return rowOf(rules, value.op.kind)(value.op, { b, r: value.id, g: gradient, guard });
}

type Context = {
  readonly b: GraphBuilder;
  readonly r: ValueId;
  readonly g: ValueId;
  readonly guard: boolean;
};

const none = (): readonly Contribution[] => [];
const unreachable = (): never => {
  throw new InvariantError("collectives come after differentiation");
};

const rules: OpTable<[context: Context], readonly Contribution[]> = {
  constant: none,
  input: none,
  persistent: none,
  iota: none,
  random: () => [null, null, null],
  apply: (op, { b, g, r, guard }) => {
    const { partials, unbounded } = scalarDerivatives[op.fn];
    const [x, y = x] = op.args;
    return op.args.map((_, i) => {
      const partial = partials[i];
      if (partial === null || partial === undefined || x === undefined || y === undefined) return null;
      return () => {
        const contribution = partial(b, { g, x, y, r });
        if (!guard || !unbounded) return contribution;
        const zero = full(b, 0, g);
        return b.select(b.apply("eq", g, zero), zero, contribution);
      };
    });
  },
  /** The side not taken gets zero. */
  select: (op, { b, g }) => [
    null,
    () => b.select(op.condition, g, full(b, 0, g)),
    () => b.select(op.condition, full(b, 0, g), g),
  ],
  /** Between floats the gradient takes the operand's dtype; an integer has none. */
  cast: (op, { b, g }) => {
    const { dtype } = b.typeOf(op.of);
    return [isFloat(dtype) && isFloat(b.typeOf(g).dtype) ? () => b.cast(g, dtype) : null];
  },
  bits: () => [null],
  reshape: (op, { b, g }) => [() => b.reshape(g, b.typeOf(op.of).shape)],
  transpose: (op, { b, g }) => [() => b.transpose(g, inverse(op.permutation))],
  /** The transpose of repetition is a sum over what was repeated. */
  broadcast: (op, { b, g }) => [
    () => {
      const from = b.typeOf(op.of).shape;
      const to = b.typeOf(g).shape;
      const kept = op.axes.filter((axis, i) => from[i] === to[axis]);
      const repeated = axesWithout(to, kept);
      return b.reshape(repeated.length === 0 ? g : b.reduce("sum", g, repeated), from);
    },
  ],
  /** Zeros go where nothing was read: between strides, before and after. */
  slice: (op, { b, g }) => [
    () => {
      const whole = b.typeOf(op.of).shape;
      const spread = interleaveZeros(b, g, op.strides, whole, op.starts);
      const { shape } = b.typeOf(spread);
      const high = whole.map((size, axis) => size - op.starts[axis]! - shape[axis]!);
      return b.pad(spread, op.starts, high, 0);
    },
  ],
  dynamicSlice: (op, { b, g }) => [
    () => b.dynamicUpdate(full(b, 0, op.of), g, op.starts),
    ...op.starts.map(() => null),
  ],
  dynamicUpdate: (op, { b, g }) => [
    () => b.dynamicUpdate(g, full(b, 0, op.with), op.starts),
    () => b.dynamicSlice(g, op.starts, b.typeOf(op.with).shape),
    ...op.starts.map(() => null),
  ],
  pad: (op, { b, g }) => [() => b.slice(g, op.low, b.typeOf(op.of).shape)],
  concat: (op, { b, g }) => {
    const ends: number[] = [];
    for (const part of op.parts) ends.push((ends.at(-1) ?? 0) + b.typeOf(part).shape[op.axis]!);
    return op.parts.map((part, i) => () => {
      const { shape } = b.typeOf(part);
      const start = ends[i]! - shape[op.axis]!;
      return b.slice(
        g,
        shape.map((_, axis) => (axis === op.axis ? start : 0)),
        shape,
      );
    });
  },
  /** d Σ x = Σ dx; a maximum's gradient is shared evenly by the elements that reach it (as torch.amax does). */
  reduce: (op, { b, g, r }) => [
    () => {
      const { shape } = b.typeOf(op.of);
      if (op.fn === "sum") return repeat(b, g, shape, op.axes);
      return evenlyToExtremes(b, g, op.of, r, op.axes);
    },
  ],
  argReduce: () => [null],
  topK: (op, { b, g }) => [op.yields === "values" ? () => topValues(b, g, op.of, op.k) : null],
  cumulative: (op, { b, g, r }) => [
    () => (op.fn === "sum" ? cumulativeSum(b, g, op.axis) : cumulativeExtreme(b, g, op.of, r, op.axis)),
  ],
  /** With C = A·B: dA = dC·Bᵀ, dB = Aᵀ·dC: the same einsum with the roles of its three tensors exchanged. */
  contract: (op, { b, g }) => [
    () => b.contract(g, op.right, op.outLabels, op.rightLabels, op.leftLabels),
    () => b.contract(op.left, g, op.leftLabels, op.outLabels, op.rightLabels),
  ],
  gather: (op, { b, g }) => [() => b.scatter("add", full(b, 0, op.of), op.indices, g, op.axis), null],
  /** What was overwritten gets nothing. */
  scatter: (op, { b, g }) => [
    () => (op.mode === "add" ? g : b.scatter("set", g, op.indices, full(b, 0, op.updates), op.axis)),
    null,
    () => b.gather(g, op.indices, op.axis),
  ],
  stopGradient: () => [null],
  /** Straight through: rounding is flat, its trend is the identity (Bengio et al. 2013). */
  encode: (_, { g }) => [() => g],
  decode: (_, { g }) => [() => g],
  allReduce: unreachable,
  allGather: unreachable,
  reduceScatter: unreachable,
  send: unreachable,
  receive: unreachable,
};

function inverse(permutation: readonly number[]): readonly number[] {
  const result: number[] = [];
  permutation.forEach((axis, i) => {
    result[axis] = i;
  });
  return result;
}
