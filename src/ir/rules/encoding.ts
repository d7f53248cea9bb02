/**
 * What encoding loses: a tensor through `encode` and `decode`. The evaluator represents an encoded tensor by the numbers
 * it decodes to. Blocks run along the last axis; the last one may be shorter.
 */
import { type Encoding, elementCount } from "../types.ts";
import { roundHalfToEven } from "./dtypes.ts";
import { type Tensor, tensor } from "./tensor.ts";

export function roundTrip(of: Tensor, encoding: Encoding): Tensor {
  if (encoding.kind === "dense") return of;
  if (encoding.kind === "sparse24") return roundTrip(inGroups(of, 4, keepTwoOfFour), encoding.values);
  const { bits, code } = encoding;
  const block = code === "nf4" ? normalFloat : encoding.zero === undefined ? symmetric(bits) : asymmetric(bits);
  return inGroups(of, encoding.block, block);
}

type Block = (numbers: readonly number[]) => readonly number[];

function inGroups(of: Tensor, size: number, encode: Block): Tensor {
  const row = of.shape.at(-1) ?? 1;
  const data: number[] = [];
  for (let start = 0; start < elementCount(of.shape); start += row) {
    for (let at = 0; at < row; at += size) {
      data.push(...encode([...of.data.subarray(start + at, start + Math.min(at + size, row))]));
    }
  }
  return tensor(of.dtype, of.shape, data);
}

/** x ≈ scale · q, q in −(2^(bits−1) − 1) … 2^(bits−1) − 1. */
const symmetric =
  (bits: number): Block =>
  (numbers) => {
    const scale = largest(numbers) / (2 ** (bits - 1) - 1);
    return scale === 0 ? numbers : numbers.map((x) => roundHalfToEven(x / scale) * scale);
  };

/** x ≈ low + scale · q, q in 0 … 2^bits − 1. */
const asymmetric =
  (bits: number): Block =>
  (numbers) => {
    const low = Math.min(...numbers);
    const scale = (Math.max(...numbers) - low) / (2 ** bits - 1);
    return scale === 0 ? numbers : numbers.map((x) => low + roundHalfToEven((x - low) / scale) * scale);
  };

/** Sixteen quantiles of the normal distribution, scaled to the block's largest magnitude (Dettmers et al. 2023, QLoRA, appendix E). */
const normalFloat: Block = (numbers) => {
  const scale = largest(numbers);
  if (scale === 0) return numbers;
  return numbers.map(
    (x) => scale * normalFloatCode.reduce((best, c) => (off(c, x / scale) < off(best, x / scale) ? c : best)),
  );
};

const off = (x: number, y: number): number => Math.abs(x - y);

const normalFloatCode: readonly number[] = [
  -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
];

/** Of every four the two largest magnitudes stay, the first of equals. */
const keepTwoOfFour: Block = (numbers) => {
  const order = numbers.map((_, i) => i).sort((i, j) => Math.abs(numbers[j]!) - Math.abs(numbers[i]!) || i - j);
  const kept = new Set(order.slice(0, 2));
  return numbers.map((x, i) => (kept.has(i) ? x : 0));
};

function largest(numbers: readonly number[]): number {
  return Math.max(...numbers.map(Math.abs));
}
