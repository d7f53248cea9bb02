/** What an optimizer's schedules ask of the length of the run. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Context } from "../context.ts";
import { mentions } from "../mentions.ts";
import type { Static } from "../program.ts";
import { fail } from "../static/failures.ts";
import { formatStatic } from "../static/format-static.ts";
import type { WrittenField } from "./fields.ts";

type Instance = Static & { readonly kind: "instance" };

/** E0409: a schedule's `warmup` in steps that is not shorter than the run. */
export function checkWarmup(optimizer: Instance, steps: number, field: WrittenField, context: Context): void {
  for (const schedule of schedulesOf(optimizer)) {
    const warmup = schedule.args.get("warmup");
    if (warmup === undefined) continue;
    const length =
      warmup.kind === "quantity" && warmup.unit === "step"
        ? warmup.value
        : warmup.kind === "percent"
          ? warmup.value * steps
          : null;
    if (length === null || length < steps) continue;
    const span = argumentSpan(field.value, "warmup") ?? schedule.span;
    fail(context, {
      code: "E0409",
      severity: "error",
      message: `a warm-up of ${formatStatic(warmup)} is not shorter than the run of ${steps} steps`,
      labels: [{ span, text: "the learning rate would never reach its peak" }],
      help: `a tenth of the run is ${Math.max(1, Math.round(steps / 10))} steps, or \`warmup = 10%\``,
    });
  }
}

/** The name of a schedule that reads `total`, or null. */
export function needsTotal(optimizer: Instance): string | null {
  for (const { entity } of schedulesOf(optimizer)) {
    const at = entity.decl.members.find((member) => member.kind === "fn" && member.name.text === "at");
    if (at?.kind !== "fn") continue;
    if (mentions(at.body).names.some(({ text }) => text === "total")) return entity.decl.name.text;
  }
  return null;
}

function schedulesOf(optimizer: Instance): readonly Instance[] {
  return [...optimizer.args.values()].flatMap((arg) =>
    arg.kind === "instance" && arg.entity.decl.declKind.text === "schedule" ? [arg] : [],
  );
}

function argumentSpan(expr: Expr, name: string): Expr["span"] | null {
  if (expr.kind !== "call") return null;
  for (const arg of expr.args) {
    if (arg.name?.text === name) return arg.value.span;
    const inside = argumentSpan(arg.value, name);
    if (inside !== null) return inside;
  }
  return null;
}
