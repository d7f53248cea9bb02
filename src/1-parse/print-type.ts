/** Types and axes as source. */
import type { Axis, TypeExpr } from "./ast.ts";
import { printExpr } from "./print-expr.ts";
import { inline } from "./print-layout.ts";

export function printType(type: TypeExpr): string {
  return `${printRequired(type)}${type.optional ? "?" : ""}`;
}

function printRequired(type: TypeExpr): string {
  switch (type.kind) {
    case "named": {
      const shape = type.shape === null ? "" : inline("[", type.shape.map(printAxis), "]");
      return `${type.name?.text ?? ""}${shape}`;
    }
    case "fnType":
      return `fn${inline("(", type.params.map(printType), ")")} -> ${printType(type.result)}`;
    case "tupleType":
      return inline("(", type.elements.map(printType), ")");
    case "recordType": {
      const fields = type.fields.map((field) => `${field.name.text}: ${printType(field.type)}`);
      return inline("{ ", fields, " }");
    }
  }
}

function printAxis(axis: Axis): string {
  switch (axis.kind) {
    case "rest":
      return "...";
    case "star":
      return `*${axis.name.text}`;
    case "any":
      return "_";
    case "dim":
      return printExpr(axis.value, "");
  }
}
