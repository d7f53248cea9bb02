/**
 * Random numbers: a pure function of (seed, stream, step, sample, element), the same on every target.
 *
 * The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
 * 1, 2, 3; SC 2011). A tensor's key is derived once, key' = threefry(key = (seed, stream), counter = (step, sample)),
 * and an element's bits are threefry(key = key', counter = (element, 0)).
 *
 * - uniform in [0, 1): the upper 24 bits of word 0 · 2⁻²⁴.
 * - normal (Box and Muller 1958): √(−2 ln u₁) · cos(2π u₂), u₁ = ((word 0 >> 8) + 1) · 2⁻²⁴ in (0, 1],
 *   u₂ = (word 1 >> 8) · 2⁻²⁴.
 */
export type Words = readonly [number, number];

/** The 32-bit words (unsigned) that Threefry-2x32-20 makes of a key and a counter. */
export function threefry([k0, k1]: Words, [c0, c1]: Words): Words {
  const schedule = [k0, k1, threefryParity ^ k0 ^ k1];
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let round = 0; round < 20; round++) {
    const by = threefryRotations[round % 8]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by) | (x1 >>> (32 - by))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + schedule[injection % 3]!) | 0;
      x1 = (x1 + schedule[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

export const threefryRotations: readonly number[] = [13, 15, 26, 6, 17, 29, 16, 24];
export const threefryParity = 0x1bd11bda;

/** The key of one sample's numbers in one step; all are taken modulo 2³². */
export function randomKey(seed: number, stream: number, step: number, sample: number): Words {
  return threefry([seed, stream], [step, sample]);
}

export function randomBits(key: Words, element: number): Words {
  return threefry(key, [element, 0]);
}

/** Exact in f32. */
export function uniformOf([word]: Words): number {
  return (word >>> 8) * 2 ** -24;
}

export function normalOf([word0, word1]: Words): number {
  const u1 = ((word0 >>> 8) + 1) * 2 ** -24;
  const u2 = (word1 >>> 8) * 2 ** -24;
  return Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * u2);
}
