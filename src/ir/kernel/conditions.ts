/** The shortest form of a condition: no constant, factor or division stands on the outside. */
import type { Guard } from "./kernel.ts";

export type Condition = Guard[number];

/** 0 ≤ ⌊(2·i + j) / 3⌋ − 4 < 2 is 12 ≤ 2·i + j < 18. */
export function normalCondition(condition: Condition): Condition {
  const { expr, from, to } = condition;
  switch (expr.kind) {
    case "add": {
      if (expr.right.kind !== "constant") return condition;
      const { value } = expr.right;
      return normalCondition({ expr: expr.left, from: from - value, to: to - value });
    }
    case "mul":
      if (expr.by <= 0) return condition;
      return normalCondition({ expr: expr.of, from: Math.ceil(from / expr.by), to: Math.ceil(to / expr.by) });
    case "div":
      return normalCondition({ expr: expr.of, from: from * expr.by, to: to * expr.by });
    case "constant":
    case "axis":
    case "mod":
    case "node":
      return condition;
  }
}
