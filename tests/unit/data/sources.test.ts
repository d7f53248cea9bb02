import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSandbox } from "../../../src/data/sandbox.ts";
import { findTexts, readText } from "../../../src/data/sources.ts";
import { DiagnosticError } from "../../../src/diagnostics/report.ts";

/** root/project/program.llm is the file named on the command line; root/secret.txt is none of its business. */
let root: string;
let project: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "llmc-sources-")));
  project = join(root, "project");
  for (const folder of ["texts/deep", "node_modules/@scope/pkg/data", "node_modules/plain"]) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  write("program.llm");
  for (const file of ["b.txt", "a.txt", "notes.md", "deep/c.txt"]) write(`texts/${file}`);
  write("node_modules/@scope/pkg/data/1.txt");
  write("node_modules/@scope/pkg/data/2.txt");
  write("node_modules/plain/x.txt");
  writeFileSync(join(root, "secret.txt"), "secret");
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string) => writeFileSync(join(project, path), path);
const span = { file: "program.llm", start: 0, end: 1 };
const find = (patterns: readonly string[], allow: readonly string[] = []) =>
  findTexts(patterns, project, openSandbox(join(project, "program.llm"), allow), span);
const names = (...patterns: readonly string[]) => find(patterns).map(({ name }) => name);

function refusal(patterns: readonly string[]) {
  try {
    find(patterns);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0]!;
    throw error;
  }
  throw new Error(`${patterns} was not refused`);
}

describe("which files", () => {
  test("a path, a glob in sorted order, several in the order they are written", () => {
    expect(names("texts/b.txt")).toEqual(["texts/b.txt"]);
    expect(names("texts/*.txt")).toEqual(["texts/a.txt", "texts/b.txt"]);
    expect(names("texts/**/*.txt")).toEqual(["texts/a.txt", "texts/b.txt", "texts/deep/c.txt"]);
    expect(names("texts/notes.md", "texts/a.txt")).toEqual(["texts/notes.md", "texts/a.txt"]);
  });

  test("a file whose name looks like a pattern is itself", () => {
    write("texts/[draft].txt");
    expect(names("texts/[draft].txt")).toEqual(["texts/[draft].txt"]);
  });

  test("a package's files, found upwards", () => {
    expect(names("npm:@scope/pkg/data/*.txt")).toEqual(["npm:@scope/pkg/data/1.txt", "npm:@scope/pkg/data/2.txt"]);
    expect(names("npm:plain/x.txt")).toEqual(["npm:plain/x.txt"]);
    const sandbox = openSandbox(join(project, "program.llm"), []);
    expect(findTexts(["npm:plain/x.txt"], join(project, "texts/deep"), sandbox, span)).toHaveLength(1);
  });
});

describe("what is missing", () => {
  test("is told with the near miss", () => {
    expect(refusal(["texts/aa.txt"])).toMatchObject({ code: "E0601", help: 'did you mean "a.txt"?' });
    expect(refusal(["text/a.txt"])).toMatchObject({ code: "E0601", help: 'did you mean "texts"?' });
    expect(refusal(["texts/*.csv"])).toMatchObject({ code: "E0601", message: 'no file matches "texts/*.csv"' });
  });

  test("a folder is no text", () => {
    expect(refusal(["texts"])).toMatchObject({ code: "E0601", help: '"texts/*.txt" reads every text in it' });
  });

  test("a package that is not installed", () => {
    expect(refusal(["npm:absent/x.txt"])).toMatchObject({ code: "E0601", help: "npm install absent" });
  });
});

describe("a program from a stranger", () => {
  test.each(["../secret.txt", "../*.txt", "texts/../../secret.txt", "/etc/hostname", "/etc/host*"])(
    "may not read %s",
    (path) => {
      expect(refusal([path]).code).toBe("E0605");
    },
  );

  test("may not follow a link out of its folder", () => {
    symlinkSync(join(root, "secret.txt"), join(project, "texts/link.txt"));
    symlinkSync(root, join(project, "up"));
    expect(refusal(["texts/link.txt"]).code).toBe("E0605");
    expect(refusal(["texts/*.txt"]).code).toBe("E0605");
    expect(refusal(["up/secret.txt"]).code).toBe("E0605");
    expect(refusal(["up/*.txt"]).code).toBe("E0605");
  });

  test("reads what was allowed", () => {
    expect(find(["../secret.txt"], [root])).toHaveLength(1);
  });

  test.each([
    "npm:../secret.txt",
    "npm:.hidden/x.txt",
    "npm:_private/x.txt",
    "npm:UPPER/x.txt",
    "npm:@scope/../../x.txt",
    "npm:@scope//x.txt",
    "npm:plain",
    "npm:plain/",
    "npm:",
  ])("%s names no package", (source) => {
    expect(refusal([source]).code).toBe("E0601");
  });

  test("may not leave a package", () => {
    expect(refusal(["npm:plain/../../program.llm"]).code).toBe("E0605");
    expect(refusal(["npm:plain/../../*.llm"]).code).toBe("E0605");
    symlinkSync(join(root, "secret.txt"), join(project, "node_modules/plain/link.txt"));
    expect(refusal(["npm:plain/link.txt"]).code).toBe("E0605");
  });

  test("a package that is itself a link (as pnpm installs) is read", () => {
    mkdirSync(join(project, "store/linked"), { recursive: true });
    write("store/linked/y.txt");
    symlinkSync(join(project, "store/linked"), join(project, "node_modules/linked"));
    expect(names("npm:linked/y.txt")).toEqual(["npm:linked/y.txt"]);
  });
});

test("text is UTF-8, and a byte order mark is not part of it", () => {
  writeFileSync(join(project, "bom.txt"), "\ufeffabc");
  expect(readText(find(["bom.txt"])[0]!, span)).toBe("abc");
  writeFileSync(join(project, "latin1.txt"), Uint8Array.of(0xe9));
  expect(() => readText(find(["latin1.txt"])[0]!, span)).toThrow("latin1.txt is not UTF-8 text");
});
