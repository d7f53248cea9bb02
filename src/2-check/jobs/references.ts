/** Fields that name another job: `data = shakespeare`, `model = pretrain.best`. */
import type { Context } from "../context.ts";
import { allJobs } from "./all-jobs.ts";
import { evaluateField, notYet, wrongValue } from "./field-values.ts";
import type { WrittenField } from "./fields.ts";

/** The name of a job of this kind. */
export function jobField(field: WrittenField, kind: string, context: Context): string | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  if (value.kind === "later" && value.path.length === 0) {
    const found = allJobs(context).get(value.job);
    if (found?.decl.declKind.text === kind) return value.job;
    return wrongValue(field, `a ${kind}`, `the ${found?.decl.declKind.text ?? "job"} \`${value.job}\``, context);
  }
  if (value.kind === "later")
    return notYet(`\`${[value.job, ...value.path].join(".")}\` as ${field.name}`, field.value.span, context);
  const example = [...allJobs(context)].find(([, job]) => job.decl.declKind.text === kind)?.[0];
  return wrongValue(
    field,
    `the name of a ${kind}${example === undefined ? "" : ` (\`${example}\`)`}`,
    "something else",
    context,
  );
}

/** `pretrain.best`, `pretrain.last`. */
export function checkpointField(
  field: WrittenField,
  context: Context,
): { readonly job: string; readonly checkpoint: "best" | "last" } | null {
  const value = evaluateField(field, context);
  if (value === null) return null;
  const expected = "a checkpoint of a train job (`pretrain.best`, `pretrain.last`)";
  if (value.kind !== "later") {
    if (value.kind === "instance")
      return notYet("a model that no run of this program has trained", field.value.span, context);
    return wrongValue(field, expected, "something else", context);
  }
  const kind = allJobs(context).get(value.job)?.decl.declKind.text;
  const [member] = value.path;
  if (kind === "train" && (member === "best" || member === "last") && value.path.length === 1) {
    return { job: value.job, checkpoint: member };
  }
  if (kind === "train" && member === "merged") return notYet("merging an adapter", field.value.span, context);
  return wrongValue(field, expected, `\`${[value.job, ...value.path].join(".")}\``, context);
}
