/** From drafts to kernels: family, cost, reason, and the order in which they run. */
import type { ValueId } from "../../ir/graph/graph.ts";
import { unproven } from "../../ir/kernel/bounds.ts";
import {
  type Cost,
  dependsOnReduced,
  type Kernel,
  type KernelFamily,
  type KernelGraph,
  type Read,
  type ScalarNode,
  type Write,
} from "../../ir/kernel/kernel.ts";
import { denseBytes, elementCount } from "../../ir/types.ts";
import type { Body } from "./build-body.ts";
import { coalesce } from "./coalesce.ts";
import { type Draft, type FuseContext, isContract, isElementwise, valueAt } from "./draft.ts";
import type { Pool } from "./pool.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

export function finish(pool: Pool): KernelGraph {
  const { context } = pool;
  const { graph } = context;
  const kernels = pool.order().map((id) => kernelOf(context, pool.draft(id), pool.body(id)));
  const used = new Set<ValueId>(context.results);
  for (const kernel of kernels) for (const read of kernel.reads) used.add(read.value);
  const typed = (value: ValueId) => ({ value, type: valueAt(context, value).type });
  return {
    name: graph.name,
    inputs: graph.inputs.filter(({ value }) => used.has(value)),
    persistents: graph.values.flatMap(({ id, op }) =>
      op.kind === "persistent" && used.has(id) ? [{ id: op.id, ...typed(id) }] : [],
    ),
    kernels,
    outputs: graph.outputs.map(({ name, value }) => ({ name, ...typed(context.canonical(value)) })),
    updates: graph.updates.map(({ target, value }) => ({ target, ...typed(context.canonical(value)) })),
  };
}

function kernelOf(context: FuseContext, draft: Draft, built: Body): Kernel {
  const code = removeDeadNodes({ ...built, body: built.nodes });
  const reduces = code.body.some(({ op }) => op.kind === "reduce");
  const loops = reduces || code.writes.some(({ index }) => dependsOnReduced({ ...draft, body: code.body }, index));
  const family: KernelFamily = !reduces ? "map" : isContract(context, draft) ? "contract" : "row";
  // Without a reduction the inner axes are as parallel as the others.
  const flat = !reduces && loops;
  const space = coalesce({
    ...code,
    domain: flat ? [...draft.domain, ...draft.reduce] : draft.domain,
    reduce: flat || !loops ? [] : draft.reduce,
    body: flat ? code.body.map((node) => ({ ...node, scope: "domain" as const })) : code.body,
  });
  const reads = space.reads.map((read) => guardUnproven(space, read));
  return {
    family,
    domain: space.domain,
    reduce: space.reduce,
    body: space.body,
    reads,
    writes: space.writes,
    cost: costOf(space),
    why: whyOf(context, draft, built, family),
  };
}

/** A read stays inside its tensor because the graph says so; where that is not seen, a guard says it. */
function guardUnproven(loops: Pick<Kernel, "domain" | "reduce" | "body">, read: Read): Read {
  const open = unproven(loops, read);
  if (open.length === 0) return read;
  const conditions = open.map(({ dimension }) => {
    return { expr: read.index[dimension]!, from: 0, to: read.type.shape[dimension]! };
  });
  return { ...read, guard: [...(read.guard ?? []), ...conditions] };
}

type Loops = Pick<Kernel, "domain" | "reduce" | "body" | "reads" | "writes">;

function costOf({ domain, reduce, body, reads, writes }: Loops): Cost {
  const points = elementCount(domain);
  const inner = points * elementCount(reduce);
  let flops = 0;
  for (const node of body) {
    if (!isOperation(node)) continue;
    flops += node.scope === "inner" || node.op.kind === "reduce" ? inner : points;
  }
  const seen = new Set<ValueId>();
  let bytes = 0;
  for (const { value, type } of [...reads, ...writes] as readonly (Read | Write)[]) {
    if (seen.has(value)) continue;
    seen.add(value);
    bytes += denseBytes(type);
  }
  return { flops, bytes };
}

function isOperation({ op }: ScalarNode): boolean {
  return op.kind === "apply" || op.kind === "select" || op.kind === "random" || op.kind === "reduce";
}

/** `layer norm of blocks.0.ln1` cannot be known; what can: where it comes from and how much work was put together. */
function whyOf(context: FuseContext, draft: Draft, body: Body, family: KernelFamily): string {
  const paths = new Set<string>();
  for (const id of [...draft.heavies.keys(), ...draft.stored.keys()]) paths.add(valueAt(context, id).origin.path);
  const names = [...paths].filter((path) => path !== "");
  const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
  const reductions = body.nodes.filter(({ op }) => op.kind === "reduce").length;
  const elementwise = [...body.visits.keys()].filter((id) => isElementwise(valueAt(context, id))).length;
  const parts = [
    ...(family === "contract" ? ["1 product"] : reductions > 0 ? [count(reductions, "reduction")] : []),
    ...(elementwise > 0 ? [`${elementwise} elementwise`] : []),
    ...(draft.stored.size > 1 ? [`${draft.stored.size} results`] : []),
  ];
  return `${shown === "" ? context.graph.name : shown}: ${parts.length === 0 ? "copy" : parts.join(", ")}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
