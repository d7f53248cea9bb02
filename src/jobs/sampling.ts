/** The next token from its logits, in float64 on the host. */
import type { Sampling } from "../2-check/program.ts";
import { randomBits, randomKey, type Words } from "../ir/random.ts";
import { TrainingError } from "./failures.ts";

/** `index` is the token's place in the text: the draw is a pure function of (seed, index). */
export function sampleToken(logits: Float32Array, sampling: Sampling, seed: number, index: number): number {
  const bad = logits.findIndex((logit) => Number.isNaN(logit));
  if (bad >= 0) throw new TrainingError(`the model's logits are not numbers (token ${bad}): it cannot be sampled from`);
  switch (sampling.kind) {
    case "argmax":
      return indexOfLargest(logits);
    case "temperature":
      return draw(probabilities(ranked(logits), sampling.temperature), seed, index);
    case "topK":
      return draw(probabilities(ranked(logits).slice(0, sampling.k), sampling.temperature), seed, index);
    case "topP":
      return draw(nucleus(probabilities(ranked(logits), sampling.temperature), sampling.p), seed, index);
  }
}

type Candidate = { readonly token: number; readonly weight: number };

/** The first of the largest. */
function indexOfLargest(logits: Float32Array): number {
  let best = 0;
  logits.forEach((logit, token) => {
    if (logit > logits[best]!) best = token;
  });
  return best;
}

/** Tokens by descending logit, ties by token. */
function ranked(logits: Float32Array): readonly Candidate[] {
  const all = Array.from(logits, (weight, token) => ({ token, weight }));
  return all.sort((a, b) => b.weight - a.weight || a.token - b.token);
}

/** softmax(logits / temperature) of what is left; temperature 0 is the limit, the first of them. */
function probabilities(candidates: readonly Candidate[], temperature: number): readonly Candidate[] {
  const [first] = candidates;
  if (first === undefined || temperature === 0)
    return candidates.slice(0, 1).map(({ token }) => ({ token, weight: 1 }));
  const scaled = candidates.map(({ token, weight }) => ({
    token,
    weight: Math.exp((weight - first.weight) / temperature),
  }));
  const sum = scaled.reduce((total, { weight }) => total + weight, 0);
  return scaled.map(({ token, weight }) => ({ token, weight: weight / sum }));
}

/** The fewest tokens whose probabilities reach `p` (Holtzman et al. 2020). */
function nucleus(candidates: readonly Candidate[], p: number): readonly Candidate[] {
  let sum = 0;
  const end = candidates.findIndex(({ weight }) => {
    sum += weight;
    return sum >= p;
  });
  return end < 0 ? candidates : candidates.slice(0, end + 1);
}

/** Weights need not sum to 1. */
function draw(candidates: readonly Candidate[], seed: number, index: number): number {
  const sum = candidates.reduce((total, { weight }) => total + weight, 0);
  let left = uniform53(randomBits(randomKey(seed, samplingStream, index, 0), 0)) * sum;
  for (const { token, weight } of candidates) {
    left -= weight;
    if (left < 0) return token;
  }
  return candidates.at(-1)!.token;
}

/** 53 bits of the two words, in [0, 1). */
function uniform53([high, low]: Words): number {
  return (high * 2 ** 21 + (low >>> 11)) * 2 ** -53;
}

/** "draw" in ASCII; layers' streams are hashes of their paths. */
const samplingStream = 0x64726177;
