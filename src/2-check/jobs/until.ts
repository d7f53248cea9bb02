/** When a run ends: `5000 steps or stalled(val.loss, patience = 5)`. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Context } from "../context.ts";
import type { Bound } from "../program.ts";
import { describeStatic } from "../static/format-static.ts";
import {
  choiceOf,
  evaluateField,
  inRange,
  integerField,
  isTimeUnit,
  metricOf,
  notYet,
  part,
  wrongValue,
} from "./field-values.ts";
import type { WrittenField } from "./fields.ts";

export function readUntil(field: WrittenField, context: Context): Bound | null {
  const parts = alternatives(field.value).map((expr) => readBound(part(field, field.name, expr), context));
  const bounds = parts.filter((bound) => bound !== null);
  if (bounds.length !== parts.length) return null;
  const [only] = bounds;
  return bounds.length === 1 && only !== undefined ? only : { kind: "any", bounds };
}

function alternatives(expr: Expr): readonly Expr[] {
  return expr.kind === "binary" && expr.op === "or"
    ? [...alternatives(expr.left), ...alternatives(expr.right)]
    : [expr];
}

function readBound(field: WrittenField, context: Context): Bound | null {
  if (field.value.kind === "call" && field.value.callee.kind === "name" && field.value.callee.text === "stalled") {
    return readStalled(field, context);
  }
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind !== "quantity" || !isTimeUnit(value.unit)) {
    return wrongValue(field, "a length (5000 steps, 3 epochs, 2 hours) or stalled(…)", describeStatic(value), context);
  }
  const amount = inRange(field.name, value.value, { above: 0 }, field.value.span, context);
  return amount === null ? null : { kind: "after", value: amount, unit: value.unit };
}

/** What evaluation measures on `val`. */
const validationMetrics = ["val.loss", "val.perplexity"];

function readStalled(field: WrittenField, context: Context): Bound | null {
  const choice = choiceOf(field.value, { stalled: [{ name: "metric" }, { name: "patience" }] }, field, context);
  const [metric, patience] = [choice?.args.get("metric"), choice?.args.get("patience")];
  if (metric === undefined || patience === undefined) return null;
  const name = metricOf(metric, field, context);
  const evaluations = integerField(part(field, "patience", patience), { least: 1 }, context);
  if (name !== null && !validationMetrics.includes(name)) {
    return notYet(`stopping on \`${name}\``, metric.span, context, "`stalled(val.loss, …)` is");
  }
  return name === null || evaluations === null ? null : { kind: "stalled", metric: name, patience: evaluations };
}

/** Steps where the bounds name them; null where only preparation or a run can tell. The smallest of several. */
export function stepsOf(bound: Bound): number | null {
  if (bound.kind === "after") return bound.unit === "step" ? bound.value : null;
  if (bound.kind === "stalled") return null;
  const steps = bound.bounds.map(stepsOf).filter((each) => each !== null);
  return steps.length === 0 ? null : Math.min(...steps);
}

/** Whether the length of the run can be counted in steps before it starts. */
export function isCountable(bound: Bound): boolean {
  if (bound.kind === "any") return bound.bounds.some(isCountable);
  return bound.kind === "after" && bound.unit !== "second" && bound.unit !== "minute" && bound.unit !== "hour";
}
