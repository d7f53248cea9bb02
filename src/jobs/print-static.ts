/** A static value as source text, with every argument: for keys of jobs and for resolved.llm. */
import { printExpr } from "../2-check/print-expr.ts";
import type { Static } from "../2-check/program.ts";

export function printStatic(value: Static): string {
  switch (value.kind) {
    case "number":
      return String(value.value);
    case "quantity":
      return `${value.value} ${value.unit}${value.unit.endsWith("B") || value.value === 1 ? "" : "s"}`;
    case "percent":
      return `${Number((value.value * 100).toPrecision(15))}%`;
    case "string":
      return JSON.stringify(value.value);
    case "bool":
      return String(value.value);
    case "none":
      return "none";
    case "tuple":
      return `(${value.elements.map(printStatic).join(", ")})`;
    case "list":
      return `[${value.elements.map(printStatic).join(", ")}]`;
    case "record":
      return `{ ${named(value.fields)} }`;
    case "instance":
      return `${value.entity.decl.name.text}(${named(value.args)})`;
    case "function":
      return value.entity.kind === "fn" ? value.entity.fn.name.text : value.entity.name;
    case "choice":
      return value.args.size === 0 ? value.name : `${value.name}(${named(value.args)})`;
    case "later":
      return [value.job, ...value.path].join(".");
    case "pending":
      return printExpr(value.expr);
  }
}

function named(values: ReadonlyMap<string, Static>): string {
  return [...values].map(([name, value]) => `${name} = ${printStatic(value)}`).join(", ");
}
