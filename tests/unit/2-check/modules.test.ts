/** Files, scopes and what a name means. */
import { describe, expect, test } from "vitest";
import { parse } from "../../../src/1-parse/parse.ts";
import { loadModules, type Read } from "../../../src/2-check/modules.ts";
import type { Entity, Module } from "../../../src/2-check/program.ts";
import { Reporter } from "../../../src/diagnostics/report.ts";
import { check, reader } from "./checker.ts";

function load(text: string, read: Read = reader()) {
  const reporter = new Reporter();
  const { file } = parse({ file: "folder/program.llm", text });
  return { ...loadModules(file, read, parse, reporter), diagnostics: reporter.diagnostics };
}

function fileOf(entity: Entity | undefined): string | undefined {
  if (entity === undefined) return undefined;
  return entity.kind === "primitive" ? "primitive" : entity.module.file;
}

const meaning = (module: Module, name: string) => fileOf(module.scope.get(name));

describe("scopes", () => {
  test("hold the primitives and the prelude without `use`, the rest only with it", () => {
    const { root } = load("");
    expect(meaning(root, "exp")).toBe("primitive");
    expect(meaning(root, "softmax")).toBe("std/prelude.llm");
    expect(meaning(root, "Linear")).toBeUndefined();
  });

  test("own names beat imported ones, those beat `*`, those beat the prelude and primitives", () => {
    const own = "fn gelu(x: [*S]) -> [*S] = x";
    expect(meaning(load("use std.*").root, "gelu")).toBe("std/activations.llm");
    expect(meaning(load(`use std.*\n${own}`).root, "gelu")).toBe("folder/program.llm");
    expect(meaning(load(`use std.{gelu}\n${own}`).root, "gelu")).toBe("folder/program.llm");
    expect(meaning(load("fn softmax(x: [*S]) -> [*S] = x\nexp = 3").root, "softmax")).toBe("folder/program.llm");
    expect(meaning(load("exp = 3").root, "exp")).toBe("folder/program.llm");
  });

  test("a name that two `*` bring is in no scope; naming it settles it", () => {
    const std: Read = (path) => {
      const texts: Record<string, string> = {
        "std/": "a.llm\nmore/b.llm",
        "std/a.llm": "fn twice(x: [*S]) -> [*S] = 2 * x",
        "std/more/b.llm": "fn twice(x: [*S]) -> [*S] = x + x",
      };
      const text = texts[path];
      return text === undefined ? null : { file: path, text };
    };
    const { root } = load("use std.*\nuse std.more.b.*", std);
    expect(root.scope.has("twice")).toBe(false);
    expect(root.ambiguous.get("twice")).toEqual(["std.*", "std.more.b.*"]);
    expect(meaning(load("use std.*\nuse std.more.b.*\nuse std.more.b.{twice}", std).root, "twice")).toBe(
      "std/more/b.llm",
    );
  });
});

describe("files", () => {
  const files = {
    "folder/other.llm": 'use "./sub/third.llm"\nwidth = third.width',
    "folder/sub/third.llm": 'use "../program.llm" as p\nwidth = 64',
  };

  test("are found beside the file that uses them, each once, also in a circle", () => {
    const read: Read = (path) => {
      const text = path === "folder/program.llm" ? 'use "./other.llm" as o' : (files as Record<string, string>)[path];
      return text === undefined ? null : { file: path, text };
    };
    const { root, modules, diagnostics } = load('use "./other.llm" as o', read);
    expect(diagnostics).toEqual([]);
    expect([...modules.keys()]).toEqual(["folder/program.llm", "folder/other.llm", "folder/sub/third.llm"]);
    expect(root.scope.get("o")).toMatchObject({ kind: "module", module: { file: "folder/other.llm" } });
  });

  test("give jobs and values to each other", () => {
    const other = 'width = 64\ntokenizer chars { kind = char_level()  fit = "a.txt" }';
    const text = `use "./other.llm" as o
window = o.width // 2
data letters { source = text("a.txt")  tokenizer = o.chars  window = window }
data more { ...letters  window = letters.window + 1  overlap = 1 }`;
    const { program, diagnostics } = check(text, {}, { "other.llm": other });
    expect(diagnostics).toEqual([]);
    expect(program?.jobs.get("letters")).toMatchObject({ window: 32, tokenizer: "other.llm:chars", overlap: 0 });
    expect(program?.jobs.get("more")).toMatchObject({ window: 33, overlap: 1 });
    expect([...(program?.jobs.keys() ?? [])].indexOf("other.llm:chars")).toBeLessThan(
      [...(program?.jobs.keys() ?? [])].indexOf("letters"),
    );
  });
});
