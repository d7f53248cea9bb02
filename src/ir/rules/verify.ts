/**
 * What holds of every graph, numbered. Runs after each pass in tests and under `--verify`.
 *
 * - G1  a value's id is its position
 * - G2  operands come before their users
 * - G3  a value's type is the one its op's shape rule gives
 * - G4  a persistent is a tensor of the bundle, with its type
 * - G5  inputs and `input` values correspond one to one, by name and type
 * - G6  outputs have distinct names and values that exist
 * - G7  an update has a tensor with its own storage, at most one a tensor, and a value of the tensor's type
 * - G8  a value varies as often as the widest of its operands; inputs and persistents say themselves
 * - G9  a sharding has an entry for each axis
 */
import { InvariantError } from "../../support/invariant.ts";
import type { Graph, Persistent, Value } from "../graph/graph.ts";
import { operandsOf } from "../graph/operands.ts";
import { widest } from "../graph/variation.ts";
import type { TensorType } from "../types.ts";
import { printOp, printType } from "./print.ts";
import { resultType } from "./shape.ts";

export type GraphConstraint = "G1" | "G2" | "G3" | "G4" | "G5" | "G6" | "G7" | "G8" | "G9";
export type GraphViolation = { readonly constraint: GraphConstraint; readonly message: string };

/** Fails, naming the pass and the constraint, where something does not hold. */
export function verifyGraph(graph: Graph, tensors: readonly Persistent[], after: string): void {
  const found = graphViolations(graph, tensors);
  if (found.length === 0) return;
  const lines = found.slice(0, 5).map(({ constraint, message }) => `${constraint}: ${message}`);
  throw new InvariantError([`after ${after}, graph ${graph.name} is broken:`, ...lines].join("\n"));
}

export function graphViolations(graph: Graph, tensors: readonly Persistent[]): readonly GraphViolation[] {
  const found = graph.values.flatMap((value, position) => valueViolations(graph, tensors, value, position));
  return [...found, ...boundaryViolations(graph, tensors)];
}

function valueViolations(
  graph: Graph,
  tensors: readonly Persistent[],
  value: Value,
  position: number,
): readonly GraphViolation[] {
  const found: GraphViolation[] = [];
  const report = (constraint: GraphConstraint, what: string): void => {
    found.push({ constraint, message: `%${position} = ${printOp(value.op, tensors)}: ${what}` });
  };
  if (value.id !== position) report("G1", `has id ${value.id}`);
  const operands = operandsOf(value.op);
  const late = operands.filter((operand) => !(operand >= 0 && operand < position));
  // Without operands neither the type nor the variation can be asked.
  if (late.length > 0) {
    report("G2", `reads %${late.join(", %")}`);
    return found;
  }
  const problem = typeProblem(graph, value);
  if (problem !== null) report("G3", problem);
  if (value.op.kind === "persistent" && !isType(tensors[value.op.id]?.type, value.type)) {
    report("G4", `is ${printType(value.type)}`);
  }
  const varies = widest(operands.map((operand) => graph.values[operand]!.variesBy));
  const decides = value.op.kind === "input" || value.op.kind === "persistent";
  if (!decides && value.variesBy !== varies) report("G8", `varies by ${value.variesBy}, its operands by ${varies}`);
  if (value.sharding.axes.length !== value.type.shape.length)
    report("G9", `sharding of ${value.sharding.axes.length} axes`);
  return found;
}

function typeProblem(graph: Graph, value: Value): string | null {
  try {
    const type = resultType(value.op, (id) => graph.values[id]!.type, value.type);
    return isType(type, value.type) ? null : `is ${printType(value.type)}, but its op gives ${printType(type)}`;
  } catch (error) {
    if (error instanceof InvariantError) return error.message;
    throw error;
  }
}

function boundaryViolations(graph: Graph, tensors: readonly Persistent[]): readonly GraphViolation[] {
  const found: GraphViolation[] = [];
  for (const value of graph.values) {
    if (value.op.kind !== "input") continue;
    const { name } = value.op;
    const listed = graph.inputs.filter((input) => input.name === name);
    if (listed.length !== 1 || listed[0]!.value !== value.id || !isType(listed[0]!.type, value.type)) {
      found.push({ constraint: "G5", message: `input ${name} (%${value.id}) is not listed once, with its type` });
    }
  }
  for (const { name, value } of graph.inputs) {
    if (graph.values[value]?.op.kind !== "input")
      found.push({ constraint: "G5", message: `input ${name} has no value` });
  }
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const again = graph.outputs.findIndex((output) => output.name === name) !== i;
    if (again || graph.values[value] === undefined) {
      found.push({ constraint: "G6", message: `output ${name} = %${value}` });
    }
  }
  for (const [i, { target, value }] of graph.updates.entries()) {
    const tensor = tensors[target];
    const again = graph.updates.findIndex((update) => update.target === target) !== i;
    const fits = tensor !== undefined && tensor.tiedTo === undefined && isType(tensor.type, graph.values[value]?.type);
    if (again || !fits) found.push({ constraint: "G7", message: `update of ${tensor?.path ?? target} = %${value}` });
  }
  return found;
}

function isType(left: TensorType | undefined, right: TensorType | undefined): boolean {
  return left !== undefined && right !== undefined && printType(left) === printType(right);
}
