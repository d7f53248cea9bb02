/**
 * `update`: the optimizer written in `.llm`, applied to every trainable parameter.
 *
 * g · min(1, clip / (‖g‖ + 1e-6)) with the norm over all gradients, as torch.nn.utils.clip_grad_norm_ does.
 */
import type { Binding, FnDecl } from "../1-parse/ast.ts";
import { DiagnosticError, unsupported } from "../diagnostics/report.ts";
import type { Graph, Persistent, PersistentId, ValueId } from "../ir/graph/graph.ts";
import { tensorType } from "../ir/types.ts";
import { type Setting, startProgram } from "./build.ts";
import { apply, bindParams, runBody } from "./elaborate/call.ts";
import { type Datum, type Instance, tensor } from "./elaborate/datum.ts";
import { type Build, type Frame, instanceFrame, originAt, type Place } from "./elaborate/frame.ts";
import { instantiate, isState } from "./elaborate/instance.ts";
import { asTensor } from "./elaborate/tensor-ops.ts";
import { knownShape, matchAxes } from "./elaborate/types.ts";
import { staticInstance } from "./static.ts";
import { f32, parametersOf } from "./tensors.ts";

/** A tensor of optimizer state, and what its first value is: an expression over the dimensions it was bound with. */
export type OptimizerState = {
  readonly id: PersistentId;
  readonly path: string;
  readonly member: Binding;
  readonly shape: readonly number[];
  readonly dimensions: ReadonlyMap<string, Datum>;
};

export type UpdateProgram = { readonly graph: Graph; readonly states: readonly OptimizerState[] };

/** Inputs `step` i32[], `total` f32[]; outputs `grad_norm` f32[] and, where the optimizer has one, `lr` f32[]. */
export function lowerUpdate(setting: Setting): UpdateProgram {
  const { tensors, train } = setting;
  const build = startProgram(setting, "update", { training: true, rows: 0 });
  const { graph } = build;
  const t = graph.input("step", tensorType("i32", []));
  const optimizer = staticInstance(build, train.optimizer, { path: "optimizer", loop: null });
  const trained = parametersOf(tensors).filter((parameter) => parameter.trainable);
  if (trained.length === 0) failUntrained(setting);
  const gradients = trained.map((parameter) => gradientOf(build, parameter));
  const norm = globalNorm(build, gradients);
  const scale = train.clip === null ? null : clipScale(build, norm, train.clip);
  const states: OptimizerState[] = [];
  trained.forEach((parameter, i) => {
    const place = placeOf(parameter);
    graph.at(originAt(place, parameter.origin.span), () => {
      const gradient = scale === null ? gradients[i]! : scaledBy(build, gradients[i]!, scale);
      states.push(...updateParameter(build, optimizer, parameter, gradient, t));
    });
  });
  graph.output("grad_norm", norm);
  const rate = optimizer.args.get("lr");
  if (rate !== undefined) graph.output("lr", scheduled(build, optimizer, rate, t));
  return { graph: graph.finish(), states };
}

function failUntrained({ train }: Setting): never {
  throw new DiagnosticError([
    {
      code: "E0303",
      severity: "error",
      message: `the model of \`${train.name}\` has no parameters: there is nothing to train`,
      labels: [{ span: train.fields.get("model") ?? train.decl.name.span, text: "no parameters" }],
    },
  ]);
}

function gradientOf(build: Build, parameter: Persistent): ValueId {
  const { path, type, origin } = parameter;
  const id = build.tensors.obtain(`gradient/${path}`, "gradient", type, origin);
  return build.graph.at(origin, () => build.graph.persistent(id));
}

/** √Σ g² over all elements of all gradients. */
function globalNorm({ graph }: Build, gradients: readonly ValueId[]): ValueId {
  const squares = gradients.map((gradient) => {
    const axes = graph.typeOf(gradient).shape.map((_, axis) => axis);
    const square = graph.apply("mul", gradient, gradient);
    return axes.length === 0 ? square : graph.reduce("sum", square, axes);
  });
  return graph.apply(
    "sqrt",
    squares.reduce((sum, square) => graph.apply("add", sum, square)),
  );
}

function clipScale({ graph }: Build, norm: ValueId, clip: number): ValueId {
  const guarded = graph.apply("add", norm, graph.constant(1e-6, "f32"));
  const ratio = graph.apply("div", graph.constant(clip, "f32"), guarded);
  return graph.apply("min", graph.constant(1, "f32"), ratio);
}

function scaledBy({ graph }: Build, gradient: ValueId, scale: ValueId): ValueId {
  return graph.apply("mul", gradient, graph.broadcast(scale, graph.typeOf(gradient).shape, []));
}

/** Runs the first `fn update` whose `p` has the parameter's rank; state is created with the dimensions that this binds. */
function updateParameter(
  build: Build,
  optimizer: Instance,
  parameter: Persistent,
  gradient: ValueId,
  t: ValueId,
): readonly OptimizerState[] {
  const { graph } = build;
  const instance = instantiate(build, optimizer, optimizer.args, placeOf(parameter));
  const update = fittingUpdate(instance, parameter);
  const frame = instanceFrame(build, instance);
  const given = {
    p: () => tensor(graph.persistent(parameter.id)),
    g: () => tensor(gradient),
    t: () => tensor(t),
    total: () => tensor(graph.input("total", tensorType("f32", []))),
  };
  const wanted = Object.entries(given).filter(([name]) => update.params.some((param) => param.name.text === name));
  const named = new Map(wanted.map(([name, value]) => [name, value()]));
  bindParams(frame, update.params, { positional: [], named, span: update.span });
  const states = createStates(frame, instance, parameter);
  const result = runBody(frame, update);
  graph.update(parameter.id, asTensor(build, result, "f32"));
  for (const state of states) {
    const assigned = frame.locals.get(state.member.names[0]!.text);
    if (assigned !== undefined) graph.update(state.id, asTensor(build, assigned, "f32"));
  }
  return states;
}

function fittingUpdate(instance: Instance, parameter: Persistent): FnDecl {
  const updates = instance.decl.members.filter((member) => member.kind === "fn" && member.name.text === "update");
  for (const update of updates) {
    if (update.kind !== "fn") continue;
    const type = update.params.find((param) => param.name.text === "p")?.type;
    if (type?.kind === "named" && type.shape !== null && matchAxes(type.shape, parameter.type.shape) !== null) {
      return update;
    }
  }
  const { decl } = instance;
  return unsupported(decl.span, `\`${decl.name.text}\` for ${parameter.path} of rank ${parameter.type.shape.length}`);
}

/** State members whose shape this `update` determines: `m: state[*S]` for `p: [*S]`. */
function createStates(frame: Frame, instance: Instance, parameter: Persistent): readonly OptimizerState[] {
  const { build } = frame;
  const states: OptimizerState[] = [];
  const dimensions = new Map([...frame.locals].filter(([, value]) => value.kind === "number" || value.kind === "list"));
  for (const member of instance.decl.members) {
    if (member.kind !== "binding" || !isState(member)) continue;
    const shape = member.type?.kind === "named" ? knownShape(frame, member.type.shape ?? []) : null;
    if (shape === null) continue;
    const name = member.names[0]!.text;
    const path = `optimizer/${name}/${parameter.path}`;
    const id = build.tensors.obtain(path, "state", f32(shape), originAt(frame.place, member.span));
    instance.members.set(name, tensor(build.graph.persistent(id)));
    states.push({ id, path, member, shape, dimensions });
  }
  return states;
}

/** A hyperparameter at step t: a number is a constant schedule. */
function scheduled(build: Build, optimizer: Instance, rate: Datum, t: ValueId): ValueId {
  const frame = instanceFrame(build, optimizer);
  const args = { positional: [tensor(t)], named: new Map<string, Datum>(), span: optimizer.decl.span };
  return asTensor(build, apply(frame, rate, args), "f32");
}

function placeOf(parameter: Persistent): Place {
  return { path: parameter.path, loop: parameter.origin.loop ?? null };
}
