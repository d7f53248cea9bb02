/** What one job asks of another: the data's window against the model's context, a split that evaluation reads. */
import type { FnDecl } from "../../1-parse/ast.ts";
import { Reporter } from "../../diagnostics/report.ts";
import type { Context } from "../context.ts";
import { printExpr } from "../print-expr.ts";
import type { DataJob, Job, Static, TrainJob } from "../program.ts";
import { sequenceName } from "../shapes/check-shapes.ts";
import { evaluateStatic } from "../static/evaluate-static.ts";
import { formatStatic } from "../static/format-static.ts";

export function checkAcross(jobs: ReadonlyMap<string, Job>, context: Context): void {
  for (const job of jobs.values()) {
    if (job.kind !== "train") continue;
    checkStalled(job, context);
    const data = jobs.get(job.data);
    if (data?.kind !== "data") continue;
    checkWindow(job, data, context);
    checkSplit(job, data, context);
  }
}

/**
 * E0405: the facts of the model's `forward` about the length of its sequences (`where S <= T`), with S the data's.
 */
function checkWindow(train: TrainJob, data: DataJob, context: Context): void {
  if (train.model.kind !== "instance") return;
  const { decl, module } = train.model.entity;
  const forward = decl.members.find(
    (member): member is FnDecl => member.kind === "fn" && member.name.text === "forward",
  );
  const length = forward === undefined ? null : sequenceName(forward);
  if (forward === undefined || length === null) return;
  const tokens = data.window + data.overlap;
  const locals = new Map<string, Static>([
    ...train.model.args,
    [length, { kind: "number", value: tokens, integer: true }],
  ]);
  const probe: Context = { ...context, reporter: new Reporter() };
  for (const fact of forward.where) {
    const holds = evaluateStatic(fact, { module, locals, inDeclaration: true, origin: null }, probe);
    if (holds?.kind !== "bool" || holds.value) continue;
    const limit = fact.kind === "binary" && fact.left.kind === "name" && fact.left.text === length ? fact.right : null;
    const value = limit?.kind === "name" ? train.model.args.get(limit.text) : undefined;
    const shown =
      limit?.kind === "name" && value !== undefined ? `${limit.text} = ${formatStatic(value)}` : printExpr(fact);
    const windowSpan = data.fields.get("window") ?? data.decl.name.span;
    context.reporter.report({
      code: "E0405",
      severity: "error",
      message: `data \`${data.name}\` yields windows of ${tokens} tokens; model \`${decl.name.text}\` takes at most ${shown}`,
      labels: [
        { span: train.fields.get("model") ?? train.model.span, text: shown },
        {
          span: windowSpan,
          text: `window = ${data.window}${data.overlap === 0 ? "" : ` and overlap = ${data.overlap}`}`,
        },
      ],
      help: `give the model the window's length, or the data the model's: T = ${data.name}.window`,
    });
  }
}

/** Reading `val` without a split is an error with its fix. */
function checkSplit(train: TrainJob, data: DataJob, context: Context): void {
  if (data.split?.has("val")) return;
  const place =
    train.evaluate !== null ? train.fields.get("evaluate") : readsVal(train) ? train.fields.get("until") : undefined;
  if (place === undefined) return;
  context.reporter.report({
    code: "E0402",
    severity: "error",
    message: `train \`${train.name}\` evaluates on \`val\`, which data \`${data.name}\` does not have`,
    labels: [
      { span: place, text: "reads `val`" },
      { span: data.decl.name.span, text: data.split === null ? "no `split`" : "no part `val`" },
    ],
    help: `add to \`${data.name}\`: split = { train = 90%, val = 10% }`,
  });
}

/** A run that ends when a measure no longer improves must take it. */
function checkStalled(train: TrainJob, context: Context): void {
  const until = train.fields.get("until");
  if (train.evaluate !== null || !readsVal(train) || until === undefined) return;
  context.reporter.report({
    code: "E0104",
    severity: "error",
    message: `train \`${train.name}\` needs \`evaluate\`: it ends by a measure that nothing takes`,
    labels: [{ span: until, text: "by `val`" }],
    help: "add: evaluate = every(250 steps, [loss])",
  });
}

function readsVal(train: TrainJob): boolean {
  const bounds = train.until.kind === "any" ? train.until.bounds : [train.until];
  return bounds.some((bound) => bound.kind === "stalled" && bound.metric.startsWith("val."));
}
