/**
 * What a device may rely on, numbered; for programs from strangers after the schema has passed.
 *
 * - R1  a region lies inside its buffer; offsets and sizes are whole words
 * - R2  a tensor's region holds its type
 * - R3  a dispatch binds each slot of its kernel to a region; it writes none that another of its slots touches
 * - R4  uploads and downloads are the declared inputs and outputs, each once, in regions that hold them
 * - R5  a copy moves as many bytes as there is room for, between different buffers
 * - R6  an interpreted kernel is a kernel (K1 to K6 of verify-kernel.ts) and touches only what its slots are bound to
 * - R7  the code is for the program's target; counts and sizes stay below what a machine can mean
 */
import { kernelViolations } from "../kernel/verify-kernel.ts";
import { bytesPerElement, denseBytes, elementCount, type TensorType } from "../types.ts";
import type { PlannedKernel, PlannedProgram, Region, Step } from "./plan.ts";
import type { Program } from "./program.ts";
import { overlaps } from "./verify-plan.ts";

export type ProgramConstraint = "R1" | "R2" | "R3" | "R4" | "R5" | "R6" | "R7";
export type ProgramViolation = { readonly constraint: ProgramConstraint; readonly message: string };

/** Bytes of all buffers, and points of one kernel: more is a mistake or an attack. */
const mostBytes = 2 ** 44;
const mostPoints = 2 ** 44;

export function programViolations(program: Program): readonly ProgramViolation[] {
  const found: ProgramViolation[] = [];
  const total = program.buffers.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!(total <= mostBytes)) found.push({ constraint: "R7", message: `buffers of ${total} bytes` });
  for (const { path, type, region } of program.tensors) {
    if (!isInside(program, region)) found.push({ constraint: "R1", message: `${path} lies outside its buffer` });
    if (region.bytes < denseBytes(type)) found.push({ constraint: "R2", message: `${path} does not fit its region` });
  }
  for (const kernel of program.kernels) {
    const problem = kernelProblem(program, kernel);
    if (problem !== null) found.push(problem);
  }
  for (const [name, planned] of Object.entries(program.programs)) {
    for (const [position, step] of planned.steps.entries()) {
      const problem = stepProblem(program, planned, step);
      if (problem !== null) found.push({ ...problem, message: `${name}, step ${position}: ${problem.message}` });
    }
    for (const kind of ["upload", "download"] as const) {
      const declared = (kind === "upload" ? planned.inputs : planned.outputs).map((field) => field.name);
      const moved = planned.steps.flatMap((step) => (step.kind === kind ? [step.name] : []));
      if (String([...declared].sort()) !== String([...moved].sort())) {
        found.push({ constraint: "R4", message: `${name}: ${kind}s are not what is declared` });
      }
    }
  }
  return found;
}

function kernelProblem(program: Program, { name, slots, code }: Program["kernels"][number]): ProgramViolation | null {
  const expected = program.target === "wgsl" ? "wgsl" : "interpreted";
  if (code.kind !== expected)
    return { constraint: "R7", message: `${name} is ${code.kind} in a ${program.target} program` };
  if (code.kind === "wgsl") return null;
  const { kernel, reads, writes } = code.planned;
  if (String(slots.map(({ access }) => access)) !== String(code.planned.slots.map(({ access }) => access))) {
    return { constraint: "R6", message: `${name} has other slots inside` };
  }
  const points = elementCount(kernel.domain) * elementCount(kernel.reduce);
  if (!(points <= mostPoints)) return { constraint: "R7", message: `${name} has ${points} points` };
  const [violation] = kernelViolations(kernel);
  if (violation !== undefined)
    return { constraint: "R6", message: `${name}: ${violation.constraint} ${violation.message}` };
  if (reads.length !== kernel.reads.length || writes.length !== kernel.writes.length) {
    return { constraint: "R6", message: `${name} binds other accesses than it has` };
  }
  if (writes.some(({ slot }) => slots[slot]?.access !== "readWrite")) {
    return { constraint: "R6", message: `${name} writes a slot that is only read` };
  }
  return null;
}

function stepProblem(program: Program, planned: PlannedProgram, step: Step): ProgramViolation | null {
  switch (step.kind) {
    case "dispatch":
      return dispatchProblem(program, step);
    case "upload":
      return transferProblem(program, step.to, planned.inputs.find(({ name }) => name === step.name)?.type);
    case "download":
      return transferProblem(program, step.from, planned.outputs.find(({ name }) => name === step.name)?.type);
    case "copy": {
      if (!isInside(program, step.from) || !isInside(program, step.to)) return outside;
      const holds = step.to.bytes <= step.from.bytes && step.from.buffer !== step.to.buffer;
      return holds ? null : { constraint: "R5", message: `copies ${step.to.bytes} of ${step.from.bytes} bytes` };
    }
    case "collective":
      return isInside(program, step.from) && isInside(program, step.to) ? null : outside;
    case "event":
      return null;
  }
}

const outside: ProgramViolation = { constraint: "R1", message: "a region lies outside its buffer" };

function dispatchProblem(
  program: Program,
  { kernel, regions }: Extract<Step, { readonly kind: "dispatch" }>,
): ProgramViolation | null {
  if (!regions.every((region) => isInside(program, region))) return outside;
  const called = program.kernels[kernel];
  if (called === undefined || called.slots.length !== regions.length) {
    return { constraint: "R3", message: `kernel ${kernel} has other slots` };
  }
  const touches = called.slots.some(
    ({ access }, i) => access === "readWrite" && regions.some((other, j) => i !== j && overlaps(regions[i]!, other)),
  );
  if (touches) return { constraint: "R3", message: `${called.name} writes what another slot touches` };
  if (called.code.kind === "interpreted" && !fits(called.code.planned, regions)) {
    return { constraint: "R6", message: `${called.name} reaches beyond its regions` };
  }
  return null;
}

function fits({ kernel, reads, writes }: PlannedKernel, regions: readonly Region[]): boolean {
  const accesses = [
    ...reads.map((access, i) => ({ ...access, type: kernel.reads[i]?.type })),
    ...writes.map((access, i) => ({ ...access, type: kernel.writes[i]?.type })),
  ];
  return accesses.every(({ slot, offset, type }) => {
    const region = regions[slot];
    if (region === undefined || type === undefined || !(Number.isInteger(offset) && offset >= 0)) return false;
    return offset * bytesPerElement[type.dtype] + denseBytes(type) <= region.bytes;
  });
}

function transferProblem(program: Program, region: Region, type: TensorType | undefined): ProgramViolation | null {
  if (!isInside(program, region)) return outside;
  const holds = type !== undefined && denseBytes(type) <= region.bytes;
  return holds ? null : { constraint: "R4", message: "moves what is not declared, or more than there is room for" };
}

function isInside(program: Program, { buffer, offset, bytes }: Region): boolean {
  const size = program.buffers[buffer]?.bytes;
  const isWhole = (n: number) => Number.isInteger(n) && n >= 0 && n % 4 === 0;
  return size !== undefined && isWhole(offset) && isWhole(bytes) && bytes > 0 && offset + bytes <= size;
}
