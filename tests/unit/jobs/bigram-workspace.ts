/** A folder with a text and a program whose jobs run on the bigram device. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decl } from "../../../src/1-parse/ast.ts";
import type { CheckedProgram, GenerateJob, Job, Module, TrainJob } from "../../../src/2-check/program.ts";
import { openSandbox } from "../../../src/data/sandbox.ts";
import type { JobEvent } from "../../../src/jobs/events.ts";
import type { RunOptions, Workspace } from "../../../src/jobs/workspace.ts";
import { type BigramOptions, bigramCompiled, bigramDevice } from "./bigram-device.ts";

export const text = "the cat sat on the mat. the dog sat on the log. ".repeat(20);
const vocab = new Set(text).size;

export type Setup = {
  readonly train?: Partial<TrainJob>;
  readonly generate?: Partial<GenerateJob>;
  readonly options?: Partial<RunOptions>;
  readonly onUpdate?: BigramOptions["onUpdate"];
  readonly text?: string;
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "llmc-jobs-"));
}

/** A workspace in `folder`, and what happened in it. */
export function bigramWorkspace(folder: string, setup: Setup = {}) {
  const file = join(folder, "bigram.llm");
  writeFileSync(file, "# stands for a program\n");
  if (setup.text !== null) writeFileSync(join(folder, "text.txt"), setup.text ?? text);
  const program = bigramJobs(file, setup);
  const train = program.jobs.get("pretrain") as TrainJob;
  const options: BigramOptions = {
    vocab,
    width: 8,
    batch: train.batch,
    micro: train.micro,
    ...(setup.onUpdate === undefined ? {} : { onUpdate: setup.onUpdate }),
  };
  const events: JobEvent[] = [];
  const interrupt = { requested: false };
  let now = 0;
  const workspace: Workspace = {
    program,
    sources: new Map([[file, "# stands for a program\n"]]),
    sandbox: openSandbox(file, []),
    out: null,
    options: { resume: false, steps: null, prompt: null, ...setup.options },
    device: async () => ({ device: bigramDevice(options), notice: "bigram table in JavaScript" }),
    compileJob: () => bigramCompiled(options),
    emit: (event) => void events.push(event),
    interrupt,
    clock: () => (now += 0.25),
    environment: { llmc: "test" },
  };
  return { workspace, events, interrupt, folder };
}

function bigramJobs(file: string, setup: Setup): CheckedProgram {
  const span = { file, start: 0, end: 1 };
  const module: Module = { file, ast: { file, items: [], comments: [], span }, scope: new Map(), ambiguous: new Map() };
  const base = (name: string) => {
    const named = { text: name, span };
    const decl = {
      kind: "decl",
      declKind: named,
      name: named,
      params: null,
      where: [],
      members: [],
      doc: "",
      span,
    } as Decl;
    return { name, decl, module, fields: new Map() };
  };
  const jobs: readonly Job[] = [
    { ...base("chars"), kind: "tokenizer", algorithm: { kind: "char_level" }, fit: ["text.txt"] },
    {
      ...base("corpus"),
      kind: "data",
      source: { kind: "text", paths: ["text.txt"] },
      tokenizer: "chars",
      window: 8,
      overlap: 0,
      split: new Map([
        ["train", 0.9],
        ["val", 0.1],
      ]),
      shuffle: "epoch",
    },
    {
      ...base("pretrain"),
      kind: "train",
      model: { kind: "none" },
      data: "corpus",
      objective: { kind: "none" },
      optimizer: { kind: "none" },
      batch: 12,
      micro: 4,
      clip: null,
      until: { kind: "after", value: 30, unit: "step" },
      evaluate: { every: { kind: "count", value: 10, unit: "step" }, metrics: ["loss"], take: null },
      save: { every: { kind: "count", value: 5, unit: "step" }, keep: 3, best: "val.loss" },
      log: ["jsonl"],
      seed: 7,
      precision: { kind: "f32" },
      init: { kind: "fresh" },
      ...setup.train,
    },
    {
      ...base("sample"),
      kind: "generate",
      model: { job: "pretrain", checkpoint: "best" },
      prompt: "the ",
      decode: { kind: "argmax" },
      context: null,
      tokens: 20,
      seed: 1,
      ...setup.generate,
    },
  ];
  return { root: module, modules: new Map([[file, module]]), jobs: new Map(jobs.map((job) => [job.name, job])) };
}
