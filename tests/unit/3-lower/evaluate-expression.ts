/** One expression of `.llm`, elaborated into a graph of its own and evaluated in float64. */
import { parse } from "../../../src/1-parse/parse.ts";
import { loadModules } from "../../../src/2-check/modules.ts";
import type { Module } from "../../../src/2-check/program.ts";
import { type Datum, tensor as tensorDatum } from "../../../src/3-lower/elaborate/datum.ts";
import { evaluate } from "../../../src/3-lower/elaborate/expression.ts";
import { type Build, stepBudget } from "../../../src/3-lower/elaborate/frame.ts";
import { moduleFrame } from "../../../src/3-lower/elaborate/names.ts";
import { asTensor } from "../../../src/3-lower/elaborate/tensor-ops.ts";
import { createTensorRegistry } from "../../../src/3-lower/tensors.ts";
import { Reporter } from "../../../src/diagnostics/report.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Graph, Persistent } from "../../../src/ir/graph/graph.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import type { Tensor } from "../../../src/ir/rules/tensor.ts";
import { tensorType } from "../../../src/ir/types.ts";
import { read } from "./compile-source.ts";

export type Given = {
  /** Names in the expression. */
  readonly inputs?: Readonly<Record<string, Tensor>>;
  /** Contents of parameters by path. */
  readonly parameters?: Readonly<Record<string, Tensor>>;
  /** Inputs that the lowering itself asks for: seed, step, sample, total. */
  readonly host?: Readonly<Record<string, Tensor>>;
  readonly training?: boolean;
  /** Declarations before the expression. */
  readonly declarations?: string;
};

export type Elaborated = { readonly graph: Graph; readonly tensors: readonly Persistent[]; readonly datum: Datum };

/** The expression's graph, its result the output `result` where it is no static value. */
export function elaborateExpression(expression: string, given: Given = {}): Elaborated {
  const module = loadModule(`use std.*\n${given.declarations ?? ""}\nprobe = ${expression}\n`);
  const build = startBuild(given);
  const { graph, tensors } = build;
  const frame = moduleFrame(build, module);
  for (const [name, { dtype, shape }] of Object.entries(given.inputs ?? {})) {
    frame.locals.set(name, tensorDatum(graph.input(name, tensorType(dtype, shape))));
  }
  const probe = module.ast.items.find((item) => item.kind === "binding" && item.names[0]?.text === "probe");
  if (probe?.kind !== "binding") throw new Error("no probe");
  const datum = evaluate(frame, probe.value);
  if (datum.kind === "tensor" || datum.kind === "mean") graph.output("result", asTensor(build, datum));
  return { graph: graph.finish(), tensors: tensors.all, datum };
}

export function evaluateExpression(expression: string, given: Given = {}): Tensor {
  const { graph, tensors } = elaborateExpression(expression, given);
  const parameters = new Map(
    tensors.map(({ id, path }) => {
      const content = given.parameters?.[path];
      if (content === undefined) throw new Error(`no content for ${path}`);
      return [id, content];
    }),
  );
  const inputs = { ...given.host, ...given.inputs };
  const { result } = evaluateGraph(graph, { inputs, persistents: parameters }).outputs;
  if (result === undefined) throw new Error("the expression is static");
  return result;
}

function loadModule(text: string): Module {
  const reporter = new Reporter();
  const { file, diagnostics } = parse({ file: "test.llm", text });
  for (const diagnostic of diagnostics) reporter.report(diagnostic);
  const { root } = loadModules(file, read, parse, reporter);
  reporter.throwIfFailed();
  return root;
}

function startBuild(given: Given): Build {
  const tensors = createTensorRegistry();
  return {
    facts: new Map(),
    graph: new GraphBuilder("probe", tensors.all),
    tensors,
    training: given.training ?? false,
    initialising: false,
    met: new Set(),
    draws: new Map(),
    times: [],
    fields: new Map(),
    budget: { left: stepBudget },
  };
}
