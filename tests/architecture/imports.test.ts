/** The import rule of ARCHITECTURE.md, held against every file of src/. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { globSync } from "tinyglobby";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");
const files = globSync("**/*.ts", { cwd: src });

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

/** Local and Node imports of a file; `to` is a path below src/ or a module name. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(src, file), "utf8");
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";/gms);
  return [...statements].map(([, type, target]) => ({
    from: file,
    to: target!.startsWith(".") ? relative(src, join(src, dirname(file), target!)) : target!,
    typeOnly: type !== undefined,
  }));
}

const imports = files.flatMap(importsOf);
const room = (path: string) => path.split("/")[0]!;
const isPhase = (name: string) => /^[1-8]-/.test(name);
const phaseNumber = (name: string) => Number(name[0]);
const show = (list: readonly Import[]) => list.map((i) => `${i.from} → ${i.to}`);

describe("imports", () => {
  it("are read from real files", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  it("a phase knows itself, ir, diagnostics, support, and types of the phase before", () => {
    const allowed = ({ from, to, typeOnly }: Import): boolean => {
      if ([room(from), "ir", "diagnostics", "support"].includes(room(to))) return true;
      if (!typeOnly) return false;
      const phaseBefore = isPhase(room(to)) && phaseNumber(room(to)) === phaseNumber(room(from)) - 1;
      const syntaxOfBodies = room(from) === "3-lower" && to === "1-parse/ast.ts";
      return phaseBefore || syntaxOfBodies || to === "targets/target.ts";
    };
    const wrong = imports.filter((i) => isPhase(room(i.from)) && files.includes(i.to) && !allowed(i));
    expect(show(wrong)).toEqual([]);
  });

  it("ir, diagnostics and support know no phase", () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        ["ir", "diagnostics", "support"].includes(room(from)) && isPhase(room(to)) && !typeOnly,
    );
    expect(show(wrong)).toEqual([]);
  });

  it("targets know ir and support only", () => {
    const allowed = ["ir", "support", "targets"];
    const wrong = imports.filter(
      ({ from, to }) => room(from) === "targets" && files.includes(to) && !allowed.includes(room(to)),
    );
    expect(show(wrong)).toEqual([]);
  });

  it("only compile.ts imports more than one phase's code", () => {
    const byFile = groupByFile(imports.filter((i) => isPhase(room(i.to)) && !i.typeOnly));
    const wrong = [...byFile].filter(
      ([file, list]) => file !== "compile.ts" && file !== "index.ts" && new Set(list.map((i) => room(i.to))).size > 1,
    );
    expect(wrong.map(([file]) => file)).toEqual([]);
  });

  it("the compiler is pure: no files, clock, console or GPU", () => {
    const pure = (file: string) =>
      isPhase(room(file)) || ["ir", "diagnostics", "support", "targets", "compile.ts"].includes(room(file));
    const nodeImports = imports.filter(({ from, to }) => pure(from) && (to.startsWith("node:") || to === "webgpu"));
    expect(show(nodeImports)).toEqual([]);
    const impure = files.filter(
      (file) =>
        pure(file) &&
        /\b(?:console\.|process\.|Date\.now|performance\.now|Math\.random)/.test(readFileSync(join(src, file), "utf8")),
    );
    expect(impure).toEqual([]);
  });

  it("webgpu is imported by devices/dawn alone", () => {
    const wrong = imports.filter(({ from, to }) => to === "webgpu" && !from.startsWith("devices/dawn/"));
    expect(show(wrong)).toEqual([]);
  });
});

function groupByFile(list: readonly Import[]): Map<string, Import[]> {
  const groups = new Map<string, Import[]>();
  for (const item of list) groups.set(item.from, [...(groups.get(item.from) ?? []), item]);
  return groups;
}
