/** A static value where a declared type expects one: converts what converts by itself, refuses the rest (E0108, E0109). */
import type { TypeExpr } from "../../1-parse/ast.ts";
import type { Reporter, Span } from "../../diagnostics/report.ts";
import { printType } from "../print-expr.ts";
import type { Static } from "../program.ts";
import { describeStatic, formatStatic } from "./format-static.ts";

/** `what` is the parameter's or field's name. Null where something was reported. */
export function coerce(
  value: Static,
  type: TypeExpr | null,
  what: string,
  span: Span,
  reporter: Reporter,
): Static | null {
  if (type === null) return value;
  if (value.kind === "none" && type.optional) return value;
  const fitted = fit(value, type);
  if (fitted === null) {
    reporter.report({
      code: "E0108",
      severity: "error",
      message: `\`${what}\` expects ${expectation(type)}, got ${describeStatic(value)}`,
      labels: [{ span, text: `expected ${expectation(type)}` }],
    });
    return null;
  }
  if (type.kind === "named" && type.name?.text === "dim" && fitted.kind === "number" && fitted.value < 1) {
    reporter.report({
      code: "E0109",
      severity: "error",
      message: `\`${what}\` must be at least 1, got ${formatStatic(fitted)}`,
      labels: [{ span, text: "a dimension has at least one element" }],
    });
    return null;
  }
  return fitted;
}

function fit(value: Static, type: TypeExpr): Static | null {
  // What is known later is checked when it is known.
  if (value.kind === "later" || value.kind === "pending") return value;
  switch (type.kind) {
    case "fnType":
      return value.kind === "function" ? value : null;
    case "recordType":
      return value.kind === "record" ? value : null;
    case "tupleType":
      return fitTuple(value, type.elements);
    case "named":
      return type.shape === null ? fitNamed(value, type.name?.text ?? "") : null;
  }
}

function fitTuple(value: Static, types: readonly TypeExpr[]): Static | null {
  if (value.kind !== "tuple" || value.elements.length !== types.length) return null;
  const elements = value.elements.map((element, i) => {
    const type = types[i];
    return type === undefined ? null : fit(element, type);
  });
  return elements.some((element) => element === null)
    ? null
    : { kind: "tuple", elements: elements.filter((element) => element !== null) };
}

function fitNamed(value: Static, type: string): Static | null {
  const number = value.kind === "percent" ? ({ kind: "number", value: value.value, integer: false } as const) : value;
  switch (type) {
    case "dim":
    case "int":
      return value.kind === "number" && value.integer ? value : null;
    case "float":
      return number.kind === "number" ? number : null;
    case "bool":
      return value.kind === "bool" ? value : null;
    case "string":
      return value.kind === "string" ? value : null;
    case "duration":
      return value.kind === "quantity" || value.kind === "percent" ? value : null;
    // A number where a schedule is expected is a constant one; a hyperparameter may be per parameter.
    case "schedule":
    case "per_parameter":
      if (number.kind === "number") return number;
      return value.kind === "instance" && value.entity.decl.declKind.text === "schedule" ? value : null;
    case "layer":
    case "model":
    case "optimizer":
    case "objective":
      return value.kind === "instance" && value.entity.decl.declKind.text === type ? value : null;
    case "list":
      return value.kind === "list" ? value : null;
    case "fn":
      return value.kind === "function" ? value : null;
    default:
      // Unknown type names are reported where the declaration is checked.
      return value;
  }
}

const expectations: Readonly<Record<string, string>> = {
  dim: "a dimension (a whole number)",
  int: "a whole number",
  float: "a number",
  bool: "true or false",
  string: "a string",
  duration: "a duration (100 steps, 3%)",
  schedule: "a number or a schedule",
  per_parameter: "a number or a schedule",
  layer: "a layer",
  model: "a model",
  optimizer: "an optimizer",
  objective: "an objective",
  list: "a list",
  fn: "a function",
};

function expectation(type: TypeExpr): string {
  const named = type.kind === "named" && type.shape === null ? expectations[type.name?.text ?? ""] : undefined;
  const base = type.kind === "fnType" ? "a function" : type.kind === "tupleType" ? `a tuple ${printType(type)}` : named;
  return (base ?? printType(type)) + (type.optional ? " or none" : "");
}
