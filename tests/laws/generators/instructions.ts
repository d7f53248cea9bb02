/** What a growing graph can do next. `choice` are three numbers that pick operands, axes and sizes. */
import { elementWise } from "./elementwise.ts";
import type { Growing } from "./growing.ts";
import { indexing } from "./indexing.ts";
import { layout } from "./layout.ts";
import { reductions } from "./reductions.ts";
import { sources } from "./sources.ts";

export type Choice = readonly [number, number, number];
export type Instruction = (g: Growing, choice: Choice) => void;

export const instructions: { readonly [name: string]: Instruction } = {
  ...sources,
  ...elementWise,
  ...layout,
  ...reductions,
  ...indexing,
};

export const instructionNames = Object.keys(instructions);
