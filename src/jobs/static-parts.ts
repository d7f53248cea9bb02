/** What a static value is made of. */
import type { Static } from "../2-check/program.ts";

/** The value and every value inside it, outer ones first, in the order in which they are written. */
export function partsOf(value: Static): readonly Static[] {
  return [value, ...directParts(value).flatMap(partsOf)];
}

function directParts(value: Static): readonly Static[] {
  switch (value.kind) {
    case "instance":
    case "choice":
      return [...value.args.values()];
    case "record":
      return [...value.fields.values()];
    case "tuple":
    case "list":
      return value.elements;
    case "number":
    case "quantity":
    case "percent":
    case "string":
    case "bool":
    case "none":
    case "function":
    case "later":
    case "pending":
      return [];
  }
}
