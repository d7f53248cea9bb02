/** `llmc build`: a job as program.json and kernels/*.wgsl. */
import { dirname, join, resolve } from "node:path";
import { writeProgram } from "../formats/program-file.ts";
import { prepareFacts } from "../jobs/prepare.ts";
import { command } from "./command.ts";
import { compilableJobs } from "./compilable-jobs.ts";
import { compileForProfile, defaultProfile } from "./compile-job.ts";
import { type Format, writeOutLine } from "./output.ts";
import { parseTarget, readProgram } from "./read-program.ts";
import { shortPath } from "./short-path.ts";

export type BuildOptions = {
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly format: Format;
  readonly json?: boolean;
  readonly profile?: string;
  readonly out?: string;
  readonly verify?: boolean;
};

export function build(targetText: string, options: BuildOptions): Promise<number> {
  return command(options, (context) => {
    const target = parseTarget(targetText);
    const { program, sandbox } = readProgram(target.file, options, context);
    const jobs = compilableJobs(program, target.job);
    for (const job of jobs) {
      const facts = prepareFacts(program, job.name, sandbox);
      const request = { program, job: job.name, facts, schedules: new Map(), verify: options.verify ?? false };
      const compiled = compileForProfile(request, options.profile ?? defaultProfile);
      const folder = resolve(
        options.out ?? join(dirname(target.file), "build"),
        jobs.length > 1 || options.out === undefined ? job.name : "",
      );
      writeProgram(folder, compiled.program);
      const kernels = compiled.program.kernels.length;
      writeOutLine(
        options.json
          ? JSON.stringify({ job: job.name, folder, kernels })
          : `${shortPath(folder)}: program.json and ${kernels} kernels`,
      );
    }
    return undefined;
  });
}
