/** First values of parameters and state, as values of the `init` program. */
import type { ValueId } from "../../ir/graph/graph.ts";
import { tensorType } from "../../ir/types.ts";
import { streamOf } from "../stream.ts";
import type { Datum } from "./datum.ts";
import { float, integer, tensor } from "./datum.ts";
import type { Build } from "./frame.ts";
import { asTensor, broadcastTo, elementwise } from "./tensor-ops.ts";

/** f32 of `shape`. Random numbers: stream `<path>/init`, step 0, so a tensor's values depend on its path and the seed only. */
export function initialValue(build: Build, datum: Datum, shape: readonly number[], path: string): ValueId {
  const { graph } = build;
  if (datum.kind !== "initialiser" || datum.initialiser.kind === "constant") {
    return broadcastTo(build, asTensor(build, datum, "f32"), shape);
  }
  const { initialiser } = datum;
  const seed = graph.input("seed", tensorType("u32", []));
  const draw = (distribution: "uniform" | "normal") =>
    tensor(
      graph.random(
        distribution,
        tensorType("f32", shape),
        streamOf(`${path}/init`),
        seed,
        graph.constant(0, "i32"),
        null,
      ),
    );
  if (initialiser.kind === "normal") {
    return asTensor(build, elementwise(build, "mul", draw("normal"), float(initialiser.std)));
  }
  // bound · (2 u − 1), u in [0, 1)
  const centred = elementwise(build, "sub", elementwise(build, "mul", draw("uniform"), integer(2)), integer(1));
  return asTensor(build, elementwise(build, "mul", centred, float(initialiser.bound)));
}
