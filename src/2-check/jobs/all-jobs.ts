/** Every job declaration of the program's files, by the name other records use for it. */
import type { Decl } from "../../1-parse/ast.ts";
import { type Context, jobName } from "../context.ts";
import { isJobKind } from "../kinds.ts";
import type { Module } from "../program.ts";

type JobDecl = { readonly decl: Decl; readonly module: Module };

export function allJobs(context: Context): ReadonlyMap<string, JobDecl> {
  const jobs = new Map<string, JobDecl>();
  for (const module of context.loaded.modules.values()) {
    for (const item of module.ast.items) {
      if (item.kind === "decl" && isJobKind(item.declKind.text))
        jobs.set(jobName(item, module, context), { decl: item, module });
    }
  }
  return jobs;
}
