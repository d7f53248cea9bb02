/** The order of an epoch: a permutation that depends on (seed, epoch) only. */
import { randomBits, randomKey } from "../ir/random.ts";

/** 0 … count − 1 shuffled by Fisher and Yates with Threefry bits; count < 2³². */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const key = randomKey(seed, dataStream, epoch, 0);
  for (let i = count - 1; i > 0; i--) {
    const [bits] = randomBits(key, i);
    // Scaling 32 bits to 0 … i favours no position by more than (i + 1) / 2³².
    const j = Math.floor((bits * (i + 1)) / 2 ** 32);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}

/** Apart from the streams of layers, which are hashes of their paths: "data" in ASCII. */
const dataStream = 0x64617461;
