/** What every job record has: its name, declaration, and the places of its fields. */
import type { Decl } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Module } from "../program.ts";

export type JobBase = {
  readonly name: string;
  readonly decl: Decl;
  readonly module: Module;
  readonly fields: ReadonlyMap<string, Span>;
};
