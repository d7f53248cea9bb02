/**
 * Fusion: Graph → KernelGraph. Needs a decomposed graph (decompose.ts); gives kernels in the order in which they run.
 *
 * A kernel is an iteration space and the values stored in it; everything else is inlined where it is asked for. So
 * fusion decides what is stored and which of it shares a space: first every reduction and product with its tail, then
 * producers join their readers, then values that several kernels would repeat at a cost get memory.
 */
import type { Graph, Persistent, PersistentId, ValueId } from "../ir/graph/graph.ts";
import { operandsOf } from "../ir/graph/operands.ts";
import type { KernelGraph } from "../ir/kernel/kernel.ts";
import type { Profile } from "../ir/plan/profile.ts";
import type { FuseContext } from "./fuse/draft.ts";
import { finish } from "./fuse/finish.ts";
import { mergeAll } from "./fuse/merge.ts";
import { Pool } from "./fuse/pool.ts";
import { refine } from "./fuse/refine.ts";
import { firstDrafts } from "./fuse/start.ts";
import { storeWhatIsShared, storeWhatIsTooMuch } from "./fuse/store.ts";

export function fuse(graph: Graph, tensors: readonly Persistent[], profile: Profile): KernelGraph {
  const context = contextOf(graph, tensors, profile);
  const pool = new Pool(context, firstDrafts(context));
  storeWhatIsTooMuch(pool);
  refineAll(pool);
  mergeAll(pool);
  while (storeWhatIsShared(pool)) {
    // Each stored value changes what the others cost.
  }
  mergeAll(pool);
  refineAll(pool);
  return finish(pool);
}

function refineAll(pool: Pool): void {
  for (const id of pool.ids) {
    const refined = refine(pool.draft(id), pool.body(id));
    if (refined !== null && pool.tryBody(refined, id) !== null) pool.replace(id, refined);
  }
}

function contextOf(graph: Graph, tensors: readonly Persistent[], profile: Profile): FuseContext {
  const firsts = new Map<PersistentId, ValueId>();
  const canonical = graph.values.map(({ id, op }) => {
    if (op.kind !== "persistent") return id;
    const tensor = tensors[op.id]!.tiedTo ?? op.id;
    const first = firsts.get(tensor) ?? id;
    firsts.set(tensor, first);
    return first;
  });
  const results = new Set<ValueId>();
  for (const { value } of [...graph.outputs, ...graph.updates]) results.add(canonical[value]!);

  const live = graph.values.map(() => false);
  const users = graph.values.map((): ValueId[] => []);
  for (const id of results) live[id] = true;
  for (const value of [...graph.values].reverse()) {
    if (!live[value.id]) continue;
    for (const operand of new Set(operandsOf(value.op).map((id) => canonical[id]!))) {
      live[operand] = true;
      users[operand]!.push(value.id);
    }
  }
  const replaces = new Map<ValueId, ValueId>();
  for (const { target, value } of graph.updates) {
    const old = firsts.get(tensors[target]!.tiedTo ?? target);
    if (old !== undefined && !replaces.has(canonical[value]!)) replaces.set(canonical[value]!, old);
  }
  return { graph, profile, users, live, results, replaces, canonical: (id) => canonical[id]! };
}
