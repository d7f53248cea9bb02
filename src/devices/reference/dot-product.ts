/** The one shape worth a loop of its own: a sum of products of two affine reads. */
import { asAffine } from "../../ir/kernel/index-expr.ts";
import { linearize } from "../../ir/kernel/index-maps.ts";
import type { Kernel, NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";
import { elementCount } from "../../ir/types.ts";
import type { Machine } from "./machine.ts";

/** An action that computes the reduction at the present domain point, or null for any other reduction. */
export function dotProduct(kernel: Kernel, machine: Machine, { id, op, dtype }: ScalarNode): (() => void) | null {
  if (op.kind !== "reduce" || op.fn !== "sum" || dtype !== "f32") return null;
  const product = kernel.body[op.of]!.op;
  if (product.kind !== "apply" || product.fn !== "mul") return null;
  const left = operandOf(kernel, product.args[0]!);
  const right = operandOf(kernel, product.args[1]!);
  if (left === null || right === null) return null;

  const count = elementCount(kernel.reduce);
  const leftSteps = stepsOf(kernel, left.steps);
  const rightSteps = stepsOf(kernel, right.steps);
  const { registers, point } = machine;
  const rank = kernel.domain.length;
  return () => {
    const a = machine.memory.reads[left.read]!;
    const b = machine.memory.reads[right.read]!;
    let i = left.constant;
    let j = right.constant;
    for (let axis = 0; axis < rank; axis++) {
      i += point[axis]! * left.steps[axis]!;
      j += point[axis]! * right.steps[axis]!;
    }
    let sum = 0;
    for (let k = 0; k < count; k++) sum += a[i + leftSteps[k]!]! * b[j + rightSteps[k]!]!;
    registers[id] = Math.fround(sum);
  };
}

type Operand = { readonly read: number; readonly constant: number; readonly steps: readonly number[] };

function operandOf(kernel: Kernel, id: NodeId): Operand | null {
  const { op, dtype } = kernel.body[id]!;
  if (op.kind !== "read" || dtype !== "f32") return null;
  const { index, type, guard } = kernel.reads[op.read]!;
  const axes = [...kernel.domain, ...kernel.reduce];
  const affine = asAffine(linearize(index, type.shape, { axes }));
  if (affine === null || guard !== undefined) return null;
  return { read: op.read, constant: affine.constant, steps: axes.map((_, axis) => affine.coefficients.get(axis) ?? 0) };
}

/** How far each reduced point lies from the first. */
function stepsOf(kernel: Kernel, steps: readonly number[]): Int32Array {
  const offsets = new Int32Array(elementCount(kernel.reduce));
  for (let k = 0; k < offsets.length; k++) {
    let rest = k;
    for (let axis = kernel.reduce.length - 1; axis >= 0; axis--) {
      const size = kernel.reduce[axis]!;
      offsets[k]! += (rest % size) * steps[kernel.domain.length + axis]!;
      rest = Math.floor(rest / size);
    }
  }
  return offsets;
}
