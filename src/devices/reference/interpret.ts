/**
 * Runs a kernel in JavaScript: the scalar graph becomes a list of closures over a file of registers.
 *
 * Every op is rounded to its dtype (f32 by `Math.fround`); sums accumulate in float64 and are rounded once. Passes: a
 * reduction needs one walk over the reduced axes, and what uses its result inside them needs another; all writes come
 * in the last one, so a tensor may be replaced in place.
 */
import { dependsOnReduced, type Kernel, type NodeId, type ScalarNode, type Write } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/rules/convert.ts";
import { invariant } from "../../support/invariant.ts";
import { dotProduct } from "./dot-product.ts";
import { levelsOf, neededInside } from "./levels.ts";
import type { Action, Bound, Machine } from "./machine.ts";
import { nodeAction, rounding } from "./node-action.ts";
import { guardOf, positionOf } from "./positions.ts";

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
