/** The jobs of a program as typed records, each after what it needs. */
import type { Decl } from "../../1-parse/ast.ts";
import { unsupportedDiagnostic } from "../../diagnostics/report.ts";
import type { Context } from "../context.ts";
import type { Job, Module } from "../program.ts";
import { bindingValue } from "../static/static-names.ts";
import { allJobs } from "./all-jobs.ts";
import { checkAcross } from "./cross-checks.ts";
import { checkData, dataSpec } from "./data.ts";
import { collectFields, type Fields, type KindSpec } from "./fields.ts";
import { checkGenerate, generateSpec } from "./generate.ts";
import type { JobBase } from "./job-base.ts";
import { checkTokenizer, tokenizerSpec } from "./tokenizer.ts";
import { checkTrain } from "./train.ts";
import { trainSpec } from "./train-spec.ts";

type Checker = {
  readonly spec: KindSpec;
  readonly check: (base: JobBase, fields: Fields, context: Context) => Job | null;
};

const checkers: { readonly [K in Job["kind"]]: Checker } = {
  tokenizer: { spec: tokenizerSpec, check: checkTokenizer },
  data: { spec: dataSpec, check: checkData },
  train: { spec: trainSpec, check: checkTrain },
  generate: { spec: generateSpec, check: checkGenerate },
};

/** Jobs of the root file and those of other files that they need. Jobs with errors are left out. */
export function checkJobs(root: Module, context: Context): ReadonlyMap<string, Job> {
  const known = allJobs(context);
  const checked = new Map<string, Job | null>();
  const visit = (name: string, waiting: readonly string[]): void => {
    const job = known.get(name);
    if (job === undefined) return;
    if (waiting.includes(name)) {
      reportCycle([...waiting.slice(waiting.indexOf(name)), name], job.decl, context);
      return;
    }
    if (checked.has(name)) return;
    const record = checkJob(name, job.decl, job.module, context);
    if (record !== null) for (const need of needsOf(record)) visit(need, [...waiting, name]);
    // Set after its needs, so that the map's order is an order to run in.
    checked.set(name, record);
  };
  for (const [name, { module }] of known) if (module === root) visit(name, []);
  checkValues(root, context);
  const jobs = new Map([...checked].flatMap(([name, job]) => (job === null ? [] : [[name, job] as const])));
  checkAcross(jobs, context);
  return jobs;
}

/** Values of the file, also those that no job uses. */
function checkValues(root: Module, context: Context): void {
  for (const item of root.ast.items) {
    if (item.kind === "binding") for (const name of item.names) bindingValue(item, name.text, root, context);
    else if (item.kind === "assert") {
      context.reporter.report(unsupportedDiagnostic(item.span, "an assertion of the file"));
    }
  }
}

function checkJob(name: string, decl: Decl, module: Module, context: Context): Job | null {
  const kind = decl.declKind.text;
  if (!isCheckedKind(kind)) {
    context.reporter.report({
      code: "E0900",
      severity: "error",
      message: `\`${kind}\` is not supported by this version of llmc`,
      labels: [{ span: decl.declKind.span, text: "not supported yet" }],
    });
    return null;
  }
  if (decl.params !== null || decl.where.length > 0) {
    context.reporter.report({
      code: "E0106",
      severity: "error",
      message: `a ${kind} takes no parameters`,
      labels: [{ span: decl.name.span, text: "has parameters" }],
    });
    return null;
  }
  const { spec, check } = checkers[kind];
  const collected = collectFields(decl, module, spec, context);
  if (collected === null) return null;
  const { fields, complete } = collected;
  const places = new Map([...fields].map(([field, { value }]) => [field, value.span]));
  const job = check({ name, decl, module, fields: places }, fields, context);
  return complete ? job : null;
}

function isCheckedKind(kind: string): kind is Job["kind"] {
  return Object.hasOwn(checkers, kind);
}

function needsOf(job: Job): readonly string[] {
  switch (job.kind) {
    case "tokenizer":
      return [];
    case "data":
      return [job.tokenizer];
    case "train":
      return [job.data];
    case "generate":
      return [job.model.job];
  }
}

function reportCycle(names: readonly string[], decl: Decl, context: Context): void {
  context.reporter.report({
    code: "E0107",
    severity: "error",
    message: `these runs wait for each other: ${names.join(" → ")}`,
    labels: [{ span: decl.name.span, text: "waits for itself" }],
  });
}
