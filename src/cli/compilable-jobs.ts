/** Which jobs `plan` and `build` mean: the one that was named, or every job that has kernels. */
import type { CheckedProgram, GenerateJob, TrainJob } from "../2-check/program.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { UsageError } from "../jobs/failures.ts";

export function compilableJobs(program: CheckedProgram, name: string | null): readonly (TrainJob | GenerateJob)[] {
  const jobs = [...program.jobs.values()].filter((job) => job.kind === "train" || job.kind === "generate");
  if (name === null) {
    if (jobs.length > 0) return jobs;
    throw new UsageError(`${program.root.file} has no train or generate job`);
  }
  const job = jobs.find((candidate) => candidate.name === name);
  if (job !== undefined) return [job];
  const other = program.jobs.get(name);
  if (other !== undefined) throw new UsageError(`a ${other.kind} job has no kernels: ${name}`);
  const near = suggest(
    name,
    jobs.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `${program.root.file} has no job \`${name}\``,
    near === null ? undefined : `did you mean \`${near}\`?`,
  );
}
