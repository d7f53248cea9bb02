/** The kinds of declaration. They are names, not reserved words, so a misspelt one is an error with a suggestion. */

/** Built once and used by others; their parameters are static. */
const declarationKinds = ["layer", "model", "optimizer", "schedule", "objective"] as const;
/** Nodes of the graph that `llmc run` walks. */
const jobKinds = [
  "tokenizer",
  "data",
  "plan",
  "train",
  "evaluate",
  "generate",
  "predict",
  "compress",
  "export",
] as const;

export type DeclarationKind = (typeof declarationKinds)[number];
type AnyJobKind = (typeof jobKinds)[number];

export const allKinds: readonly string[] = [...declarationKinds, ...jobKinds];

export function isDeclarationKind(kind: string): kind is DeclarationKind {
  return declarationKinds.some((known) => known === kind);
}

export function isJobKind(kind: string): kind is AnyJobKind {
  return jobKinds.some((known) => known === kind);
}
