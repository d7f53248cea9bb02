/** The shortest form of a condition: no constant, factor or division stands on the outside. */
import { constantIndex, type Ranges } from "./index-expr.ts";
import type { Guard, IndexExpr } from "./kernel.ts";
import { simplify } from "./normal-form.ts";

export type Condition = Guard[number];

/** 0 ≤ 3·i + ⌊(3·j + k) / 2⌋ − 4 < 2 is 8 ≤ 6·i + 3·j + k < 12. */
export function normalCondition(condition: Condition, ranges: Ranges): Condition {
  const { expr, from, to } = condition;
  switch (expr.kind) {
    case "add": {
      if (expr.right.kind === "constant") {
        const { value } = expr.right;
        return normalCondition({ expr: expr.left, from: from - value, to: to - value }, ranges);
      }
      const parts = takeQuotient(expr);
      if (parts === null) return condition;
      const { rest, quotient } = parts;
      const whole: IndexExpr = { kind: "add", left: { kind: "mul", of: rest, by: quotient.by }, right: quotient.of };
      const scaled = { expr: simplify(whole, ranges), from: from * quotient.by, to: to * quotient.by };
      return normalCondition(scaled, ranges);
    }
    case "mul":
      if (expr.by <= 0) return condition;
      return normalCondition({ expr: expr.of, from: Math.ceil(from / expr.by), to: Math.ceil(to / expr.by) }, ranges);
    case "div":
      return normalCondition({ expr: expr.of, from: from * expr.by, to: to * expr.by }, ranges);
    case "constant":
    case "axis":
    case "mod":
    case "node":
      return condition;
  }
}

type Quotient = Extract<IndexExpr, { readonly kind: "div" }>;

/** A sum as one of its quotients and everything else. */
function takeQuotient(expr: IndexExpr): { readonly rest: IndexExpr; readonly quotient: Quotient } | null {
  if (expr.kind === "div") return { rest: constantIndex(0), quotient: expr };
  if (expr.kind !== "add") return null;
  const left = takeQuotient(expr.left);
  if (left !== null) return { quotient: left.quotient, rest: { kind: "add", left: left.rest, right: expr.right } };
  const right = takeQuotient(expr.right);
  if (right !== null) return { quotient: right.quotient, rest: { kind: "add", left: expr.left, right: right.rest } };
  return null;
}
