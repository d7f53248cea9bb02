/** The workload in TensorFlow.js on WebGPU: variables, `variableGrads`, and AdamW by hand (it has Adam only). */
import * as tf from "@tensorflow/tfjs";
import { provideWebGpu } from "./web-gpu.mjs";
import { initialWeights, optimizer, parameterShapes } from "./workload.ts";

/** @type {import("./workload.ts").Contestant["open"]} */
export async function open(workload) {
  const gpu = await provideWebGpu();
  // It registers itself only where `navigator.gpu` is there already.
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js finds no WebGPU");
  await tf.ready();

  const shapes = parameterShapes(workload);
  const params = new Map();
  const m = new Map();
  const v = new Map();
  for (const [path, values] of initialWeights(workload)) {
    const shape = [...shapes.get(path)];
    params.set(path, tf.variable(tf.tensor(values, shape), true, path));
    m.set(path, tf.variable(tf.zeros(shape), false));
    v.set(path, tf.variable(tf.zeros(shape), false));
  }

  return {
    device: gpu,
    async step(ids, t) {
      const value = tf.tidy(() => {
        const input = tf.tensor2d(ids, [workload.batch, workload.context], "int32");
        const { value, grads } = tf.variableGrads(() => loss(workload, params, input));
        const { rate, beta1, beta2, epsilon, decay } = optimizer;
        for (const [path, p] of params) {
          const g = grads[path];
          m.get(path).assign(
            m
              .get(path)
              .mul(beta1)
              .add(g.mul(1 - beta1)),
          );
          v.get(path).assign(
            v
              .get(path)
              .mul(beta2)
              .add(g.square().mul(1 - beta2)),
          );
          const mean = m.get(path).mul(1 / (1 - beta1 ** t));
          const root = v
            .get(path)
            .mul(1 / (1 - beta2 ** t))
            .sqrt();
          p.assign(p.sub(mean.div(root.add(epsilon)).add(p.mul(decay)).mul(rate)));
        }
        return value;
      });
      const [number] = await value.data();
      value.dispose();
      // The updates come after the loss: wait for the last of them.
      await params.get("ln.bias").data();
      return number;
    },
    async close() {},
  };
}

function loss({ layers, heads, width: D, context: T, batch: B, vocabulary: V }, params, ids) {
  const p = (path) => params.get(path);
  // Products of two matrices: the backend has no gradient for a batch against one matrix.
  const product = (x, weight) => tf.matMul(x.reshape([B * T, -1]), weight, false, true);
  const linear = (x, name) =>
    product(x, p(`${name}.weight`))
      .add(p(`${name}.bias`))
      .reshape([B, T, -1]);
  const norm = (x, name) => {
    const centred = x.sub(x.mean(-1, true));
    const scale = centred.square().mean(-1, true).add(1e-5).rsqrt();
    return centred
      .mul(scale)
      .mul(p(`${name}.weight`))
      .add(p(`${name}.bias`));
  };
  const mask = tf.linalg
    .bandPart(tf.ones([T, T]), -1, 0)
    .sub(1)
    .mul(1e30)
    .reshape([1, 1, T, T]);
  const attention = (x, name) => {
    const K = D / heads;
    const qkv = linear(x, `${name}.qkv`).reshape([B, T, 3, heads, K]).transpose([2, 0, 3, 1, 4]);
    const [q, k, v] = tf.split(qkv, 3).map((part) => part.reshape([B, heads, T, K]));
    const scores = tf
      .matMul(q, k, false, true)
      .mul(1 / Math.sqrt(K))
      .add(mask);
    const mixed = tf.matMul(tf.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([B, T, D]);
    return linear(mixed, `${name}.out`);
  };
  const gelu = (x) =>
    x.mul(0.5).mul(
      x
        .add(x.mul(x).mul(x).mul(0.044715))
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    );
  const tokens = tf.oneHot(ids.reshape([B * T]), V).toFloat();
  let x = tf.matMul(tokens, p("tok.weight")).reshape([B, T, D]).add(p("pos.weight"));
  for (let i = 0; i < layers; i++) {
    const block = `blocks.${i}`;
    x = x.add(attention(norm(x, `${block}.ln1`), `${block}.attn`));
    x = x.add(linear(gelu(linear(norm(x, `${block}.ln2`), `${block}.up`)), `${block}.down`));
  }
  const logits = product(norm(x, "ln"), p("tok.weight"))
    .reshape([B, T, V])
    .slice([0, 0, 0], [B, T - 1, V]);
  const next = tf.oneHot(ids.slice([0, 1], [B, T - 1]).reshape([B * (T - 1)]), V).toFloat();
  return tf.losses.softmaxCrossEntropy(next, logits.reshape([B * (T - 1), V]));
}
