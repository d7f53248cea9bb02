/** Everything that can go wrong around a program: its message, its exit code, and that nothing half-written is left. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { listCheckpoints, openCheckpoint } from "../../../src/formats/checkpoint.ts";
import { readPointer } from "../../../src/formats/pointer.ts";
import { bundleLlmc, type Llmc, tinyProgram, tinyProject } from "./llmc.ts";

let llmc: Llmc;
beforeAll(() => {
  llmc = bundleLlmc();
});
afterAll(() => llmc.remove());

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const project = (...args: Parameters<typeof tinyProject>) => {
  const folder = tinyProject(...args);
  folders.push(folder);
  return folder;
};
const runFolder = (folder: string) => join(folder, "runs/tiny/pretrain/1");
const isRoot = process.getuid?.() === 0;

describe("text", () => {
  test("missing: 1, with the near miss", async () => {
    const folder = project({ text: null });
    writeFileSync(join(folder, "texts.txt"), "x");
    const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder });
    expect(err).toContain('error[E0601]: there is no file "text.txt"');
    expect(err).toContain('help: did you mean "texts.txt"?');
    expect(code).toBe(1);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  test("unreadable: 5", async () => {
    const folder = project();
    chmodSync(join(folder, "text.txt"), 0o000);
    // Root may read everything: then another user tries.
    if (isRoot) chmodSync(folder, 0o755);
    const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder, ...(isRoot ? { uid: 65534 } : {}) });
    expect(err).toMatch(/error: cannot read .*text\.txt: permission is denied/);
    expect(code).toBe(5);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  test("empty: 1", async () => {
    const folder = project({ text: "" });
    const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder });
    expect(err).toContain("error[E0604]: there is no text to fit `chars` on: text.txt is empty");
    expect(code).toBe(1);
    expect(readdirSync(join(folder, "runs/tiny/chars"))).toEqual([]);
  });

  test("too short: 1", async () => {
    const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: project({ text: "the cat" }) });
    expect(err).toContain("error[E0604]: the split `train` of text.txt has 6 tokens, fewer than the 8 of one window");
    expect(code).toBe(1);
  });

  test("not UTF-8: 1", async () => {
    const folder = project();
    writeFileSync(join(folder, "text.txt"), Uint8Array.of(0x61, 0xff, 0x62));
    const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder });
    expect(err).toContain("error[E0604]: text.txt is not UTF-8 text");
    expect(code).toBe(1);
  });

  test("outside the program's folder: 1, until it is allowed", async () => {
    const outside = project();
    const edit = (program: string) => program.replaceAll('"text.txt"', `"${join(outside, "text.txt")}"`);
    const folder = project({ text: null, edit });
    const refused = await llmc.run(["run", "tiny.llm:corpus"], { cwd: folder });
    expect(refused.err).toContain("error[E0605]");
    expect(refused.code).toBe(1);
    expect(await llmc.run(["run", "tiny.llm:corpus", "--allow", outside], { cwd: folder })).toMatchObject({ code: 0 });
  });
});

test("a token beyond the model's rows: 1, with its place in the text", async () => {
  const edit = (program: string) => program.replace("V = chars.vocab", "V = 10");
  const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: project({ edit }) });
  expect(err).toMatch(/error\[E0404\]: token \d+ \("."\) at text\.txt:1:\d+ is out of range: the model knows 0 to 9/);
  expect(code).toBe(1);
});

test("a prompt with an unknown character: 1", async () => {
  const folder = project();
  await llmc.run(["run", "tiny.llm"], { cwd: folder });
  const { code, err } = await llmc.run(["run", "tiny.llm:sample", "--prompt", "Ωmega"], { cwd: folder });
  expect(err).toContain('error[E0604]: the prompt holds "Ω"');
  expect(code).toBe(1);
});

test("a loss that is not finite: 3, with the step, the tensor and the last good checkpoint", async () => {
  const edit = (program: string) => program.replace("lr = 1e-2", "lr = 3e38").replace("clip = 1.0", "");
  const folder = project({ edit });
  const { code, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder });
  expect(err).toMatch(/error: .* is not finite/);
  expect(err).toMatch(/help: the last good checkpoint is .*checkpoints\/step-0/);
  expect(code).toBe(3);
  expect(readPointer(runFolder(folder), "last")).toBe(0);
});

test("no adapter: 4", async () => {
  const folder = project();
  const { code, err } = await llmc.run(["run", "tiny.llm", "--device", "gpu"], {
    cwd: folder,
    env: { VK_DRIVER_FILES: "/nonexistent.json", VK_ICD_FILENAMES: "/nonexistent.json" },
  });
  expect(err).toMatch(/^error: no adapter was found|^error: no GPU was found/m);
  expect(err).toContain("help: ");
  expect(code).toBe(4);
  expect(readdirSync(join(folder, "runs/tiny/pretrain"))).toEqual([]);
  expect(await llmc.run(["run", "tiny.llm", "--device", "abacus"], { cwd: folder })).toMatchObject({ code: 4 });
});

describe("what is too large", () => {
  test("for the adapter: 4, before anything is allocated", async () => {
    const { code, err } = await llmc.run(["run", "tiny.llm", "--set", "pretrain.batch=1_000_000_000_000"], {
      cwd: project({ edit: (program) => program.replace("micro = 4", "") }),
    });
    expect(err).toMatch(/error: input ids needs [\d.]+ MiB in one binding, this adapter allows 128\.0 MiB/);
    expect(err).toContain("help: a smaller model, window or micro-batch");
    expect(code).toBe(4);
  });

  test("for any adapter: 1, at the parameter", async () => {
    const edit = (program: string) => program.replace("D = 8", "D = 100_000_000_000");
    const { code, err } = await llmc.run(["plan", "tiny.llm:pretrain"], { cwd: project({ edit }) });
    expect(err).toMatch(/error\[E0109\]: `tok\.weight` would be \[\d+, 100000000000\]/);
    expect(code).toBe(1);
  });
});

describe("checkpoints", () => {
  /** A run that was killed after some checkpoints. */
  async function killedProject(): Promise<string> {
    const folder = project({ edit: (program) => program.replace("until     = 30 steps", "until     = 3000 steps") });
    const { child, ended } = llmc.start(["run", "tiny.llm:pretrain", "--json"], {
      cwd: folder,
      onOut: (text) => {
        // A chunk may end anywhere: whichever save it shows whole will do.
        if (/"kind":"saved","job":"pretrain","step":\d{2}/.test(text)) child.kill("SIGKILL");
      },
    });
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    return folder;
  }

  test.each(["model.safetensors", "optimizer.safetensors", "state.json"])(
    "a damaged %s: 5, and it stays",
    async (name) => {
      const folder = await killedProject();
      const step = readPointer(runFolder(folder), "last");
      const path = join(runFolder(folder), `checkpoints/step-${step}`, name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 0xff;
      writeFileSync(path, bytes);
      const { code, err } = await llmc.run(["run", "tiny.llm:pretrain", "--resume"], { cwd: folder });
      expect(err).toMatch(new RegExp(`^error: .*${name} is damaged`, "m"));
      expect(code).toBe(5);
      expect(readFileSync(path)).toEqual(bytes);
    },
  );

  test("a definition that has changed is not resumed: 2, with a table", async () => {
    const folder = await killedProject();
    const { code, err } = await llmc.run(["run", "tiny.llm:pretrain", "--resume", "--set", "pretrain.seed=4"], {
      cwd: folder,
    });
    expect(err).toContain("  pretrain.seed: 3 → 4");
    expect(code).toBe(2);
  });

  test("weights that do not fit the model: 1, with a table", async () => {
    const folder = project();
    await llmc.run(["run", "tiny.llm:pretrain"], { cwd: folder });
    const weights = join("runs/tiny/pretrain/1/checkpoints/step-30/model.safetensors");
    const wider = tinyProgram
      .replace("D = 8)", "D = 16)")
      .replace("data      = corpus", `data      = corpus\n  init      = load("${weights}")`);
    writeFileSync(join(folder, "wider.llm"), wider);
    const { code, err } = await llmc.run(["run", "wider.llm:pretrain"], { cwd: folder });
    expect(err).toContain("error[E0602]");
    expect(err).toContain("tok.weight: [14, 8] in the file, [14, 16] in the model");
    expect(code).toBe(1);
  });
});

describe("a full disk", () => {
  test("5; what was saved before is intact, nothing half-written is left, and resuming goes on", async (context) => {
    const folder = project({
      edit: (program) => program.replace("D = 8)", "D = 256)").replace("keep = 2", "keep = 100"),
    });
    const disk = join(folder, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=640k", "tmpfs", disk], { stdio: "pipe" });
    } catch (error) {
      console.log(`no small disk can be mounted here, so a full one is not tried: ${error}`);
      return context.skip();
    }
    try {
      const { code, err } = await llmc.run(["run", "tiny.llm:pretrain", "--out", disk], { cwd: folder });
      expect(err).toMatch(/^error: cannot write .*: no space is left on the device$/m);
      expect(err).toContain("what was saved before is intact");
      expect(code).toBe(5);
      const run = join(disk, "tiny/pretrain/1");
      const last = readPointer(run, "last")!;
      const { model, optimizer, state } = openCheckpoint(run, last);
      model.close();
      optimizer.close();
      expect(state.step).toBe(last);
      for (const step of listCheckpoints(run)) expect(step).toBeLessThanOrEqual(last);
      expect(readdirSync(join(run, "checkpoints")).filter((name) => name.startsWith("."))).toEqual([]);
      execFileSync("mount", ["-o", "remount,size=64m", disk], { stdio: "pipe" });
      expect(await llmc.run(["run", "tiny.llm:pretrain", "--out", disk, "--resume"], { cwd: folder })).toMatchObject({
        code: 0,
      });
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("Ctrl-C", () => {
  const long = (program: string) =>
    program
      .replace("until     = 30 steps", "until     = 100000 steps")
      .replace("every(4 steps, keep = 2)", "every(1000 steps)");

  test("finishes the step, saves and ends with 130; --resume goes on", async () => {
    const folder = project({ edit: long });
    let sent = false;
    const { child, ended } = llmc.start(["run", "tiny.llm:pretrain", "--json"], {
      cwd: folder,
      onOut: (text) => {
        if (!sent && text.includes('"kind":"step"')) sent = child.kill("SIGINT");
      },
    });
    const { code, err } = await ended;
    expect(err).toContain("finishing the step and saving");
    expect(err).toMatch(/interrupted: step \d+ is saved/);
    expect(code).toBe(130);
    const last = readPointer(runFolder(folder), "last")!;
    expect(err).toContain(`step ${last} is saved`);
    expect(listCheckpoints(runFolder(folder))).toContain(last);
    const set = ["--set", `pretrain.until=${last + 3} steps`];
    const resumed = await llmc.run(["run", "tiny.llm:pretrain", "--resume", ...set], { cwd: folder });
    expect(resumed).toMatchObject({ code: 0, err: expect.stringContaining(`resumed at step ${last}`) });
    expect(readPointer(runFolder(folder), "last")).toBe(last + 3);
  });
});
