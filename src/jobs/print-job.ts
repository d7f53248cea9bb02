/** The fields of a job with their resolved values, as source text: defaults written out, spreads gone. */
import type { Bound, Duration, Job, Sampling, TrainJob } from "../2-check/program.ts";
import { printStatic } from "./print-static.ts";

/** In the order in which people write them. */
export function jobFields(job: Job): readonly (readonly [name: string, value: string])[] {
  switch (job.kind) {
    case "tokenizer":
      return [
        ["kind", `${job.algorithm.kind}()`],
        ["fit", printPaths(job.fit)],
      ];
    case "data":
      return [
        ["source", `${job.source.kind}(${printPaths(job.source.paths)})`],
        ["tokenizer", job.tokenizer],
        ["window", String(job.window)],
        ["overlap", String(job.overlap)],
        ["shuffle", job.shuffle],
        ...(job.split === null ? [] : [["split", printSplit(job.split)] as const]),
      ];
    case "train":
      return [
        ["model", printStatic(job.model)],
        ...(job.init.kind === "load" ? [["init", `load(${JSON.stringify(job.init.path)})`] as const] : []),
        ["data", job.data],
        ["objective", printStatic(job.objective)],
        ["optimizer", printStatic(job.optimizer)],
        ["batch", String(job.batch)],
        ["micro", String(job.micro)],
        ["clip", job.clip === null ? "none" : String(job.clip)],
        ["precision", job.precision.kind],
        ["seed", String(job.seed)],
        ["until", printBound(job.until)],
        ...(job.evaluate === null ? [] : [["evaluate", printEvaluate(job.evaluate)] as const]),
        ...(job.save.every === null ? [] : [["save", printSave(job.save.every, job.save)] as const]),
        ["log", `[${job.log.map((sink) => `${sink}()`).join(", ")}]`],
      ];
    case "generate":
      return [
        ["model", `${job.model.job}.${job.model.checkpoint}`],
        ["prompt", JSON.stringify(job.prompt)],
        ["decode", printSampling(job.decode)],
        ...(job.context === null
          ? []
          : [["context", job.context.kind === "stop" ? "stop" : `slide(${job.context.by})`] as const]),
        ["until", `${job.tokens} tokens`],
        ["seed", String(job.seed)],
      ];
  }
}

function printPaths(paths: readonly string[]): string {
  const [first, ...others] = paths.map((path) => JSON.stringify(path));
  return first !== undefined && others.length === 0 ? first : `[${[first, ...others].join(", ")}]`;
}

function printSplit(split: ReadonlyMap<string, number>): string {
  return `{ ${[...split].map(([name, share]) => `${name} = ${printShare(share)}`).join(", ")} }`;
}

function printBound(bound: Bound): string {
  switch (bound.kind) {
    case "after":
      return `${bound.value} ${bound.unit}s`;
    case "stalled":
      return `stalled(${bound.metric}, patience = ${bound.patience})`;
    case "any":
      return bound.bounds.map(printBound).join(" or ");
  }
}

function printDuration(duration: Duration): string {
  return duration.kind === "share" ? printShare(duration.value) : `${duration.value} ${duration.unit}s`;
}

function printEvaluate({ every, metrics, take }: NonNullable<TrainJob["evaluate"]>): string {
  return `every(${printDuration(every)}, [${metrics.join(", ")}]${take === null ? "" : `, take = ${take} samples`})`;
}

function printSave(every: Duration, { keep, best }: { readonly keep: number | null; readonly best: string }): string {
  return `every(${printDuration(every)}, ${keep === null ? "" : `keep = ${keep}, `}best = ${best})`;
}

function printSampling(sampling: Sampling): string {
  switch (sampling.kind) {
    case "argmax":
      return "argmax()";
    case "temperature":
      return `temperature(${sampling.temperature})`;
    case "topK":
      return `top_k(${sampling.k}, temperature = ${sampling.temperature})`;
    case "topP":
      return `top_p(${sampling.p}, temperature = ${sampling.temperature})`;
  }
}

function printShare(share: number): string {
  return `${Number((share * 100).toPrecision(15))}%`;
}
