/** `llmc build`: a job as program.json and kernels/*.wgsl; with --after, its graphs after a pass, on stdout. */
import { dirname, join, resolve } from "node:path";
import { graphPasses } from "../6-optimize/optimize.ts";
import { writeProgram } from "../formats/program-file.ts";
import type { CompileRequest } from "../index.ts";
import { printGraph } from "../ir/rules/print.ts";
import { UsageError } from "../jobs/failures.ts";
import { prepareFacts } from "../jobs/prepare.ts";
import { command } from "./command.ts";
import { compilableJobs } from "./compilable-jobs.ts";
import { compileForProfile, defaultProfile } from "./compile-job.ts";
import { type Format, writeOut, writeOutLine } from "./output.ts";
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
  readonly after?: string;
};

export function build(targetText: string, options: BuildOptions): Promise<number> {
  return command(options, (context) => {
    const target = parseTarget(targetText);
    const { program, sandbox } = readProgram(target.file, options, context);
    const jobs = compilableJobs(program, target.job);
    const profile = options.profile ?? defaultProfile;
    checkPass(options.after);
    for (const job of jobs) {
      const facts = prepareFacts(program, job.name, sandbox);
      const request = { program, job: job.name, facts, schedules: new Map(), verify: options.verify ?? false };
      const { after } = options;
      const compiled = compileForProfile(after === undefined ? request : { ...request, watch: dump(after) }, profile);
      if (after !== undefined) continue;
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

function checkPass(name: string | undefined): void {
  const names = graphPasses.map((pass) => pass.name);
  if (name === undefined || names.includes(name)) return;
  throw new UsageError(`there is no pass ${name}`, `one of ${names.join(", ")}`);
}

function dump(after: string): NonNullable<CompileRequest["watch"]> {
  return (pass, graph, tensors) => {
    if (pass === after) writeOut(`${printGraph(graph, tensors)}\n`);
  };
}
