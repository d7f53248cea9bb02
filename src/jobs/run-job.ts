/** One job of any kind, with what earlier jobs left. */
import type { DataJob, Facts, Job } from "../2-check/program.ts";
import type { Tokenizer } from "../data/tokenizers/tokenizer.ts";
import { invariant } from "../support/invariant.ts";
import { describeData, loadData, type PreparedData } from "./data.ts";
import { generate } from "./generate.ts";
import { fitTokenizer, loadTokenizer } from "./tokenizer.ts";
import { train } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** Results of jobs by name. Tokenizers and data are loaded once, when the first job asks for them. */
export type Results = {
  readonly folders: Map<string, string>;
  readonly tokenizer: (name: string) => Tokenizer;
  readonly data: (name: string) => PreparedData;
};

export function createResults(workspace: Workspace): Results {
  const { program, sandbox } = workspace;
  const folders = new Map<string, string>();
  const tokenizer = memoized((name: string) => loadTokenizer(folderOf(folders, name)));
  const data = memoized((name: string) => {
    const job = dataJob(program.jobs.get(name));
    return loadData(job, tokenizer(job.tokenizer), sandbox);
  });
  return { folders, tokenizer, data };
}

/** Returns the outcome in words. */
export async function runJob(
  workspace: Workspace,
  job: Job,
  folder: string,
  resume: boolean,
  results: Results,
): Promise<string> {
  switch (job.kind) {
    case "tokenizer":
      return fitTokenizer(job, workspace.sandbox, folder);
    case "data":
      return describeData(results.data(job.name), folder);
    case "train":
      return await train(workspace, job, results.data(job.data), factsOf(workspace, results), folder, resume);
    case "generate": {
      const trained = workspace.program.jobs.get(job.model.job);
      invariant(trained?.kind === "train", `${job.name} generates from ${job.model.job}, which is no training`);
      const { tokenizer } = results.data(trained.data);
      const trainingFolder = folderOf(results.folders, trained.name);
      return await generate(workspace, job, tokenizer, factsOf(workspace, results), trainingFolder, folder);
    }
  }
}

/** `chars.vocab` and its like, for the jobs that have run. */
function factsOf(workspace: Workspace, results: Results): Facts {
  const facts = new Map<string, number>();
  for (const job of workspace.program.jobs.values()) {
    if (!results.folders.has(job.name)) continue;
    if (job.kind === "tokenizer") facts.set(`${job.name}.vocab`, results.tokenizer(job.name).vocab);
    if (job.kind === "data") facts.set(`${job.name}.window`, job.window);
  }
  return facts;
}

function folderOf(folders: ReadonlyMap<string, string>, name: string): string {
  const folder = folders.get(name);
  invariant(folder !== undefined, `${name} is needed before it has run`);
  return folder;
}

function dataJob(job: Job | undefined): DataJob {
  invariant(job?.kind === "data", "a data job was expected");
  return job;
}

function memoized<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = make(name);
    made.set(name, value);
    return value;
  };
}
