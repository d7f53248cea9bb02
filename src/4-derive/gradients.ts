/**
 * Reverse-mode differentiation inside a builder: from gradients of some values to those of `wanted` ones, by the VJP
 * rules, last value first. Gradients stand at the origin of the value they belong to, so layers keep their identity.
 */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { ValueId } from "../ir/graph/graph.ts";
import { operandsOf } from "../ir/graph/operands.ts";
import { isFloat } from "../ir/rules/dtypes.ts";
import { vjp } from "../ir/rules/vjp.ts";

export type Seed = { readonly value: ValueId; readonly gradient: ValueId };

/** The gradients of those `wanted` values that some seed depends on. */
export function gradients(
  b: GraphBuilder,
  seeds: readonly Seed[],
  wanted: ReadonlySet<ValueId>,
): ReadonlyMap<ValueId, ValueId> {
  const last = Math.max(-1, ...seeds.map(({ value }) => value));
  const relevant = dependents(b, last, wanted);
  const guarded = underSelects(b, last);
  const sums = new Map<ValueId, ValueId>();
  const contribute = (to: ValueId, part: ValueId): void => {
    const sum = sums.get(to);
    sums.set(to, sum === undefined ? part : b.apply("add", sum, part));
  };
  for (const { value, gradient } of seeds) contribute(value, gradient);

  for (let i = last; i >= 0; i--) {
    const value = b.valueOf(i as ValueId);
    const gradient = sums.get(value.id);
    if (gradient === undefined || !relevant.has(value.id)) continue;
    b.at(value.origin, () => {
      const contributions = vjp(b, value, gradient, guarded.has(value.id));
      for (const [k, operand] of operandsOf(value.op).entries()) {
        const contribution = contributions[k] ?? null;
        if (contribution !== null && relevant.has(operand)) contribute(operand, contribution());
      }
    });
  }
  return new Map([...sums].filter(([value]) => wanted.has(value)));
}

/** Float values up to `last` that are computed from a wanted one. */
function dependents(b: GraphBuilder, last: number, wanted: ReadonlySet<ValueId>): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  for (let i = 0; i <= last; i++) {
    const { id, op, type } = b.valueOf(i as ValueId);
    const depends = wanted.has(id) || operandsOf(op).some((operand) => found.has(operand));
    if (depends && isFloat(type.dtype)) found.add(id);
  }
  return found;
}

/**
 * Values that reach a branch of a select: there a zero gradient must stay zero. A contraction ends the search, for it
 * mixes what is taken with what is not: behind it an infinite derivative is an infinite gradient.
 */
function underSelects(b: GraphBuilder, last: number): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  for (let i = last; i >= 0; i--) {
    const { id, op } = b.valueOf(i as ValueId);
    if (op.kind === "select") found.add(op.then).add(op.else);
    if (found.has(id) && op.kind !== "contract") for (const operand of operandsOf(op)) found.add(operand);
  }
  return found;
}
