/**
 * Which numbers the host may upload: an input that chooses rows of a table must stay below its number of rows. Kernels
 * do not check indices again, so the host proves every id in range before it uploads it.
 */
import type { Bundle, Graph, ValueId } from "./graph.ts";
import { operandsOf } from "./operands.ts";

/** For each input that reaches the indices of a gather or scatter unchanged: the size of the smallest axis it indexes. */
export function indexLimitsOf(programs: Bundle["programs"]): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const graph of Object.values(programs)) {
    for (const [name, limit] of graphLimits(graph)) limits.set(name, Math.min(limit, limits.get(name) ?? limit));
  }
  return limits;
}

function graphLimits(graph: Graph): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { op } of graph.values) {
    if (op.kind !== "gather" && op.kind !== "scatter") continue;
    const table = graph.values[op.kind === "gather" ? op.of : op.into];
    const rows = table?.type.shape[op.axis];
    const name = inputBehind(graph, op.indices);
    if (name === null || rows === undefined) continue;
    limits.set(name, Math.min(rows, limits.get(name) ?? rows));
  }
  return limits;
}

/** The input whose elements these are, moved but not computed with. */
function inputBehind(graph: Graph, id: ValueId): string | null {
  const op = graph.values[id]?.op;
  if (op === undefined) return null;
  if (op.kind === "input") return op.name;
  const [moved] = operandsOf(op);
  return movesElements.has(op.kind) && moved !== undefined ? inputBehind(graph, moved) : null;
}

const movesElements: ReadonlySet<string> = new Set([
  "reshape",
  "transpose",
  "broadcast",
  "slice",
  "dynamicSlice",
  "stopGradient",
]);
