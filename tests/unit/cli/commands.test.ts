import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { errorPages, version } from "../../../src/cli/embedded.ts";
import { bundleLlmc, type Llmc, tinyProject } from "./llmc.ts";

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

describe("the command line", () => {
  test("--help and --version end with 0", async () => {
    expect(await llmc.run(["--help"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("run [options] <target>"),
    });
    expect(await llmc.run(["--version"])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  test.each([
    [["frobnicate"], "unknown command"],
    [["chek", "x.llm"], "Did you mean check?"],
    [["run"], "missing required argument"],
    [["run", "x.llm", "--frobnicate"], "unknown option"],
    [["check", "nowhere.llm"], "there is no file nowhere.llm"],
    [["check", "."], "is a folder"],
    [["check", "x.llm", "--format", "xml"], "Allowed choices are text, json, github"],
    [["explain", "E9999"], "there is no error code E9999"],
  ])("%j is a usage error", async (args, message) => {
    const { code, err } = await llmc.run(args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  test("a misspelt file is suggested", async () => {
    const folder = project();
    const { code, err } = await llmc.run(["check", "tinny.llm"], { cwd: folder });
    expect(err).toBe("error: there is no file tinny.llm\nhelp: did you mean tiny.llm?\n");
    expect(code).toBe(2);
  });

  test("`explain` prints the page of every code", async () => {
    for (const [file, page] of Object.entries(errorPages).slice(0, 3)) {
      expect(await llmc.run(["explain", file.replace(".md", "")])).toEqual({
        code: 0,
        signal: null,
        out: page,
        err: "",
      });
    }
  });
});

describe("check", () => {
  test("a right program: 0, and its jobs", async () => {
    const { code, out, err } = await llmc.run(["check", "tiny.llm"], { cwd: project() });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "tiny.llm: no errors (tokenizer chars, data corpus, train pretrain, generate sample)\n",
      err: "",
    });
  });

  test("a wrong program: 1, and where", async () => {
    const folder = project({ edit: (program) => program.replace("batch     = 8", "batsch    = 8") });
    const { code, out, err } = await llmc.run(["check", "tiny.llm"], { cwd: folder });
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("error[E0103]");
    expect(err).toContain("--> tiny.llm:25:3");
  });

  test("--format json and github go to stdout", async () => {
    const folder = project({ edit: (program) => program.replace("batch     = 8", "batsch    = 8") });
    const json = await llmc.run(["check", "tiny.llm", "--json"], { cwd: folder });
    expect(json).toMatchObject({ code: 1, err: "" });
    expect(JSON.stringify(JSON.parse(json.out))).toContain("E0103");
    const github = await llmc.run(["check", "tiny.llm", "--format", "github"], { cwd: folder });
    expect(github).toMatchObject({ code: 1, err: "" });
    expect(github.out).toMatch(/^::error file=tiny\.llm,line=25/m);
  });

  test("--set is checked with the program", async () => {
    const folder = project();
    expect(await llmc.run(["check", "tiny.llm", "--set", "pretrain.batch=16"], { cwd: folder })).toMatchObject({
      code: 0,
    });
    const wrong = await llmc.run(["check", "tiny.llm", "--set", "pretrain.batch=many"], { cwd: folder });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("<--set 1>:1:1");
    expect(await llmc.run(["check", "tiny.llm", "--set", "nonsense"], { cwd: folder })).toMatchObject({ code: 2 });
  });

  test("colour is for terminals that want it", async () => {
    const folder = project({ edit: (program) => program.replace("batch     = 8", "batsch    = 8") });
    const startOfColor = "\u001b[";
    const run = async (env: Readonly<Record<string, string>>) =>
      (await llmc.run(["check", "tiny.llm"], { cwd: folder, env })).err;
    expect(await run({ NO_COLOR: "1" })).not.toContain(startOfColor);
    expect(await run({ NO_COLOR: "", FORCE_COLOR: "1" })).toContain(startOfColor);
    expect(await run({ NO_COLOR: "" })).not.toContain(startOfColor);
  });

  test("an imported file must lie in the program's folder", async () => {
    const folder = project({ edit: (program) => `use "./sub/outside.llm" as o\n${program}` });
    const outside = project();
    symlinkSync(outside, join(folder, "sub"));
    writeFileSync(join(outside, "outside.llm"), "x = 1\n");
    const { code, err } = await llmc.run(["check", "tiny.llm"], { cwd: folder });
    expect(err).toContain("error[E0605]");
    expect(code).toBe(1);
    expect(await llmc.run(["check", "tiny.llm"], { cwd: folder })).toMatchObject({ code: 1 });
  });
});

describe("a program of several files", () => {
  const withOther = () => {
    const folder = project();
    writeFileSync(
      join(folder, "main.llm"),
      `use "./tiny.llm" as tiny
generate again { model = tiny.pretrain.last  prompt = "the "  decode = argmax()  until = 3 tokens }
`,
    );
    return folder;
  };

  test("is found from any working directory", async () => {
    const folder = withOther();
    for (const [cwd, file] of [
      [folder, "main.llm"],
      [dirname(folder), join(basename(folder), "main.llm")],
      [tmpdir(), join(folder, "main.llm")],
    ] as const) {
      const { code, out, err } = await llmc.run(["check", file], { cwd });
      expect(err).toBe("");
      expect(out).toContain("no errors (tokenizer tiny.llm:chars, data tiny.llm:corpus, train tiny.llm:pretrain,");
      expect(code).toBe(0);
    }
  });

  test("keeps runs beside each file, the same ones from any working directory", async () => {
    const folder = withOther();
    expect(await llmc.run(["run", "main.llm"], { cwd: folder })).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, "runs")).sort()).toEqual(["main", "tiny"]);
    expect(readdirSync(join(folder, "runs/tiny")).sort()).toEqual(["chars", "corpus", "pretrain"]);
    const { code, err } = await llmc.run(["run", join(folder, "main.llm")], { cwd: tmpdir() });
    expect(err.match(/is up to date/g)).toHaveLength(4);
    expect(code).toBe(0);
  });
});

describe("run", () => {
  test("trains, then generates on stdout; the second time nothing is to be done", async () => {
    const folder = project();
    const { code, out, err } = await llmc.run(["run", "tiny.llm"], { cwd: folder });
    expect(err).toContain("step 30  val loss");
    expect(code).toBe(0);
    expect(out).toMatch(/^the [a-z. ]{20}\n$/);
    expect(readdirSync(join(folder, "runs", "tiny")).sort()).toEqual(["chars", "corpus", "pretrain", "sample"]);
    const again = await llmc.run(["run", "tiny.llm"], { cwd: folder });
    expect(again).toMatchObject({ code: 0, out: "" });
    expect(
      again.err
        .trim()
        .split("\n")
        .every((line) => line.includes("is up to date")),
    ).toBe(true);
    const sampled = await llmc.run(["run", "tiny.llm:sample", "--prompt", "-"], { cwd: folder, input: "on the \n" });
    expect(sampled.out).toMatch(/^on the [a-z. ]{20}\n$/);
  });

  test("the summary tells sizes, memory, device and the first example", async () => {
    const { err } = await llmc.run(["run", "tiny.llm", "--steps", "2"], { cwd: project() });
    for (const row of ["model", "windows", "step", "length", "memory", "device", "example"]) {
      expect(err).toMatch(new RegExp(`^ {2}${row} +\\S`, "m"));
    }
    expect(err).toContain("[t]he cat");
  });

  test("--json: every event is a line on stdout", async () => {
    const { out, code } = await llmc.run(["run", "tiny.llm", "--json", "--steps", "2"], { cwd: project() });
    const kinds = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).kind);
    expect(code).toBe(0);
    expect(new Set(kinds)).toEqual(new Set(["started", "summary", "step", "evaluated", "saved", "finished", "text"]));
  });

  test("--out moves the run folders", async () => {
    const folder = project();
    const elsewhere = project();
    const { code } = await llmc.run(["run", "tiny.llm:pretrain", "--out", elsewhere], { cwd: folder });
    expect(code).toBe(0);
    expect(existsSync(join(folder, "runs"))).toBe(false);
    expect(existsSync(join(elsewhere, "tiny", "pretrain", "1", "last"))).toBe(true);
  });

  test("control characters in a text are not sent to a terminal", async () => {
    const folder = project({ text: `\u001b]0;title\u0007${"the cat sat on the mat. ".repeat(40)}` });
    const { err } = await llmc.run(["run", "tiny.llm", "--steps", "1"], { cwd: folder });
    expect(err).not.toContain("\u001b");
    expect(err).toContain("[\\x1b]]0;titl");
  });
});

describe("plan and build", () => {
  test("plan prints the bytes that a run allocates", async () => {
    const folder = project();
    const planned = await llmc.run(["plan", "tiny.llm:pretrain", "--profile", "reference", "--json"], { cwd: folder });
    expect(planned.code).toBe(0);
    const run = await llmc.run(["run", "tiny.llm:pretrain", "--steps", "1", "--json"], { cwd: folder });
    const summary = run.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .find(({ kind }) => kind === "summary").summary;
    const report = JSON.parse(planned.out);
    expect(report.totalBytes).toBe(summary.deviceBytes);
    expect(report.parameters).toBe(summary.parameters);
    expect(existsSync(join(folder, "runs", "tiny", "pretrain"))).toBe(false);
  });

  test("build writes program.json and its kernels", async () => {
    const folder = project();
    const { code, out } = await llmc.run(["build", "tiny.llm:pretrain"], { cwd: folder });
    expect(out).toMatch(/^build\/pretrain: program\.json and \d+ kernels\n$/);
    expect(code).toBe(0);
    const program = JSON.parse(readFileSync(join(folder, "build/pretrain/program.json"), "utf8"));
    expect(readdirSync(join(folder, "build/pretrain/kernels"))).toHaveLength(program.kernels.length);
  });

  test("building twice gives the same bytes", async () => {
    const folder = project();
    await llmc.run(["build", "tiny.llm:pretrain", "--out", "a"], { cwd: folder });
    await llmc.run(["build", "tiny.llm:pretrain", "--out", "b"], { cwd: folder });
    expect(readFileSync(join(folder, "a/program.json"))).toEqual(readFileSync(join(folder, "b/program.json")));
  });
});
