import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkpointFolder, listCheckpoints } from "../../../src/formats/checkpoint.ts";
import { FileError } from "../../../src/formats/file-error.ts";
import { readMetrics } from "../../../src/formats/metrics.ts";
import { readPointer } from "../../../src/formats/pointer.ts";
import { InterruptedError, TrainingError, UsageError } from "../../../src/jobs/failures.ts";
import { runTarget } from "../../../src/jobs/graph.ts";
import { bigramWorkspace, type Setup, temporaryFolder } from "./bigram-workspace.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const runFolder = (n = 1) => join(folder, "runs", "bigram", "pretrain", String(n));
const measured = (n = 1) =>
  readMetrics(join(runFolder(n), "metrics.jsonl")).map(({ time, tokens_per_sec, ...rest }) => rest);
const checkpointBytes = (n: number, step: number) =>
  readdirSync(checkpointFolder(runFolder(n), step)).map((name) => [
    name,
    readFileSync(join(checkpointFolder(runFolder(n), step), name)).toString("hex"),
  ]);

async function run(setup: Setup = {}, target: string | null = "pretrain") {
  const made = bigramWorkspace(folder, setup);
  await runTarget(made.workspace, target);
  return made;
}

describe("a run", () => {
  test("leaves its folder: sources, metrics, checkpoints, best and last", async () => {
    const { events } = await run();
    expect(readdirSync(runFolder()).sort()).toEqual([
      "best",
      "checkpoints",
      "env.json",
      "job.json",
      "last",
      "metrics.jsonl",
      "resolved.llm",
      "source.llm",
    ]);
    expect(readPointer(runFolder(), "last")).toBe(30);
    const records = measured();
    expect(records.filter(({ split }) => split === "train").map(({ step }) => step)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    expect(records.filter(({ split }) => split === "val").map(({ step }) => step)).toEqual([0, 10, 20, 30]);
    expect(records[0]).toEqual({
      step: 0,
      tokens: 0,
      epoch: 0,
      split: "val",
      loss: records[0]!.loss,
      perplexity: Math.exp(records[0]!.loss),
    });
    expect(records.at(-1)!.loss).toBeLessThan(records[0]!.loss / 2);
    expect(records.find(({ step, split }) => step === 3 && split === "train")).toMatchObject({
      tokens: 3 * 12 * 8,
      lr: 2,
    });
    expect(events.map(({ kind }) => kind)).toContain("summary");
  });

  test("keeps the newest scheduled checkpoints and the best", async () => {
    await run();
    const best = readPointer(runFolder(), "best")!;
    expect(listCheckpoints(runFolder())).toEqual([...new Set([best, 20, 25, 30])].sort((a, b) => a - b));
  });

  test("without `save` only the best and the last checkpoint stay", async () => {
    await run({ train: { save: { every: null, keep: null, best: "val.loss" } } });
    expect(listCheckpoints(runFolder())).toEqual(
      [...new Set([readPointer(runFolder(), "best")!, 30])].sort((a, b) => a - b),
    );
  });

  test("the loss does not depend on micro", async () => {
    const losses = new Map<number, readonly number[]>();
    for (const micro of [12, 4, 2, 1]) {
      await run({ train: { micro } });
      losses.set(
        micro,
        measured(losses.size + 1).map(({ loss }) => loss),
      );
    }
    for (const list of losses.values()) {
      for (const [i, loss] of list.entries()) expect(Math.abs(loss - losses.get(12)![i]!)).toBeLessThan(2e-6);
    }
  });

  test("stops when a metric has stalled", async () => {
    const until = {
      kind: "any",
      bounds: [
        { kind: "after", value: 1000, unit: "step" },
        { kind: "stalled", metric: "val.loss", patience: 2 },
      ],
    } as const;
    await run({ train: { until }, onUpdate: () => 50 });
    const val = measured()
      .filter(({ split }) => split === "val")
      .map(({ loss }) => loss);
    const best = val.indexOf(Math.min(...val));
    expect(val.length - 1 - best).toBe(2);
    expect(readPointer(runFolder(), "last")).toBe((val.length - 1) * 10);
  });

  test("counts epochs by windows and batches", async () => {
    await run({ train: { until: { kind: "after", value: 2, unit: "epoch" } } });
    const windows = Math.floor(Math.floor(0.9 * 960) / 8);
    expect(readPointer(runFolder(), "last")).toBe(Math.ceil((2 * windows) / 12));
  });
});

describe("what is out of date", () => {
  test("a finished run is not run again; a changed one gets a new folder", async () => {
    await run();
    const { events } = await run();
    expect(events.filter(({ kind }) => kind === "upToDate").map(({ job }) => job)).toEqual([
      "chars",
      "corpus",
      "pretrain",
    ]);
    await run({ train: { seed: 8 } });
    expect(readdirSync(join(folder, "runs", "bigram", "pretrain"))).toEqual(["1", "2"]);
    await run();
    expect(readdirSync(join(folder, "runs", "bigram", "pretrain"))).toEqual(["1", "2"]);
  });

  test("a changed text runs everything again", async () => {
    await run();
    const { events } = await run({ text: `${"the dog ate the cat. ".repeat(50)}` });
    expect(events.filter(({ kind }) => kind === "started").map(({ job }) => job)).toEqual([
      "chars",
      "corpus",
      "pretrain",
    ]);
  });

  test("generation runs whenever it is the target, and writes what it emits", async () => {
    const { events } = await run({}, null);
    const said = events.flatMap((event) => (event.kind === "text" ? [event.text] : [])).join("");
    expect(said).toHaveLength(24);
    expect(said.startsWith("the ")).toBe(true);
    expect(readFileSync(join(folder, "runs/bigram/sample/1/samples/1.txt"), "utf8")).toBe(`${said}\n`);
    expect((await run({}, null)).events.filter(({ kind }) => kind === "text")).toEqual([]);
    expect((await run({}, "sample")).events.filter(({ kind }) => kind === "text")).not.toEqual([]);
  });

  test("--steps trains a little, evaluates, saves, and leaves nothing", async () => {
    const { events } = await run({ options: { steps: 3 } }, null);
    expect(events.filter(({ kind }) => kind === "step")).toHaveLength(3);
    expect(events.filter(({ kind }) => kind === "evaluated")).toHaveLength(2);
    expect(events.some((event) => event.kind === "saved" && event.step === 3)).toBe(true);
    expect(events.some(({ kind }) => kind === "text")).toBe(true);
    expect(existsSync(join(folder, "runs/bigram/pretrain"))).toBe(false);
    for (const event of events) if (event.kind === "saved") expect(existsSync(event.folder)).toBe(false);
  });

  test("an unknown target is a usage error with a suggestion", async () => {
    await expect(run({}, "pretrian")).rejects.toMatchObject({ name: "UsageError", help: "did you mean `pretrain`?" });
  });
});

describe("resuming", () => {
  /** A process that is killed while step `at` runs: nothing after it happens, nothing is cleaned up. */
  async function killedAt(at: number, setup: Setup = {}) {
    const killed = new Error("killed");
    const died = run({
      ...setup,
      onUpdate: (step) => {
        if (step === at) throw killed;
        return undefined;
      },
    });
    await expect(died).rejects.toBe(killed);
  }

  test("from any step gives the metrics and the final checkpoint of a run that was never stopped", async () => {
    await run();
    const whole = { metrics: measured(1), checkpoint: checkpointBytes(1, 30) };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }), async (steps) => {
        rmSync(join(folder, "runs", "bigram", "pretrain"), { recursive: true });
        for (const step of steps.sort((a, b) => a - b)) await killedAt(step, { options: { resume: true } });
        await run({ options: { resume: true } });
        expect(measured(1)).toEqual(whole.metrics);
        expect(checkpointBytes(1, 30)).toEqual(whole.checkpoint);
        expect(readdirSync(join(folder, "runs", "bigram", "pretrain"))).toEqual(["1"]);
      }),
      { numRuns: 15 },
    );
  });

  test("Ctrl-C finishes the step, saves it, and the run goes on from there", async () => {
    await run();
    const whole = { metrics: measured(1), checkpoint: checkpointBytes(1, 30) };
    rmSync(join(folder, "runs", "bigram", "pretrain"), { recursive: true });
    const made = bigramWorkspace(folder, {
      onUpdate: (step) => {
        if (step === 13) made.interrupt.requested = true;
        return undefined;
      },
    });
    await expect(runTarget(made.workspace, "pretrain")).rejects.toThrow(InterruptedError);
    expect(readPointer(runFolder(), "last")).toBe(13);
    const { events } = await run({ options: { resume: true } });
    expect(events).toContainEqual({ kind: "resumed", job: "pretrain", folder: runFolder(), step: 13 });
    expect(measured(1)).toEqual(whole.metrics);
    expect(checkpointBytes(1, 30)).toEqual(whole.checkpoint);
  });

  test("a half-written line and a half-written checkpoint are forgotten", async () => {
    await run();
    const whole = measured(1);
    rmSync(join(folder, "runs", "bigram", "pretrain"), { recursive: true });
    await killedAt(17);
    writeFileSync(join(runFolder(), "metrics.jsonl"), '{"step":18,"tok', { flag: "a" });
    writeFileSync(join(runFolder(), "checkpoints", ".step-20.99.tmp"), "half");
    await run({ options: { resume: true } });
    expect(measured(1)).toEqual(whole);
    expect(readdirSync(join(runFolder(), "checkpoints")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("is refused where the definition has changed, with a table", async () => {
    await killedAt(17);
    const again = run({ train: { batch: 24, seed: 9 }, options: { resume: true } });
    await expect(again).rejects.toThrow(UsageError);
    await expect(run({ train: { batch: 24, seed: 9 }, options: { resume: true } })).rejects.toThrow(
      /pretrain\.batch: 12 → 24\n {2}pretrain\.seed: 7 → 9/,
    );
  });

  test("`until` may change", async () => {
    await killedAt(17);
    await run({ train: { until: { kind: "after", value: 20, unit: "step" } }, options: { resume: true } });
    expect(readPointer(runFolder(), "last")).toBe(20);
  });

  test.each([
    ["model.safetensors", "damaged"],
    ["state.json", "damaged"],
  ])("a damaged %s is told and nothing is overwritten", async (file, message) => {
    await killedAt(17);
    const path = join(checkpointFolder(runFolder(), 15), file);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 9));
    const again = run({ options: { resume: true } });
    await expect(again).rejects.toThrow(FileError);
    await expect(run({ options: { resume: true } })).rejects.toThrow(message);
    expect(readFileSync(path)).toEqual(bytes.subarray(0, bytes.length - 9));
  });
});

describe("a loss that is not finite", () => {
  test("ends the run with the step, the tensor and the last good checkpoint", async () => {
    const failed = run({ onUpdate: (step) => (step === 12 ? Number.NaN : undefined) });
    await expect(failed).rejects.toMatchObject({
      name: "TrainingError",
      message: expect.stringMatching(/^the loss is NaN at step 13; .*table\.weight is not finite$/),
      help: `the last good checkpoint is ${checkpointFolder(runFolder(), 10)}`,
    });
    expect(readPointer(runFolder(), "last")).toBe(10);
  });

  test("is never saved, even where the step itself looked good", async () => {
    const failed = run({ onUpdate: (step) => (step === 15 ? Number.POSITIVE_INFINITY : undefined) });
    await expect(failed).rejects.toThrow(TrainingError);
    expect(listCheckpoints(runFolder())).toEqual(
      [0, 5, 10].filter((step) => listCheckpoints(runFolder()).includes(step)),
    );
    expect(readPointer(runFolder(), "last")).toBe(10);
  });
});

describe("text that cannot be used", () => {
  test.each([
    ["empty", "", "E0604", "there is no text"],
    ["too short", "abc", "E0604", "fewer than the 8 of one window"],
  ])("%s", async (_, text, code, message) => {
    const failed = run({ text });
    await expect(failed).rejects.toMatchObject({ diagnostics: [{ code, message: expect.stringContaining(message) }] });
    expect(existsSync(runFolder())).toBe(false);
  });

  test("missing, with the near miss", async () => {
    writeFileSync(join(folder, "texts.txt"), "x");
    const { workspace } = bigramWorkspace(folder);
    rmSync(join(folder, "text.txt"));
    await expect(runTarget(workspace, "pretrain")).rejects.toMatchObject({
      diagnostics: [{ code: "E0601", help: 'did you mean "texts.txt"?' }],
    });
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});
