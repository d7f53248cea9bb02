/**
 * Random graphs for phases 6 to 8: small, valid by construction, rich in what fusion has to see through (views, shared
 * values, reductions over any axes, products, gathers, updates). Numbers stay near 1, so that float32 follows float64.
 */
import fc from "fast-check";
import { GraphBuilder } from "../../src/ir/graph/builder.ts";
import type { Graph, Persistent, PersistentId, ValueId } from "../../src/ir/graph/graph.ts";
import type { Given } from "../../src/ir/rules/evaluate.ts";
import { printGraph } from "../../src/ir/rules/print.ts";
import { type Tensor, tensor } from "../../src/ir/rules/tensor.ts";
import { elementCount, replicated, type TensorType, tensorType } from "../../src/ir/types.ts";

export type Case = { readonly graph: Graph; readonly tensors: readonly Persistent[]; readonly given: Given };

/** A list of numbers decides everything, so that fast-check can shrink it. */
export const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 260 }), fc.integer({ min: 2, max: 26 }))
  .map(([choices, length]) => {
    const made = caseOf(choices, length);
    // What fast-check prints of a counterexample.
    return Object.defineProperty(made, fc.toStringMethod, { value: () => printGraph(made.graph, made.tensors) });
  });

export function caseOf(choices: readonly number[], length: number): Case {
  let next = 0;
  const pick = (n: number): number => (n <= 1 ? 0 : (choices[next++ % choices.length]! + next * 7919) % n);
  const sizes = [1, 2, 3, 4, 6];
  const shape = (): number[] => Array.from({ length: pick(4) }, () => sizes[pick(sizes.length)]!);
  const numbers = (type: TensorType): Tensor => {
    const count = elementCount(type.shape);
    return tensor(
      type.dtype,
      type.shape,
      Array.from({ length: count }, () =>
        type.dtype === "f32" ? Math.fround((pick(4001) - 2000) / 1000) : pick(type.dtype === "bool" ? 2 : 3),
      ),
    );
  };

  const tensors = Array.from({ length: 1 + pick(3) }, (_, id): Persistent => {
    const type = tensorType("f32", shape());
    const role = pick(2) === 0 ? "parameter" : "state";
    const origin = { path: `t${id}`, span: { file: "", start: 0, end: 0 } };
    const sharding = replicated(type.shape.length);
    return { id: id as PersistentId, path: `t${id}`, role, type, trainable: true, sharding, origin };
  });
  const b = new GraphBuilder("random", tensors);
  const persistents = new Map(tensors.map(({ id, type }) => [id, numbers(type)]));
  const inputs: Record<string, Tensor> = {};
  const made: ValueId[] = [];
  for (const { id } of tensors) made.push(b.persistent(id));
  for (let i = 0; i < 1 + pick(2); i++) {
    const type = tensorType("f32", shape());
    inputs[`x${i}`] = numbers(type);
    made.push(b.input(`x${i}`, type));
  }
  const sources = made.length;
  const rows = tensorType("i32", [1 + pick(4)]);
  inputs.rows = numbers(rows);
  const indices = b.input("rows", rows);

  const shapeOf = (id: ValueId) => b.typeOf(id).shape;
  const recent = (): ValueId => made[Math.max(0, made.length - 1 - pick(pick(3) === 0 ? made.length : 4))]!;
  const full = (value: number, like: readonly number[]) =>
    like.length === 0 ? b.constant(value, "f32") : b.broadcast(b.constant(value, "f32"), like, []);

  /** Some value of this shape: a made one, or one that is made to fit. */
  const fitted = (want: readonly number[]): ValueId => {
    const same = made.filter((id) => String(shapeOf(id)) === String(want));
    if (same.length > 0 && pick(4) > 0) return same[pick(same.length)]!;
    const small = made.filter((id) => shapeOf(id).length <= want.length && suffixFits(shapeOf(id), want));
    if (small.length > 0) {
      const id = small[pick(small.length)]!;
      const rank = shapeOf(id).length;
      return b.broadcast(
        id,
        want,
        Array.from({ length: rank }, (_, i) => want.length - rank + i),
      );
    }
    return full(0.5 + pick(3), want);
  };
  const bounded = (x: ValueId): ValueId => b.apply("tanh", x);

  const steps: (() => ValueId)[] = [
    () => {
      const x = recent();
      return b.apply((["add", "sub", "min", "max"] as const)[pick(4)]!, x, fitted(shapeOf(x)));
    },
    () => {
      const x = recent();
      return b.apply("mul", bounded(x), bounded(fitted(shapeOf(x))));
    },
    () => b.apply((["neg", "abs", "tanh", "sin"] as const)[pick(4)]!, bounded(recent())),
    () => b.apply("exp", bounded(recent())),
    () => {
      const x = recent();
      const c = b.apply(
        (["lt", "ge"] as const)[pick(2)]!,
        b.iota([...shapeOf(x), 3], shapeOf(x).length),
        b.broadcast(b.constant(1, "i32"), [...shapeOf(x), 3], []),
      );
      const drop = b.slice(c, [...shapeOf(x).map(() => 0), pick(3)], [...shapeOf(x), 1]);
      return b.select(b.reshape(drop, shapeOf(x)), x, fitted(shapeOf(x)));
    },
    () => {
      const x = recent();
      return b.transpose(x, permutation(shapeOf(x).length, pick));
    },
    () => {
      const x = recent();
      return b.reshape(x, refactored(elementCount(shapeOf(x)), pick));
    },
    () => {
      const x = recent();
      const from = shapeOf(x);
      if (from.length > 3) return bounded(x);
      const at = pick(from.length + 1);
      const to = from.toSpliced(at, 0, 1 + pick(3));
      return b.broadcast(
        x,
        to,
        from.map((_, i) => (i >= at ? i + 1 : i)),
      );
    },
    () => {
      const x = recent();
      const from = shapeOf(x);
      const starts = from.map((n) => pick(n));
      const strides = from.map(() => 1 + pick(2));
      const counts = from.map((n, i) => 1 + pick(Math.floor((n - 1 - starts[i]!) / strides[i]!) + 1));
      return b.slice(x, starts, counts, strides);
    },
    () => {
      const x = recent();
      const from = shapeOf(x);
      return b.pad(
        x,
        from.map(() => pick(3)),
        from.map(() => pick(3)),
        pick(2),
      );
    },
    () => {
      const x = recent();
      const rank = shapeOf(x).length;
      if (rank === 0) return bounded(x);
      const axis = pick(rank);
      const other = fitted(shapeOf(x));
      return b.concat(pick(2) === 0 ? [x, other] : [other, b.apply("neg", x), x], axis);
    },
    () => {
      const x = recent();
      const axes = shapeOf(x)
        .map((_, i) => i)
        .filter(() => pick(2) === 0);
      if (axes.length === 0) return bounded(x);
      const r = b.reduce((["sum", "sum", "max", "min"] as const)[pick(4)]!, bounded(x), axes);
      if (pick(2) === 0) return r;
      // Back to the operand's shape, as norms and softmax do.
      const kept = shapeOf(x)
        .map((_, i) => i)
        .filter((i) => !axes.includes(i));
      return b.apply("sub", x, b.broadcast(r, shapeOf(x), kept));
    },
    () => contraction(b, bounded(recent()), (want) => bounded(fitted(want)), pick),
    () => {
      const x = recent();
      const rank = shapeOf(x).length;
      const axis = pick(rank);
      if (rank === 0) return bounded(x);
      const size = b.broadcast(b.constant(shapeOf(x)[axis]! - 1, "i32"), rows.shape, []);
      return b.gather(x, b.apply("min", indices, size), axis);
    },
    () => {
      const x = recent();
      const rank = shapeOf(x).length;
      if (rank === 0 || shapeOf(x)[0]! < 3) return b.apply("abs", x);
      const starts = shapeOf(x).map((_, i) =>
        i === 0 ? b.reshape(b.slice(indices, [0], [1]), []) : b.constant(0, "i32"),
      );
      return b.dynamicSlice(x, starts, [shapeOf(x)[0]! - 1, ...shapeOf(x).slice(1)]);
    },
    () => {
      const x = recent();
      if (shapeOf(x).length === 0) return bounded(x);
      return b.cumulative((["sum", "max"] as const)[pick(2)]!, bounded(x), pick(shapeOf(x).length));
    },
    () => {
      // Of given numbers only: rounding may not decide which is the largest.
      const x = made[pick(sources)]!;
      if (shapeOf(x).length === 0) return bounded(x);
      return b.cast(b.argReduce("max", x, pick(shapeOf(x).length)), "f32");
    },
    () => {
      const x = recent();
      if (shapeOf(x).length !== 2) return b.apply("neg", x);
      const rowsOf = fitted([rows.shape[0]!, shapeOf(x)[1]!]);
      const last = b.broadcast(b.constant(shapeOf(x)[0]! - 1, "i32"), rows.shape, []);
      return b.scatter("add", x, b.apply("min", indices, last), rowsOf, 0);
    },
  ];
  for (let i = 0; i < length; i++) {
    const value = steps[pick(steps.length)]!();
    if (elementCount(shapeOf(value)) <= 2000 && shapeOf(value).length <= 5) made.push(value);
  }

  b.output("last", made.at(-1)!);
  for (let i = 0; i < pick(3); i++) b.output(`o${i}`, made[pick(made.length)]!);
  for (const { id, type } of tensors) if (pick(3) > 0) b.update(id, fitted(type.shape));
  return { graph: b.finish(), tensors, given: { inputs, persistents } };
}

function suffixFits(small: readonly number[], want: readonly number[]): boolean {
  return small.every((size, i) => size === want[want.length - small.length + i] || size === 1);
}

function permutation(n: number, pick: (n: number) => number): number[] {
  const rest = Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: n }, () => rest.splice(pick(rest.length), 1)[0]!);
}

function refactored(count: number, pick: (n: number) => number): number[] {
  const shape: number[] = [];
  let rest = count;
  while (rest > 1) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => d > 1 && rest % d === 0);
    const size = shape.length > 3 ? rest : divisors[pick(divisors.length)]!;
    shape.push(size);
    rest /= size;
    if (pick(5) === 0) shape.push(1);
  }
  return shape;
}

/** A product of `left` with something that fits: batch, free and summed axes at random, result axes in any order. */
function contraction(
  b: GraphBuilder,
  left: ValueId,
  fitted: (want: readonly number[]) => ValueId,
  pick: (n: number) => number,
): ValueId {
  const shape = b.typeOf(left).shape;
  const leftLabels = shape.map((_, i) => i);
  const kinds = shape.map(() => pick(3));
  const shared = leftLabels.filter((i) => kinds[i] !== 1);
  const free = pick(3) === 0 ? [] : [10];
  const order = permutation(shared.length + free.length, pick);
  const all = [...shared, ...free];
  const rightLabels = order.map((i) => all[i]!);
  const right = fitted(rightLabels.map((label) => (label === 10 ? 2 + pick(3) : shape[label]!)));
  const kept = [...leftLabels.filter((i) => kinds[i] !== 2), ...free];
  const out = permutation(kept.length, pick).map((i) => kept[i]!);
  return b.contract(left, right, leftLabels, rightLabels, out);
}
