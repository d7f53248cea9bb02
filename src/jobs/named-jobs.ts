/** Jobs that a value waits for: `chars.vocab`, alone or inside an expression. */
import type { CheckedProgram, Static } from "../2-check/program.ts";

export function jobsNamedIn(value: Static, { jobs }: CheckedProgram): readonly string[] {
  return namesIn(value).filter((name) => jobs.has(name));
}

function namesIn(value: Static): readonly string[] {
  switch (value.kind) {
    case "later":
      return [value.job];
    case "pending":
      return namesInSyntax(value.expr);
    case "instance":
    case "choice":
      return [...value.args.values()].flatMap(namesIn);
    case "record":
      return [...value.fields.values()].flatMap(namesIn);
    case "tuple":
    case "list":
      return value.elements.flatMap(namesIn);
    case "number":
    case "quantity":
    case "percent":
    case "string":
    case "bool":
    case "none":
    case "function":
      return [];
  }
}

/** Every name in an expression, at any depth. */
function namesInSyntax(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(namesInSyntax);
  if (typeof tree !== "object" || tree === null) return [];
  const own =
    "kind" in tree && tree.kind === "name" && "text" in tree && typeof tree.text === "string" ? [tree.text] : [];
  return [...own, ...Object.values(tree).flatMap(namesInSyntax)];
}
