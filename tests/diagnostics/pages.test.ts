/** Every code that the compiler reports has a page, and the programs on the pages do what the pages say. */
import { readdirSync, readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { describe, expect, test } from "vitest";
import { catalog, diagnosticCodes } from "../../src/diagnostics/catalog.ts";
import type { Diagnostic } from "../../src/diagnostics/report.ts";
import { check, withStdlib } from "../../src/index.ts";
import { mainFile, type PageProgram, pages } from "./pages.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Codes whose programs need more than a check: files, a device, a later version. */
const withoutPrograms: readonly string[] = ["E0303", "E0404", "E0602", "E0604", "E0605", "E0900"];

const stdlib = Object.fromEntries(
  readdirSync(`${root}stdlib`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".llm"))
    .map((name) => [name, readFileSync(`${root}stdlib/${name}`, "utf8")]),
);

function diagnose(program: PageProgram): readonly Diagnostic[] {
  const files = withStdlib(stdlib, (path) => {
    const text = program.get(path.replace(/^\.\//, ""));
    return text === undefined ? null : { file: path, text };
  });
  return check({ file: mainFile, text: program.get(mainFile)! }, files).diagnostics;
}

/** The codes that stand in the source, where something is reported with them. */
const used = new Set(
  globSync("src/**/*.ts", { cwd: root, ignore: ["src/diagnostics/catalog.ts"] }).flatMap((file) =>
    [...readFileSync(`${root}${file}`, "utf8").matchAll(/"([EWN]0\d{3})"/g)].map(([, code]) => code!),
  ),
);

describe("pages", () => {
  test("every code that is reported is in the catalogue", () => {
    expect([...used].filter((code) => !Object.hasOwn(catalog, code))).toEqual([]);
  });

  test("every code that is reported has a page", () => {
    const written = new Set<string>(pages.map((page) => page.code));
    expect(diagnosticCodes.filter((code) => used.has(code) && !written.has(code))).toEqual([]);
  });

  describe.each(pages)("$code", ({ code, title, sections, wrong, right }) => {
    const hasPrograms = !withoutPrograms.includes(code);

    test("has the form of a page", () => {
      expect(title).toBe(catalog[code]);
      expect([...sections.keys()]).toEqual(["Message", "Why", ...(hasPrograms ? ["Wrong", "Right"] : [])]);
    });

    test.runIf(hasPrograms)("its wrong program yields it", () => {
      expect(diagnose(wrong).map((d) => d.code)).toContain(code);
    });

    test.runIf(hasPrograms)("its right program is right", () => {
      expect(diagnose(right).filter((d) => d.severity === "error" || d.code === code)).toEqual([]);
    });
  });
});
