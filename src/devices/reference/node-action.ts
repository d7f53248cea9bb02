/** One node of a scalar graph as a closure over the registers, rounded to its dtype. */

import type { Kernel, NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";
import { normalOf, randomBits, randomKey, uniformOf } from "../../ir/random.ts";
import { convert, reinterpret } from "../../ir/rules/convert.ts";
import { scalarFunctions } from "../../ir/rules/scalar-functions.ts";
import type { Dtype } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import type { Action, Machine } from "./machine.ts";
import { guardOf, indexer, positionOf } from "./positions.ts";

export function nodeAction(kernel: Kernel, machine: Machine, node: ScalarNode): Action {
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

/** Floats of the other widths never reach this device. */
const none = (x: number): number => x;

export const rounding: Readonly<Record<Dtype, (x: number) => number>> = {
  f32: Math.fround,
  f16: none,
  i32: (x) => x | 0,
  i8: (x) => x | 0,
  u32: (x) => x >>> 0,
  bool: none,
};
