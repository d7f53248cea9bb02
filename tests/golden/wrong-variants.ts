/** Six programs that are wrong in a way that looser bounds let through. */

export type WrongVariant = {
  readonly name: string;
  /** After so many steps a bound is broken. Only GELU takes long: its two forms differ little near 0. */
  readonly steps: 20 | 60;
  readonly edit: (text: string) => string;
};

export const wrongVariants: readonly WrongVariant[] = [
  {
    name: "GELU by erf instead of tanh",
    steps: 60,
    edit: (text) =>
      text
        .replace("LayerNorm, gelu, adamw", "LayerNorm, adamw")
        .replace("layer Attention", "fn gelu(x: [*S]) -> [*S] = 0.5 * x * (1 + erf(x / sqrt(2)))\n\nlayer Attention"),
  },
  {
    name: "layer norm with eps 1e-6",
    steps: 20,
    edit: (text) => text.replaceAll("LayerNorm(D)", "LayerNorm(D, eps = 1e-6)"),
  },
  {
    name: "a schedule without its floor",
    steps: 20,
    edit: (text) => text.replace("warmup = 10 steps)", "warmup = 10 steps, floor = 0%)"),
  },
  {
    name: "decay on matrices only",
    steps: 20,
    edit: (text) =>
      text
        .replace("layer Attention", `${adamwOnMatrices}\nlayer Attention`)
        .replace("LayerNorm, gelu, adamw,", "LayerNorm, gelu,"),
  },
  {
    name: "one gradient scaled by 1.1",
    steps: 20,
    edit: (text) =>
      text.replace("layer Attention", `${steeperLinear}\nlayer Attention`).replace("qkv = Linear(", "qkv = Steeper("),
  },
  {
    name: "no clipping",
    steps: 20,
    edit: (text) => text.replace("clip = 1.0", ""),
  },
];

const adamwOnMatrices = `
optimizer adamw(lr: schedule, betas: (float, float) = (0.9, 0.999), eps: float = 1e-8, decay: float = 0.01) {
  m: state[O, I] = zeros
  v: state[O, I] = zeros
  n: state[*S]   = zeros
  w: state[*S]   = zeros

  fn update(p: [O, I], g: [O, I], t: i32[]) -> [O, I] {
    b1, b2 = betas
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g ** 2
    return p - lr(t) * ((m / (1 - b1 ** t)) / (sqrt(v / (1 - b2 ** t)) + eps) + decay * p)
  }
  fn update(p: [*S], g: [*S], t: i32[]) -> [*S] {
    b1, b2 = betas
    n = b1 * n + (1 - b1) * g
    w = b2 * w + (1 - b2) * g ** 2
    return p - lr(t) * (n / (1 - b1 ** t)) / (sqrt(w / (1 - b2 ** t)) + eps)
  }
}
`;

/** The forward pass of Linear; the gradient of its weight is a tenth too large. */
const steeperLinear = `
layer Steeper(I: dim, O: dim) {
  weight: param[O, I] = normal(0.02)
  bias:   param[O]    = zeros

  fn forward(x: [..., I]) -> [..., O] = x @ (weight + 0.1 * (weight - stop_gradient(weight))).T + bias
}
`;
