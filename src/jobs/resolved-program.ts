/** resolved.llm: the fully expanded program of a job. What it uses of any module, then every job with all its fields. */
import type { CheckedProgram, Job } from "../2-check/program.ts";
import { neededJobs } from "./definition.ts";
import { jobFields } from "./print-job.ts";
import { type Definition, definitionName, nodeOf, reachable } from "./reachable.ts";

export function resolvedProgram(job: Job, program: CheckedProgram, sources: ReadonlyMap<string, string>): string {
  const jobs = [...neededJobs(job, program), job];
  const used = new Map(jobs.flatMap(reachable).map((entity) => [nodeOf(entity), entity]));
  return [
    `# The fully expanded program of \`${job.name}\`: defaults written out, imports copied in.`,
    ...[...used.values()].reverse().map((entity) => sourceOf(entity, sources)),
    ...jobs.map(printJob),
    "",
  ].join("\n\n");
}

function sourceOf(entity: Definition, sources: ReadonlyMap<string, string>): string {
  const { span } = nodeOf(entity);
  const written = sources.get(span.file)?.slice(span.start, span.end) ?? definitionName(entity);
  // A value given with --set stands alone in its source.
  const text = span.file === entity.module.file ? written : `${definitionName(entity)} = ${written}`;
  return `# ${entity.module.file}\n${text}`;
}

function printJob(job: Job): string {
  const fields = jobFields(job);
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields.map(([name, value]) => `  ${name.padEnd(width)} = ${value}`);
  return `${job.kind} ${job.name} {\n${lines.join("\n")}\n}`;
}
