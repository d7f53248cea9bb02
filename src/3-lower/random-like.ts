/** `rand_like(x)` and `randn_like(x)`: numbers that depend on the seed, the layer's path, the step and the sequence only. */
import { type Span, unsupported } from "../diagnostics/report.ts";
import type { ValueId } from "../ir/graph/graph.ts";
import { type Time, timeOf } from "../ir/rules/time-dependence.ts";
import { tensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { type Datum, tensor } from "./elaborate/datum.ts";
import type { Build, Frame } from "./elaborate/frame.ts";
import { asTensor } from "./elaborate/tensor-ops.ts";
import { streamOf } from "./stream.ts";

/**
 * f32 of x's shape; the n-th draw at a path has stream `<path>/random.<n>`. Along x's axis of sequences, numbers belong
 * to a sequence as counted over the whole run of data, so that `micro` changes nothing.
 */
export function randomLike(frame: Frame, distribution: "uniform" | "normal", like: Datum, span: Span): Datum {
  const { build } = frame;
  const { graph } = build;
  const x = asTensor(build, like, "f32");
  const { shape } = graph.typeOf(x);
  const sequences = sequenceAxis(build, x);
  if (sequences === "mixed") unsupported(span, "random numbers for a tensor that mixes the sequences of a batch");
  const count = build.draws.get(frame.place.path) ?? 0;
  build.draws.set(frame.place.path, count + 1);
  const draw = (drawn: readonly number[]): ValueId =>
    graph.random(
      distribution,
      tensorType("f32", drawn),
      streamOf(`${frame.place.path}/random.${count}`),
      graph.input("seed", tensorType("u32", [])),
      graph.input("step", tensorType("i32", [])),
      sequences === null ? null : graph.input("sample", tensorType("i32", [])),
    );
  if (sequences === null || sequences === 0) return tensor(draw(shape));
  // Numbers are counted within rows of axis 0: the sequences go there and back.
  const front = [sequences, ...shape.map((_, axis) => axis).filter((axis) => axis !== sequences)];
  const back = shape.map((_, axis) => front.indexOf(axis));
  return tensor(graph.transpose(draw(front.map((axis) => shape[axis]!)), back));
}

/** The axis of x along which element b belongs to sequence b; null where x has nothing of the data in it. */
function sequenceAxis(build: Build, x: ValueId): number | null | "mixed" {
  const { graph, times } = build;
  const known = (id: ValueId) => ({ time: times[id]!, type: graph.typeOf(id) });
  // In order of creation, which is topological: no recursion as deep as the model.
  for (let id = times.length; id <= x; id++) {
    const { op, type } = graph.valueOf(id as ValueId);
    const isField = op.kind === "input" && build.fields.has(op.name);
    const drawn = op.kind === "random" && op.sample !== null;
    times.push(isField || drawn ? { kind: "along", axis: 0 } : timeOf(op, type, known));
  }
  const time: Time | undefined = times[x];
  invariant(time !== undefined, `value ${x} is not built yet`);
  if (time.kind === "none") return null;
  return time.kind === "along" ? time.axis : "mixed";
}
