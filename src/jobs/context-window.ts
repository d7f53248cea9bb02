/** What of a text the model sees once it is longer than the context. */
import type { GenerateJob } from "../2-check/program.ts";

/**
 * The first token that is seen of `length`, at most `context` of them; null where generation stops. `slide(n)` drops n
 * tokens whenever the context is full, so positions start from 0 again and the text in between is not recomputed.
 * The default is slide(context // 2).
 */
export function contextStart(length: number, context: number, policy: GenerateJob["context"]): number | null {
  if (length <= context) return 0;
  if (policy?.kind === "stop") return null;
  const by = Math.min(policy?.by ?? Math.floor(context / 2), context) || 1;
  return Math.ceil((length - context) / by) * by;
}
