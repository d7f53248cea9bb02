/** A contestant in a process of its own: trains when it is told to, and waits otherwise. Arguments: contestant, workload. */
import { batchOf, workloads } from "./workload.ts";

const [name, workloadName] = process.argv.slice(2);
const workload = workloads.find(({ name }) => name === workloadName);
const modules = {
  llmc: () => import("./llmc.ts"),
  "jax-js": () => import("./jax-js.mjs"),
  tfjs: () => import("./tfjs.mjs"),
};

try {
  const { open } = await modules[name]();
  const trainer = await open(workload);
  let t = 0;
  process.on("message", async (message) => {
    if (message === "close") {
      await trainer.close();
      process.exit(0);
    }
    const batches = Array.from({ length: message.steps }, (_, i) => batchOf(workload, t + i + 1));
    const start = performance.now();
    const cpu = process.cpuUsage();
    let loss = Number.NaN;
    for (const ids of batches) loss = await trainer.step(ids, ++t);
    const milliseconds = (performance.now() - start) / message.steps;
    const { user, system } = process.cpuUsage(cpu);
    process.send({ kind: "trained", milliseconds, cpu: (user + system) / 1000 / message.steps, loss });
  });
  process.send({ kind: "open", device: trainer.device });
} catch (error) {
  const absent = error.code === "ERR_MODULE_NOT_FOUND";
  process.send({ kind: "absent", reason: absent ? "not installed: npm install --prefix tests/bench" : error.message });
  process.disconnect();
}
