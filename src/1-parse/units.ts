/** Units of quantities, as they are written and as the tree names them. */
import type { Unit } from "./ast.ts";

const spellings: Readonly<Record<Unit, readonly string[]>> = {
  step: ["step", "steps"],
  epoch: ["epoch", "epochs"],
  token: ["token", "tokens"],
  sample: ["sample", "samples"],
  second: ["sec", "second", "seconds"],
  minute: ["min", "minute", "minutes"],
  hour: ["hour", "hours"],
  KiB: ["KiB"],
  MiB: ["MiB"],
  GiB: ["GiB"],
};

const byWord = new Map<string, Unit>();
for (const [unit, words] of Object.entries(spellings)) for (const word of words) byWord.set(word, unit as Unit);

export const unitWords: readonly string[] = [...byWord.keys()];

export const unitOf = (word: string): Unit | null => byWord.get(word) ?? null;
