/** Shapes of every body, for all sizes; then with the numbers of the models that jobs train. */
import type { FnDecl } from "../../1-parse/ast.ts";
import type { Context } from "../context.ts";
import type { Facts, Job } from "../program.ts";
import { checkModule } from "./check-bodies.ts";
import { checkObjective } from "./check-objective.ts";
import type { Shapes } from "./env.ts";
import { type Entry, replay } from "./replay.ts";
import { checkUnusedParameters } from "./usage.ts";

/** Bodies of the user's files; with `everything` the standard library's too, which its own tests check. */
export function checkShapes(jobs: ReadonlyMap<string, Job>, everything: boolean, facts: Facts, context: Context): void {
  const shapes: Shapes = { context, findings: [], summaries: new Map(), active: [] };
  for (const module of context.loaded.modules.values()) {
    if (everything || !module.file.startsWith("std/")) checkModule(module, shapes);
  }
  checkUnusedParameters(context);
  // An objective is held against a model that is right itself.
  if (!context.reporter.failed && shapes.findings.length === 0) {
    for (const job of jobs.values()) {
      const data = job.kind === "train" ? jobs.get(job.data) : undefined;
      if (job.kind === "train" && data?.kind === "data") checkObjective(job, data, facts, shapes);
    }
  }
  const numbers = replay(entriesOf(jobs, context), shapes);
  for (const { owner, build } of shapes.findings) {
    context.reporter.report(build(numbers.get(owner) ?? context.instances.get(owner) ?? null));
  }
}

/** `forward` of each model that is trained, with its arguments and the data's window. */
function entriesOf(jobs: ReadonlyMap<string, Job>, context: Context): readonly Entry[] {
  return context.trained.flatMap(({ model, data, span }) => {
    const forward = model.entity.decl.members.find(
      (member): member is FnDecl => member.kind === "fn" && member.name.text === "forward",
    );
    if (forward === undefined) return [];
    const valuation = new Map<string, number>();
    for (const [name, value] of model.args)
      if (value.kind === "number" && value.integer) valuation.set(name, value.value);
    const job = data === null ? undefined : jobs.get(data);
    const length = sequenceName(forward);
    if (job?.kind === "data" && length !== null) valuation.set(length, job.window + job.overlap);
    return [{ fn: forward, valuation, from: span }];
  });
}

/** The name that `forward` gives to the second axis of `ids`. */
export function sequenceName(forward: FnDecl): string | null {
  const ids = forward.params.find((param) => param.name.text === "ids");
  if (ids?.type?.kind !== "named") return null;
  const axis = ids.type.shape?.[1];
  return axis?.kind === "dim" && axis.value.kind === "name" ? axis.value.text : null;
}
