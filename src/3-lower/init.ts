/** `init`: the first value of every parameter and of the optimizer's state, from `seed` u32[]. */
import type { Graph } from "../ir/graph/graph.ts";
import { type Setting, startProgram } from "./build.ts";
import { evaluate } from "./elaborate/expression.ts";
import { instanceFrame, originAt } from "./elaborate/frame.ts";
import { initialValue } from "./elaborate/initial-value.ts";
import { buildModel } from "./forward.ts";
import type { OptimizerState } from "./optimizer.ts";
import { staticInstance } from "./static.ts";

export function lowerInit(setting: Setting, states: readonly OptimizerState[]): Graph {
  const build = startProgram(setting, "init", { training: false, initialising: true, rows: 0 });
  buildModel(build, setting);
  const optimizer = staticInstance(build, setting.train.optimizer, { path: "optimizer", loop: null });
  for (const { id, path, member, shape, dimensions } of states) {
    const frame = instanceFrame(build, optimizer);
    for (const [name, size] of dimensions) frame.locals.set(name, size);
    build.graph.at(originAt({ path, loop: null }, member.span), () => {
      build.graph.update(id, initialValue(build, evaluate(frame, member.value), shape, path));
    });
  }
  return build.graph.finish();
}
