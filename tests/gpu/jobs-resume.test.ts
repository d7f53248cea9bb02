/** A run that is killed again and again, then resumed, leaves the bytes of one that never was. Processes, real files, a real device. */
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readMetrics } from "../../src/formats/metrics.ts";
import { bundleLlmc, type Llmc, tinyProject } from "../unit/cli/llmc.ts";

let llmc: Llmc;
beforeAll(() => {
  llmc = bundleLlmc();
});
afterAll(() => llmc.remove());

const env = { LLMC_DEVICE: process.env.LLMC_DEVICE ?? "auto" };
const steps = 30;
const runFolder = (folder: string) => join(folder, "runs/tiny/pretrain/1");

/** What must not depend on interruptions. */
function leftBehind(folder: string) {
  const run = runFolder(folder);
  const metrics = readMetrics(join(run, "metrics.jsonl")).map(({ time, tokens_per_sec, ...record }) => record);
  const checkpoint = join(run, `checkpoints/step-${steps}`);
  const files = readdirSync(checkpoint).sort();
  return { metrics, files: files.map((name) => [name, readFileSync(join(checkpoint, name)).toString("base64")]) };
}

test("SIGKILL at random steps, then --resume", async () => {
  const whole = tinyProject();
  const killed = tinyProject();
  try {
    expect(await llmc.run(["run", "tiny.llm:pretrain"], { cwd: whole, env })).toMatchObject({ code: 0 });
    const at = [randomInt(1, steps), randomInt(1, steps), randomInt(1, steps)].sort((a, b) => a - b);
    console.log(`killed after the results of steps ${at.join(", ")}`);
    for (const step of at) {
      const args = ["run", "tiny.llm:pretrain", "--resume", "--json"];
      const { child, ended } = llmc.start(args, {
        cwd: killed,
        env,
        onOut: (text) => {
          const seen = [...text.matchAll(/"kind":"step".*?"step":(\d+)/g)].map(([, number]) => Number(number));
          if (seen.some((number) => number >= step)) child.kill("SIGKILL");
        },
      });
      const { signal, code, err } = await ended;
      expect(signal === "SIGKILL" || code === 0, err).toBe(true);
    }
    expect(await llmc.run(["run", "tiny.llm:pretrain", "--resume"], { cwd: killed, env })).toMatchObject({ code: 0 });
    expect(leftBehind(killed)).toEqual(leftBehind(whole));
  } finally {
    for (const folder of [whole, killed]) rmSync(folder, { recursive: true, force: true });
  }
});

test("the same program, seed and device give the same bytes; another seed does not", async () => {
  const projects = [
    tinyProject(),
    tinyProject(),
    tinyProject({ edit: (program) => program.replace("seed      = 3", "seed      = 4") }),
  ];
  try {
    for (const cwd of projects)
      expect(await llmc.run(["run", "tiny.llm:pretrain"], { cwd, env })).toMatchObject({ code: 0 });
    const [first, second, other] = projects.map(leftBehind);
    expect(second).toEqual(first);
    expect(other!.metrics).not.toEqual(first!.metrics);
  } finally {
    for (const folder of projects) rmSync(folder, { recursive: true, force: true });
  }
});

test("Ctrl-C finishes the step, saves, ends with 130", async () => {
  const folder = tinyProject({
    edit: (program) => program.replace("until     = 30 steps", "until     = 100000 steps"),
  });
  try {
    let sent = false;
    const { child, ended } = llmc.start(["run", "tiny.llm:pretrain", "--json"], {
      cwd: folder,
      env,
      onOut: (text) => {
        if (!sent && text.includes('"kind":"step"')) sent = child.kill("SIGINT");
      },
    });
    const { code, err } = await ended;
    expect(err).toMatch(/interrupted: step \d+ is saved; go on with --resume/);
    expect(code).toBe(130);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
