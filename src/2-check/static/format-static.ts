/** A static value as a message shows it: nearly as it would be written. */
import type { Static } from "../program.ts";

export function formatStatic(value: Static): string {
  switch (value.kind) {
    case "number":
      return formatNumber(value.value);
    case "quantity":
      return `${formatNumber(value.value)} ${value.value === 1 || value.unit.endsWith("B") ? value.unit : `${value.unit}s`}`;
    case "percent":
      return `${formatNumber(value.value * 100)}%`;
    case "string":
      return JSON.stringify(value.value);
    case "bool":
      return String(value.value);
    case "none":
      return "none";
    case "tuple":
      return `(${value.elements.map(formatStatic).join(", ")})`;
    case "list":
      return `[${value.elements.map(formatStatic).join(", ")}]`;
    case "record":
      return `{ ${[...value.fields].map(([name, field]) => `${name} = ${formatStatic(field)}`).join(", ")} }`;
    case "instance":
      return `${value.entity.decl.name.text}(…)`;
    case "function":
      return value.entity.kind === "fn" ? value.entity.fn.name.text : value.entity.name;
    case "choice":
      return value.name;
    case "later":
      return [value.job, ...value.path].join(".");
    case "pending":
      return "a value known after preparation";
  }
}

/** What kind of value it is, with its article: `the string "100"`. */
export function describeStatic(value: Static): string {
  switch (value.kind) {
    case "number":
      return `the number ${formatStatic(value)}`;
    case "quantity":
      return formatStatic(value);
    case "percent":
      return formatStatic(value);
    case "string":
      return `the string ${formatStatic(value)}`;
    case "bool":
    case "none":
      return formatStatic(value);
    case "tuple":
      return `the tuple ${formatStatic(value)}`;
    case "list":
      return `the list ${formatStatic(value)}`;
    case "record":
      return `the record ${formatStatic(value)}`;
    case "instance":
      return `the ${value.entity.decl.declKind.text} \`${value.entity.decl.name.text}\``;
    case "function":
      return `the function \`${formatStatic(value)}\``;
    case "choice":
      return `\`${value.name}\``;
    case "later":
    case "pending":
      return formatStatic(value);
  }
}

export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(12)));
}
