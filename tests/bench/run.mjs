/**
 * `npm run bench`: llmc beside other WebGPU libraries, on one adapter, in one run.
 *
 *   npm install --prefix tests/bench         # the peers, once (300 MB)
 *   npm run bench -- W1 --rounds 7 --steps 3
 *
 * Each contestant trains in a process of its own. They take turns, so that whatever else the machine does meets all of
 * them; the median of the rounds counts, after two warm-up steps. The same weights and batches go in, so the same losses
 * must come out.
 */
import { fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const folder = import.meta.dirname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "3" },
    only: { type: "string", default: "llmc,jax-js,tfjs" },
  },
});
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const warmUpSteps = 2;
/** jax-js uses iterator helpers, which Node 20 has behind a flag. */
const nodeFlags = Number(process.versions.node.split(".")[0]) < 22 ? ["--harmony-iterator-helpers"] : [];

const bundle = await bundled();
for (const workload of positionals.length > 0 ? positionals : ["W1"]) await compare(workload);

async function compare(workload) {
  const contestants = [];
  for (const name of values.only.split(",")) {
    const contestant = await start(name, workload);
    if (contestant.absent) console.log(`${workload} ${name}: ${contestant.absent}`);
    else contestants.push(contestant);
  }
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const { milliseconds, cpu, loss } = await contestant.train(steps);
      contestant.times.push(milliseconds);
      contestant.cpu.push(cpu);
      contestant.loss = loss;
    }
  }
  const reference = contestants.find(({ name }) => name === "llmc") ?? contestants[0];
  console.log(`\n${workload} on ${reference?.device}: median of ${rounds} rounds of ${steps} steps`);
  console.log(
    row(
      "",
      "ms a step",
      "least",
      "CPU ms a step",
      `against ${reference?.name}`,
      `loss at step ${warmUpSteps + rounds * steps}`,
    ),
  );
  for (const { name, times, cpu, loss } of contestants) {
    const ratio = median(times) / median(reference.times);
    console.log(
      row(
        name,
        median(times).toFixed(1),
        Math.min(...times).toFixed(1),
        median(cpu).toFixed(0),
        `${ratio.toFixed(2)} ×`,
        loss.toFixed(5),
      ),
    );
  }
  for (const contestant of contestants) contestant.close();
}

/** Starts a contestant and warms it up: compilation is not timed. */
async function start(name, workload) {
  const child = fork(bundle, [name, workload], { execArgv: nodeFlags, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const next = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${name} ended with ${code}`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message);
      });
    });
  const opened = await next();
  if (opened.kind === "absent") return { absent: opened.reason };
  const train = (count) => {
    const trained = next();
    child.send({ steps: count });
    return trained;
  };
  await train(warmUpSteps);
  return { name, device: opened.device, times: [], cpu: [], loss: Number.NaN, train, close: () => child.send("close") };
}

/** The contestants as one file beside their packages. */
async function bundled() {
  const cache = join(folder, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, "contestant.mjs");
  await build({
    entryPoints: [join(folder, "contestant.mjs")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

function row(...cells) {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(15))).join("");
}
