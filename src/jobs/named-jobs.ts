/** Jobs that a value waits for: `chars.vocab`, alone or inside an expression. */
import { mentions } from "../2-check/mentions.ts";
import type { CheckedProgram, Static } from "../2-check/program.ts";
import { partsOf } from "./static-parts.ts";

export function jobsNamedIn(value: Static, { jobs }: CheckedProgram): readonly string[] {
  return partsOf(value)
    .flatMap(namesIn)
    .filter((name) => jobs.has(name));
}

function namesIn(part: Static): readonly string[] {
  if (part.kind === "later") return [part.job];
  return part.kind === "pending" ? mentions(part.expr).names.map(({ text }) => text) : [];
}
