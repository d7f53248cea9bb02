/** `prefill`: ids i32[1, T] → the logits [1, V] at position `last` i32[1], T being the window the model was trained with. */

import { unsupported } from "../diagnostics/report.ts";
import type { Graph } from "../ir/graph/graph.ts";
import { tensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { type Setting, startProgram } from "./build.ts";
import { asTensor } from "./elaborate/tensor-ops.ts";
import { buildModel, runForward } from "./forward.ts";

export function lowerPrefill(setting: Setting): Graph {
  const build = startProgram(setting, "prefill", { training: false, rows: 1 });
  const { graph } = build;
  const model = buildModel(build, setting);
  const logits = runForward(build, model, new Map()).get("logits");
  if (logits === undefined) return unsupported(model.decl.span, "generation from a model without an output `logits`");
  const all = asTensor(build, logits, "f32");
  const [rows, , vocabulary] = graph.typeOf(all).shape;
  invariant(rows === 1 && vocabulary !== undefined, "logits are [B, T, V]");
  // [1] → [], then [1, T, V] → [1, 1, V] → [1, V]
  const last = graph.reshape(graph.input("last", tensorType("i32", [1])), []);
  const zero = graph.constant(0, "i32");
  const row = graph.dynamicSlice(all, [zero, last, zero], [1, 1, vocabulary]);
  graph.output("logits", graph.reshape(row, [1, vocabulary]));
  return graph.finish();
}
