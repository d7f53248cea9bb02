/** `rand_like(x)` and `randn_like(x)`: numbers that depend on the seed, the layer's path, the step and the sequence only. */
import { type Span, unsupported } from "../diagnostics/report.ts";
import { tensorType } from "../ir/types.ts";
import { type Datum, tensor } from "./elaborate/datum.ts";
import type { Frame } from "./elaborate/frame.ts";
import { asTensor } from "./elaborate/tensor-ops.ts";
import { streamOf } from "./stream.ts";

/**
 * f32 of x's shape; the n-th draw at a path has stream `<path>/random.<n>`. Where x depends on the batch, its rows are
 * sequences and are numbered over the whole run of data, so that `micro` changes nothing.
 */
export function randomLike(frame: Frame, distribution: "uniform" | "normal", like: Datum, span: Span): Datum {
  const { build } = frame;
  const { graph } = build;
  const x = asTensor(build, like, "f32");
  const { type, variesBy } = graph.valueOf(x);
  const scalar = tensorType("i32", []);
  const perSample = variesBy === "sample";
  if (perSample && type.shape[0] !== build.rows) {
    unsupported(span, "random numbers for a tensor whose first axis is not the batch");
  }
  const draw = build.draws.get(frame.place.path) ?? 0;
  build.draws.set(frame.place.path, draw + 1);
  return tensor(
    graph.random(
      distribution,
      tensorType("f32", type.shape),
      streamOf(`${frame.place.path}/random.${draw}`),
      graph.input("seed", tensorType("u32", [])),
      graph.input("step", scalar),
      perSample ? graph.input("sample", scalar) : null,
    ),
  );
}
