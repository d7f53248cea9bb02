/**
 * Phase 4: the programs that follow from others. `loss` becomes `count` and `microStep`; the rest stays as it is.
 *
 * Bundle with `loss` → Bundle with `count`, `microStep` and every tensor they write: `gradient/<path>` for each
 * trainable parameter and `metric/weight.<k>` for each term of the loss, added where phase 3 did not ask for them.
 */
import type { Bundle } from "../ir/graph/graph.ts";
import { deriveCount } from "./count.ts";
import { deriveMicroStep } from "./micro-step.ts";
import { withDerivedTensors } from "./tensors.ts";

export function derive(bundle: Bundle): Bundle {
  const { loss, ...others } = bundle.programs;
  if (loss === undefined) return bundle;
  const complete = { ...bundle, tensors: withDerivedTensors(bundle) };
  return {
    ...complete,
    programs: { ...others, count: deriveCount(complete, loss), microStep: deriveMicroStep(complete, loss) },
  };
}
