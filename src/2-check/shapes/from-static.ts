/** Values known at check as shapes see them; what is known later is a dimension by its name, `chars.vocab`. */
import { constant, named } from "../../ir/dim.ts";
import type { Static } from "../program.ts";
import { type Instance, intOf, unknown, type Value } from "./value.ts";

export type StaticInstance = Static & { readonly kind: "instance" };

/** A model, objective, … as shapes see it. */
export function instanceValue(instance: StaticInstance): Instance {
  const args = new Map([...instance.args].map(([name, value]) => [name, shapeValue(value)]));
  return { kind: "instance", decl: instance.entity.decl, module: instance.entity.module, args, members: new Map() };
}

function shapeValue(value: Static): Value {
  switch (value.kind) {
    case "number":
      return value.integer ? intOf(constant(value.value)) : { kind: "float", value: value.value };
    case "percent":
      return { kind: "float", value: value.value, percent: true };
    case "quantity":
      return { kind: "duration" };
    case "string":
      return { kind: "string", value: value.value, span: null };
    case "bool":
      return { kind: "boolean", value: value.value };
    case "none":
      return { kind: "none" };
    case "tuple":
    case "list":
      return { kind: value.kind, elements: value.elements.map(shapeValue) };
    case "record":
      return { kind: "record", fields: new Map([...value.fields].map(([name, field]) => [name, shapeValue(field)])) };
    case "instance":
      return instanceValue(value);
    case "function":
      return value.entity.kind === "fn"
        ? { kind: "function", of: "fn", fn: value.entity.fn, module: value.entity.module, self: new Map() }
        : { kind: "function", of: "primitive", name: value.entity.name };
    case "later":
      return intOf(named([value.job, ...value.path].join(".")));
    case "pending":
    case "choice":
      return unknown;
  }
}
