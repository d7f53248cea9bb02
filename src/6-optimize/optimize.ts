/**
 * Phase 6: each program's graph through the passes of `graphPasses`, in this order, then fused into kernels.
 * `watch` sees the graph after each pass (`llmc build --after <pass>`); with `verify` a broken graph fails, naming the pass.
 */
import type { Bundle, Graph, Persistent, ProgramName } from "../ir/graph/graph.ts";
import type { KernelGraph } from "../ir/kernel/kernel.ts";
import type { KernelBundle } from "../ir/kernel/kernel-bundle.ts";
import { verifyKernelGraph } from "../ir/kernel/verify-kernel.ts";
import type { GraphPass } from "../ir/pass.ts";
import type { Profile } from "../ir/plan/profile.ts";
import { verifyGraph } from "../ir/rules/verify.ts";
import { decompose } from "./decompose.ts";
import { deduplicate } from "./deduplicate.ts";
import { fuse } from "./fuse.ts";
import { removeDead } from "./remove-dead.ts";
import { simplify } from "./simplify.ts";
import { splitReductions } from "./split-reductions.ts";

export type OptimizeOptions = {
  readonly verify?: boolean;
  readonly watch?: (program: ProgramName, pass: string, graph: Graph) => void;
};

/** Simplify first: rules of later passes assume that no identity is left. Split last: simplify must not see its halves. */
export const graphPasses: readonly GraphPass[] = [
  simplify,
  deduplicate,
  decompose,
  { ...simplify, name: "simplify-decomposed" },
  { ...deduplicate, name: "deduplicate-decomposed" },
  splitReductions,
  removeDead,
];

export function optimize(bundle: Bundle, profile: Profile, options: OptimizeOptions = {}): KernelBundle {
  const { tensors } = bundle;
  const programs: Partial<Record<ProgramName, KernelGraph>> = {};
  for (const [key, graph] of Object.entries(bundle.programs)) {
    const name = key as ProgramName;
    const watch = (pass: string, after: Graph): void => options.watch?.(name, pass, after);
    const kernels = fuse(optimizeGraph(graph, tensors, options.verify ?? false, watch), tensors, profile);
    if (options.verify) verifyKernelGraph(kernels);
    programs[name] = kernels;
  }
  return { ...bundle, programs };
}

/** The graph passes alone. */
export function optimizeGraph(
  graph: Graph,
  tensors: readonly Persistent[],
  verify: boolean,
  watch: (pass: string, graph: Graph) => void = () => {},
): Graph {
  if (verify) verifyGraph(graph, tensors, "the phase before");
  let current = graph;
  for (const pass of graphPasses) {
    current = pass.run(current, tensors);
    if (verify) verifyGraph(current, tensors, pass.name);
    watch(pass.name, current);
  }
  return current;
}
