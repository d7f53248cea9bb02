/** The generate job: loads a checkpoint and writes text, token by token. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Facts, GenerateJob } from "../2-check/program.ts";
import type { Tokenizer } from "../data/tokenizers/tokenizer.ts";
import type { Session } from "../devices/device.ts";
import { DiagnosticError } from "../diagnostics/report.ts";
import { writeFileAtomic } from "../formats/atomic-write.ts";
import { openCheckpoint } from "../formats/checkpoint.ts";
import { FileError } from "../formats/file-error.ts";
import { readPointer } from "../formats/pointer.ts";
import type { Program } from "../ir/plan/program.ts";
import { invariant } from "../support/invariant.ts";
import { contextStart } from "./context-window.ts";
import { fieldSpan } from "./definition.ts";
import { InterruptedError } from "./failures.ts";
import { idsShape, invocation, plannedProgram, scalarInputs } from "./inputs.ts";
import { parametersOf, writeTensors } from "./parameters.ts";
import { writeEnvironment } from "./run-folder.ts";
import { sampleToken } from "./sampling.ts";
import type { Workspace } from "./workspace.ts";

/** Generates with the checkpoint of `trainingFolder`; each token is emitted as it is chosen. Returns the outcome in words. */
export async function generate(
  workspace: Workspace,
  job: GenerateJob,
  tokenizer: Tokenizer,
  facts: Facts,
  trainingFolder: string,
  folder: string,
): Promise<string> {
  const prompt = workspace.options.prompt ?? job.prompt;
  const tokens = encodePrompt(job, tokenizer, prompt);
  const { device } = await workspace.device();
  writeEnvironment(folder, { ...workspace.environment, device: device.description, profile: device.profile.name });
  const { program, indexLimits } = workspace.compileJob(job.name, facts, device, new Map());
  const limit = indexLimits.get("ids") ?? tokenizer.vocab;
  const session = await device.load(program);
  try {
    loadWeights(session, program, trainingFolder, job);
    workspace.emit({ kind: "text", job: job.name, text: prompt });
    const [, width] = idsShape(program, "prefill");
    const started = tokens.length;
    while (tokens.length < started + job.tokens) {
      const from = contextStart(tokens.length, width, job.context);
      if (from === null) break;
      if (tokens.some((token) => token >= limit)) throw outOfRange(job, tokenizer, limit);
      const logits = await nextLogits(session, program, tokens.slice(from), width);
      const token = sampleToken(logits, job.decode, job.seed, tokens.length);
      tokens.push(token);
      workspace.emit({ kind: "text", job: job.name, text: tokenizer.decode([token]) });
      if (workspace.interrupt.requested) throw new InterruptedError("interrupted");
    }
    mkdirSync(join(folder, "samples"), { recursive: true });
    writeFileAtomic(join(folder, "samples", "1.txt"), `${tokenizer.decode(tokens)}\n`);
    return `${tokens.length - started} tokens`;
  } finally {
    session.close();
  }
}

function encodePrompt(job: GenerateJob, tokenizer: Tokenizer, prompt: string): number[] {
  const encoded = tokenizer.encode(prompt);
  if (encoded.kind === "ids" && encoded.ids.length > 0) return [...encoded.ids];
  const message =
    encoded.kind === "unknown"
      ? `the prompt holds ${JSON.stringify(encoded.text)}, which is none of the ${tokenizer.vocab} tokens the model knows`
      : "the prompt is empty: a model needs a token to go on from";
  throw new DiagnosticError([
    { code: "E0604", severity: "error", message, labels: [{ span: fieldSpan(job, "prompt"), text: "the prompt" }] },
  ]);
}

/** A model with fewer rows than its tokenizer has tokens. */
function outOfRange(job: GenerateJob, tokenizer: Tokenizer, limit: number): DiagnosticError {
  const message = `the prompt has tokens beyond the ${limit} that the model knows; its tokenizer has ${tokenizer.vocab}`;
  const labels = [{ span: fieldSpan(job, "prompt"), text: "the prompt" }] as const;
  return new DiagnosticError([{ code: "E0404", severity: "error", message, labels }]);
}

function loadWeights(session: Session, program: Program, trainingFolder: string, job: GenerateJob): void {
  const { job: trained, checkpoint } = job.model;
  const step = readPointer(trainingFolder, checkpoint);
  if (step === null)
    throw new FileError(trainingFolder, `${trainingFolder} has no \`${checkpoint}\``, `train \`${trained}\` again`);
  const { model, optimizer } = openCheckpoint(trainingFolder, step);
  writeTensors(session, parametersOf(program), model, null);
  model.close();
  optimizer.close();
}

/** f32[vocabulary] after the last of at most `width` tokens. Padding stands to the right, where no token sees it. */
async function nextLogits(
  session: Session,
  program: Program,
  tokens: readonly number[],
  width: number,
): Promise<Float32Array> {
  const ids = new Int32Array(width);
  ids.set(tokens);
  const mask = Uint32Array.from({ length: width }, (_, at) => (at < tokens.length ? 1 : 0));
  const last = Int32Array.of(tokens.length - 1);
  const inputs = { ids, mask, last, ...scalarInputs({}) };
  const [outputs] = await session.submit([invocation(program, "prefill", inputs)]);
  const bytes = outputs?.logits;
  invariant(bytes !== undefined, "prefill yields no logits");
  const vocabulary = plannedProgram(program, "prefill")
    .outputs.find(({ name }) => name === "logits")
    ?.type.shape.at(-1);
  return new Float32Array(bytes, 0, vocabulary);
}
