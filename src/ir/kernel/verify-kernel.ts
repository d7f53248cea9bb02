/**
 * What holds of every kernel and of the graph they form, numbered.
 *
 * - K1  a node's id is its position, and nodes come after those they use; reads and axes that are named exist
 * - K2  a map has no reduced axes and no reductions; a row and a contract have both
 * - K3  a node is `inner` just if it depends on a reduced axis; a reduction takes an inner node
 * - K4  dtypes fit: those of a function's arguments, of conditions, indices, reads and what is written
 * - K5  every index lies inside its tensor: proven, or behind a guard; what is computed is clamped
 * - K6  a result of the domain is written once a domain point, one of the inner axes once an inner point, each elsewhere
 * - K7  what is read is an input, a persistent tensor or written by an earlier kernel; outputs and updates exist
 * - K8  no value is written by two kernels, and none is written that was read as an input or persistent tensor
 */
import { InvariantError } from "../../support/invariant.ts";
import type { ValueId } from "../graph/graph.ts";
import { boundsProblem } from "./bounds.ts";
import { atomsOf } from "./index-expr.ts";
import { dependsOnReduced, type IndexExpr, type Kernel, type KernelGraph, type NodeId, type Write } from "./kernel.ts";
import { argumentsOf } from "./node-arguments.ts";
import { dtypeProblem } from "./node-dtypes.ts";
import { printKernel } from "./print-kernel.ts";

export type KernelConstraint = "K1" | "K2" | "K3" | "K4" | "K5" | "K6" | "K7" | "K8";
export type KernelViolation = { readonly constraint: KernelConstraint; readonly message: string };

/** Fails, naming the constraint and the kernel, where something does not hold. */
export function verifyKernelGraph(graph: KernelGraph): void {
  const found = kernelGraphViolations(graph);
  if (found.length === 0) return;
  const lines = found.slice(0, 5).map(({ constraint, message }) => `${constraint}: ${message}`);
  throw new InvariantError([`after fuse, program ${graph.name} is broken:`, ...lines].join("\n"));
}

export function kernelGraphViolations(graph: KernelGraph): readonly KernelViolation[] {
  const found = graph.kernels.flatMap((kernel) =>
    kernelViolations(kernel).map(({ constraint, message }) => ({
      constraint,
      message: `${message} in\n${printKernel(kernel)}`,
    })),
  );
  const given = new Set<ValueId>([...graph.inputs, ...graph.persistents].map(({ value }) => value));
  const written = new Set<ValueId>();
  for (const { reads, writes, why } of graph.kernels) {
    for (const { value } of reads) {
      if (!given.has(value) && !written.has(value)) {
        found.push({ constraint: "K7", message: `${why}: nobody has made v${value} yet` });
      }
    }
    for (const { value } of writes) {
      if (given.has(value) || written.has(value)) found.push({ constraint: "K8", message: `${why}: v${value} again` });
      written.add(value);
    }
  }
  for (const { value } of [...graph.outputs, ...graph.updates]) {
    if (!given.has(value) && !written.has(value)) {
      found.push({ constraint: "K7", message: `nobody makes the result v${value}` });
    }
  }
  return found;
}

export function kernelViolations(kernel: Kernel): readonly KernelViolation[] {
  const structure = structureViolations(kernel);
  // Nothing below can be asked of a body that names what does not exist.
  if (structure.length > 0) return structure;
  return [
    ...familyViolations(kernel),
    ...scopeViolations(kernel),
    ...kernel.body.flatMap((node) => violation("K4", dtypeProblem(kernel, node))),
    ...kernel.writes.flatMap((write) => violation("K4", writeDtypeProblem(kernel, write))),
    ...[...kernel.reads, ...kernel.writes].flatMap((access) => violation("K5", boundsProblem(kernel, access))),
    ...kernel.writes.flatMap((write) => violation("K6", writeProblem(kernel, write))),
  ];
}

function violation(constraint: KernelConstraint, problem: string | null): readonly KernelViolation[] {
  return problem === null ? [] : [{ constraint, message: problem }];
}

function structureViolations(kernel: Kernel): readonly KernelViolation[] {
  const found: KernelViolation[] = [];
  const report = (message: string): void => {
    found.push({ constraint: "K1", message });
  };
  const isNode = (id: NodeId, before: number) => Number.isInteger(id) && id >= 0 && id < before;
  const rank = kernel.domain.length + kernel.reduce.length;
  const exprsAreKnown = (exprs: readonly IndexExpr[], before: number) =>
    exprs.every((expr) => {
      const { axes, nodes } = atomsOf(expr);
      return [...axes].every((axis) => axis >= 0 && axis < rank) && [...nodes].every((node) => isNode(node, before));
    });
  if (![...kernel.domain, ...kernel.reduce].every((size) => Number.isInteger(size) && size > 0))
    report("an empty axis");
  for (const [position, node] of kernel.body.entries()) {
    if (node.id !== position) report(`node ${position} has id ${node.id}`);
    if (node.op.kind === "read" && kernel.reads[node.op.read] === undefined) report(`no read ${node.op.read}`);
    else if (!argumentsOf(kernel, node).every((id) => isNode(id, position))) report(`n${position} uses a later node`);
    if (node.op.kind === "index" && !exprsAreKnown([node.op.expr], position)) report(`n${position}: no such axis`);
    if (
      node.op.kind === "inside" &&
      !exprsAreKnown(
        node.op.guard.map(({ expr }) => expr),
        position,
      )
    ) {
      report(`n${position}: no such axis`);
    }
  }
  for (const { index, guard, type } of [...kernel.reads, ...kernel.writes]) {
    if (!exprsAreKnown([...index, ...(guard ?? []).map(({ expr }) => expr)], kernel.body.length)) {
      report("an access names an axis or node that does not exist");
    }
    if (index.length !== type.shape.length) report(`${index.length} indices for [${type.shape}]`);
  }
  for (const { node } of kernel.writes) if (!isNode(node, kernel.body.length)) report(`no node ${node} to write`);
  return found;
}

function familyViolations({ family, reduce, body }: Kernel): readonly KernelViolation[] {
  const reductions = body.filter(({ op }) => op.kind === "reduce").length;
  const holds =
    family === "map"
      ? reduce.length === 0 && reductions === 0
      : reduce.length > 0 && reductions > 0 && (family !== "contract" || reductions === 1);
  return holds ? [] : [{ constraint: "K2", message: `a ${family} with ${reductions} reductions over [${reduce}]` }];
}

function scopeViolations(kernel: Kernel): readonly KernelViolation[] {
  return kernel.body.flatMap((node) => {
    const { op } = node;
    if (op.kind === "reduce") {
      const holds = node.scope === "domain" && kernel.body[op.of]!.scope === "inner";
      return violation("K3", holds ? null : `n${node.id} reduces n${op.of}`);
    }
    const exprs =
      op.kind === "index"
        ? [op.expr]
        : op.kind === "inside"
          ? op.guard.map(({ expr }) => expr)
          : op.kind === "read"
            ? [...kernel.reads[op.read]!.index, ...(kernel.reads[op.read]!.guard ?? []).map(({ expr }) => expr)]
            : [];
    const isInner =
      dependsOnReduced(kernel, exprs) || argumentsOf(kernel, node).some((id) => kernel.body[id]!.scope === "inner");
    return violation("K3", isInner === (node.scope === "inner") ? null : `n${node.id} is not ${node.scope}`);
  });
}

function writeDtypeProblem(kernel: Kernel, { node, type, value }: Write): string | null {
  const { dtype } = kernel.body[node]!;
  return dtype === type.dtype ? null : `n${node} is ${dtype}, v${value} ${type.dtype}`;
}

/** Every axis along which results differ must move the place they are written to. */
function writeProblem(kernel: Kernel, write: Write): string | null {
  const sizes = [...kernel.domain, ...kernel.reduce];
  const used = new Set(write.index.flatMap((expr) => [...atomsOf(expr).axes]));
  const inner = kernel.body[write.node]!.scope === "inner" || dependsOnReduced(kernel, write.index);
  const needed = sizes.slice(0, inner ? sizes.length : kernel.domain.length);
  const missing = needed.findIndex((size, axis) => size > 1 && !used.has(axis));
  if (missing >= 0) return `v${write.value} is written again along axis ${missing}`;
  if (write.accumulate !== undefined || write.encode !== undefined)
    return `v${write.value} is written in a way no target knows`;
  return null;
}
