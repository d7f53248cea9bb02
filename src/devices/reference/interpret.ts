/**
 * Runs a kernel in JavaScript: the scalar graph becomes a list of closures over a file of registers.
 *
 * Every op is rounded to its dtype (f32 by `Math.fround`); sums accumulate in float64 and are rounded once. Passes: a
 * reduction needs one walk over the reduced axes, and what uses its result inside them needs another; all writes come
 * in the last one, so a tensor may be replaced in place.
 */
import { asAffine } from "../../ir/kernel/index-expr.ts";
import { linearize } from "../../ir/kernel/index-maps.ts";
import {
  dependsOnReduced,
  type Guard,
  type IndexExpr,
  type Kernel,
  type NodeId,
  type Read,
  type ScalarNode,
  type Write,
} from "../../ir/kernel/kernel.ts";
import { normalOf, randomBits, randomKey, uniformOf } from "../../ir/random.ts";
import { convert, identityOf, reinterpret } from "../../ir/rules/convert.ts";
import { scalarFunctions } from "../../ir/rules/scalar-functions.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import { dotProduct } from "./dot-product.ts";
import { levelsOf, neededInside } from "./levels.ts";

export type View = Float32Array | Int32Array | Uint32Array;

/** `reads[i]` and `writes[i]` are the memory of `kernel.reads[i]` and `kernel.writes[i]`, from their first element. */
export type Bound = { readonly reads: readonly View[]; readonly writes: readonly View[] };

export type Machine = {
  /** Values of the nodes at the present point. */
  readonly registers: Float64Array;
  /** The present point: domain axes, then reduced ones. */
  readonly point: Int32Array;
  memory: Bound;
};

type Action = () => void;

/** Prepares a kernel; the result runs it on bound memory. */
export function interpret(kernel: Kernel): (memory: Bound) => void {
  const rank = kernel.domain.length;
  const machine: Machine = {
    registers: new Float64Array(kernel.body.length),
    point: new Int32Array(rank + kernel.reduce.length),
    memory: { reads: [], writes: [] },
  };
  const levels = levelsOf(kernel);
  const last = Math.max(...levels, 0);
  const passes = Array.from({ length: last + 1 }, (_, level) => passOf(kernel, machine, levels, level, level === last));
  const eachPoint = loop(machine.point, 0, kernel.domain);
  return (memory) => {
    machine.memory = memory;
    eachPoint(() => {
      for (const pass of passes) pass();
    });
  };
}

/** What one level does at a domain point: nodes of the domain, a walk over the reduced axes, results. */
function passOf(kernel: Kernel, machine: Machine, levels: readonly number[], level: number, last: boolean): Action {
  const outside = kernel.body
    .filter(({ id, scope, op }) => scope === "domain" && op.kind !== "reduce" && levels[id] === level)
    .map((node) => nodeAction(kernel, machine, node));
  const reduces = kernel.body.filter(({ id, op }) => op.kind === "reduce" && levels[id] === level + 1);
  const isInner = (write: Write) => kernel.body[write.node]!.scope === "inner" || dependsOnReduced(kernel, write.index);
  const innerWrites = last ? kernel.writes.filter(isInner) : [];
  const domainWrites = last ? kernel.writes.filter((write) => !isInner(write)) : [];
  const walk = walkOf(kernel, machine, reduces, innerWrites);
  const after = domainWrites.map((write) => writeAction(kernel, machine, write));
  return () => {
    for (const action of outside) action();
    walk();
    for (const action of after) action();
  };
}

function walkOf(kernel: Kernel, machine: Machine, reduces: readonly ScalarNode[], writes: readonly Write[]): Action {
  if (reduces.length === 0 && writes.length === 0) return () => {};
  const fast = writes.length === 0 && reduces.length === 1 ? dotProduct(kernel, machine, reduces[0]!) : null;
  if (fast !== null) return fast;
  const roots = [
    ...reduces.map(({ op }) => (op.kind === "reduce" ? op.of : (0 as NodeId))),
    ...writes.map((w) => w.node),
  ];
  const inside = neededInside(kernel, roots).map((node) => nodeAction(kernel, machine, node));
  const stores = writes.map((write) => writeAction(kernel, machine, write));
  const { registers } = machine;
  const starts = reduces.map(({ id, dtype, op }) => {
    const identity = op.kind === "reduce" ? identityOf(op.fn, dtype) : 0;
    return () => {
      registers[id] = identity;
    };
  });
  const combines = reduces.map((node) => combineAction(machine, node));
  const ends = reduces.map(({ id, dtype }) => {
    const round = rounding[dtype];
    return () => {
      registers[id] = round(registers[id]!);
    };
  });
  const eachInner = loop(machine.point, kernel.domain.length, kernel.reduce);
  const body = () => {
    for (const action of inside) action();
    for (const action of combines) action();
    for (const action of stores) action();
  };
  return () => {
    for (const action of starts) action();
    eachInner(body);
    for (const action of ends) action();
  };
}

function combineAction({ registers }: Machine, { id, op }: ScalarNode): Action {
  invariant(op.kind === "reduce", "a reduction");
  const { of } = op;
  switch (op.fn) {
    case "sum":
      return () => {
        registers[id]! += registers[of]!;
      };
    case "max":
      return () => {
        if (registers[of]! > registers[id]!) registers[id] = registers[of]!;
      };
    case "min":
      return () => {
        if (registers[of]! < registers[id]!) registers[id] = registers[of]!;
      };
  }
}

function nodeAction(kernel: Kernel, machine: Machine, node: ScalarNode): Action {
  const { registers } = machine;
  const { id, op, dtype } = node;
  const typeOf = (of: NodeId) => kernel.body[of]!.dtype;
  switch (op.kind) {
    case "constant": {
      const value = rounding[dtype](op.value);
      return () => {
        registers[id] = value;
      };
    }
    case "index": {
      const at = indexer(machine, op.expr);
      return () => {
        registers[id] = at() | 0;
      };
    }
    case "inside": {
      const holds = guardOf(machine, op.guard);
      return () => {
        registers[id] = holds() ? 1 : 0;
      };
    }
    case "read": {
      const { read } = op;
      const access = kernel.reads[read]!;
      const at = positionOf(kernel, machine, access);
      const holds = access.guard === undefined ? null : guardOf(machine, access.guard);
      if (holds === null) {
        return () => {
          registers[id] = machine.memory.reads[read]![at()]!;
        };
      }
      return () => {
        registers[id] = holds() ? machine.memory.reads[read]![at()]! : 0;
      };
    }
    case "apply": {
      const [a, b] = [op.args[0]!, op.args[1] ?? op.args[0]!];
      const { evaluate } = scalarFunctions[op.fn];
      const round = rounding[dtype];
      const from = typeOf(a);
      if (dtype === "f32" && op.fn === "add") {
        return () => {
          registers[id] = Math.fround(registers[a]! + registers[b]!);
        };
      }
      if (dtype === "f32" && op.fn === "mul") {
        return () => {
          registers[id] = Math.fround(registers[a]! * registers[b]!);
        };
      }
      return () => {
        registers[id] = round(evaluate(registers[a]!, registers[b]!, from));
      };
    }
    case "select":
      return () => {
        registers[id] = registers[op.condition] === 1 ? registers[op.then]! : registers[op.else]!;
      };
    case "cast": {
      const from = typeOf(op.of);
      const round = rounding[dtype];
      return () => {
        registers[id] = round(convert(registers[op.of]!, from, dtype));
      };
    }
    case "bits": {
      const from = typeOf(op.of);
      return () => {
        registers[id] = reinterpret(registers[op.of]!, from, dtype);
      };
    }
    case "random": {
      const draw = op.distribution === "uniform" ? uniformOf : normalOf;
      return () => {
        const key = randomKey(registers[op.seed]!, op.stream, registers[op.step]!, registers[op.sample]!);
        registers[id] = Math.fround(draw(randomBits(key, registers[op.element]!)));
      };
    }
    case "reduce":
      invariant(false, "reductions run in their walk");
  }
}

function writeAction(kernel: Kernel, machine: Machine, write: Write): Action {
  const { registers } = machine;
  const at = positionOf(kernel, machine, write);
  const holds = write.guard === undefined ? () => true : guardOf(machine, write.guard);
  const { node } = write;
  const position = kernel.writes.indexOf(write);
  const adds = write.accumulate === "add";
  return () => {
    if (!holds()) return;
    const view = machine.memory.writes[position]!;
    const element = at();
    view[element] = adds ? view[element]! + registers[node]! : registers[node]!;
  };
}

/** Row-major position of an access. Indices that were computed are checked: nothing else can leave the tensor. */
function positionOf(kernel: Kernel, machine: Machine, { index, type, value }: Read | Write): () => number {
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

function guardOf(machine: Machine, guard: Guard): () => boolean {
  const conditions = guard.map(({ expr, from, to }) => {
    const at = indexer(machine, expr);
    return () => {
      const value = at();
      return from <= value && value < to;
    };
  });
  return () => conditions.every((holds) => holds());
}

function indexer(machine: Machine, expr: IndexExpr): () => number {
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

/** Runs an action at each point of the axes from `first` on. */
function loop(point: Int32Array, first: number, sizes: readonly number[]): (action: Action) => void {
  if (sizes.length === 0) return (action) => action();
  const [size, ...rest] = sizes;
  const inner = loop(point, first + 1, rest);
  return (action) => {
    for (let i = 0; i < size!; i++) {
      point[first] = i;
      inner(action);
    }
    point[first] = 0;
  };
}

const none = (x: number): number => x;

export const rounding: Readonly<Record<Dtype, (x: number) => number>> = {
  f32: Math.fround,
  f16: none,
  i32: (x) => x | 0,
  i8: (x) => x | 0,
  u32: (x) => x >>> 0,
  bool: none,
};
