/** The workload in jax-js on WebGPU: one jitted function a step, forward, backward and AdamW. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { provideWebGpu } from "./web-gpu.mjs";
import { initialWeights, optimizer, parameterShapes } from "./workload.ts";

/** @type {import("./workload.ts").Contestant["open"]} */
export async function open(workload) {
  const gpu = await provideWebGpu();
  const available = await init("webgpu");
  if (!available.includes("webgpu")) throw new Error("jax-js finds no WebGPU");
  defaultDevice("webgpu");

  const shapes = parameterShapes(workload);
  let params = Object.fromEntries(
    [...initialWeights(workload)].map(([path, values]) => [path, np.array(values).reshape([...shapes.get(path)])]),
  );
  const zeros = () => Object.fromEntries([...shapes].map(([path, shape]) => [path, np.zeros([...shape])]));
  let m = zeros();
  let v = zeros();

  const lossOf = (p, ids) => loss(workload, p, ids);
  const step = jit((p, m, v, ids, rate, scale1, scale2) => {
    const [value, gradients] = valueAndGrad(lossOf)(tree.ref(p), ids);
    const next = [{}, {}, {}];
    for (const path of Object.keys(p)) {
      const g = gradients[path];
      const { beta1, beta2, epsilon, decay } = optimizer;
      const mean = m[path].mul(beta1).add(g.ref.mul(1 - beta1));
      const square = v[path].mul(beta2).add(g.ref.mul(g).mul(1 - beta2));
      const direction = mean.ref.mul(scale1.ref).div(np.sqrt(square.ref.mul(scale2.ref)).add(epsilon));
      next[0][path] = p[path].ref.sub(rate.ref.mul(direction.add(p[path].mul(decay))));
      next[1][path] = mean;
      next[2][path] = square;
    }
    for (const scalar of [rate, scale1, scale2]) scalar.dispose();
    return [value, ...next];
  });

  return {
    device: gpu,
    async step(ids, t) {
      const { batch, context } = workload;
      const { rate, beta1, beta2 } = optimizer;
      const scalars = [rate, 1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)].map((x) => np.array(x));
      let value;
      [value, params, m, v] = step(params, m, v, np.array(ids).reshape([batch, context]), ...scalars);
      await blockUntilReady([params, m, v]);
      return (await value.data())[0];
    },
    async close() {},
  };
}

function loss({ layers, heads, width: D, context: T, batch: B, vocabulary: V }, p, ids) {
  const linear = (x, name) => np.matmul(x, np.transpose(p[`${name}.weight`])).add(p[`${name}.bias`]);
  const norm = (x, name) => {
    const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
    const variance = np.mean(centred.ref.mul(centred.ref), -1, { keepdims: true });
    return centred
      .mul(np.reciprocal(np.sqrt(variance.add(1e-5))))
      .mul(p[`${name}.weight`])
      .add(p[`${name}.bias`]);
  };
  const attention = (x, name) => {
    const K = D / heads;
    const qkv = linear(x, `${name}.qkv`).reshape([B, T, 3, heads, K]).transpose([2, 0, 3, 1, 4]);
    const [q, k, v] = np.split(qkv, 3, 0).map((part) => part.reshape([B, heads, T, K]));
    const scores = np.matmul(q, np.swapaxes(k, -1, -2)).mul(1 / Math.sqrt(K));
    const mask = np
      .tril(np.ones([T, T]))
      .reshape([1, 1, T, T])
      .greater(0);
    const weights = nn.softmax(np.where(mask, scores, -1e30), -1);
    return linear(np.matmul(weights, v).transpose([0, 2, 1, 3]).reshape([B, T, D]), `${name}.out`);
  };
  const next = ids.ref.slice([], [1, T]);
  const tokens = nn.oneHot(ids, V);
  let x = np.matmul(tokens, p["tok.weight"].ref).add(p["pos.weight"].reshape([1, T, D]));
  for (let i = 0; i < layers; i++) {
    const block = `blocks.${i}`;
    x = x.ref.add(attention(norm(x, `${block}.ln1`), `${block}.attn`));
    const hidden = nn.gelu(linear(norm(x.ref, `${block}.ln2`), `${block}.up`), { approximate: true });
    x = x.add(linear(hidden, `${block}.down`));
  }
  const logits = np.matmul(norm(x, "ln"), np.transpose(p["tok.weight"])).slice([], [0, T - 1]);
  const right = nn.logSoftmax(logits, -1).mul(nn.oneHot(next, V));
  return np.sum(right).mul(-1 / (B * (T - 1)));
}
