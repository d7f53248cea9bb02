/** Index expressions and guards as closures over the present point. */
import { asAffine } from "../../ir/kernel/index-expr.ts";
import { linearize } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, Kernel, Read, Write } from "../../ir/kernel/kernel.ts";
import { invariant } from "../../support/invariant.ts";
import type { Machine } from "./machine.ts";

/** Row-major position of an access. Indices that were computed are checked: nothing else can leave the tensor. */
export function positionOf(kernel: Kernel, machine: Machine, { index, type, value }: Read | Write): () => number {
  const axes = [...kernel.domain, ...kernel.reduce];
  const affine = index.every((expr) => asAffine(expr) !== null);
  if (affine) return indexer(machine, linearize(index, type.shape, { axes }));
  const parts = index.map((expr) => indexer(machine, expr));
  const { shape } = type;
  return () => {
    let position = 0;
    for (let i = 0; i < parts.length; i++) {
      const at = parts[i]!();
      invariant(at >= 0 && at < shape[i]!, () => `index ${at} of an axis of ${shape[i]} (value ${value})`);
      position = position * shape[i]! + at;
    }
    return position;
  };
}

export function guardOf(machine: Machine, guard: Guard): () => boolean {
  const conditions = guard.map(({ expr, from, to }) => {
    const at = indexer(machine, expr);
    return () => {
      const value = at();
      return from <= value && value < to;
    };
  });
  return () => conditions.every((holds) => holds());
}

export function indexer(machine: Machine, expr: IndexExpr): () => number {
  const affine = asAffine(expr);
  if (affine !== null) return affineIndexer(machine.point, affine.constant, [...affine.coefficients]);
  const { registers } = machine;
  switch (expr.kind) {
    case "constant":
    case "axis":
      return () => 0;
    case "node":
      return () => registers[expr.node]!;
    case "add": {
      const [left, right] = [indexer(machine, expr.left), indexer(machine, expr.right)];
      return () => left() + right();
    }
    case "mul": {
      const of = indexer(machine, expr.of);
      return () => of() * expr.by;
    }
    case "div": {
      const of = indexer(machine, expr.of);
      return () => Math.floor(of() / expr.by);
    }
    case "mod": {
      const of = indexer(machine, expr.of);
      return () => {
        const value = of();
        return value - expr.by * Math.floor(value / expr.by);
      };
    }
  }
}

function affineIndexer(
  point: Int32Array,
  constant: number,
  terms: readonly (readonly [number, number])[],
): () => number {
  const [[a, x], [b, y], [c, z]] = [terms[0] ?? [0, 0], terms[1] ?? [0, 0], terms[2] ?? [0, 0]];
  if (terms.length === 0) return () => constant;
  if (terms.length === 1) return () => constant + point[a]! * x;
  if (terms.length === 2) return () => constant + point[a]! * x + point[b]! * y;
  if (terms.length === 3) return () => constant + point[a]! * x + point[b]! * y + point[c]! * z;
  return () => {
    let sum = constant;
    for (const [axis, coefficient] of terms) sum += point[axis]! * coefficient;
    return sum;
  };
}
