import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileError } from "../../../src/formats/file-error.ts";
import { readProgram, writeProgram } from "../../../src/formats/program-file.ts";
import type { Program } from "../../../src/ir/plan/program.ts";
import { tensorType } from "../../../src/ir/types.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "llmc-program-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const region = { buffer: 0, offset: 0, bytes: 8 };
const program: Program = {
  version: 1,
  target: "wgsl",
  profile: "lavapipe",
  buffers: [{ role: "parameter", bytes: 8 }],
  tensors: [{ path: "w", role: "parameter", trainable: true, type: tensorType("f32", [2]), region }],
  kernels: [
    {
      name: "k000_map_2",
      why: "w: 1 elementwise",
      slots: [{ access: "readWrite" }],
      code: { kind: "wgsl", source: "@compute @workgroup_size(1) fn main() {}", entry: "main", workgroups: [1, 1, 1] },
    },
  ],
  programs: { init: { steps: [{ kind: "dispatch", kernel: 0, regions: [region] }], inputs: [], outputs: [] } },
  terms: [{ name: "loss", coefficient: 1 }],
  microSteps: 1,
};

test("what was written is read back; kernels are files of their own", () => {
  writeProgram(folder, program);
  expect(readdirSync(join(folder, "kernels"))).toEqual(["k000_map_2.wgsl"]);
  expect(readProgram(folder)).toEqual(program);
});

test("a second build leaves no kernel of the first", () => {
  writeProgram(folder, program);
  writeProgram(folder, { ...program, kernels: program.kernels.map((kernel) => ({ ...kernel, name: "other" })) });
  expect(readdirSync(join(folder, "kernels"))).toEqual(["other.wgsl"]);
});

test("a kernel that was changed is refused", () => {
  writeProgram(folder, program);
  writeFileSync(join(folder, "kernels/k000_map_2.wgsl"), "fn main() { evil(); }");
  expect(() => readProgram(folder)).toThrow("kernels/k000_map_2.wgsl is not the kernel that program.json names");
});

test.each([
  ["no JSON", (text: string) => text.slice(1)],
  ["another version", (text: string) => text.replace('"version": 1', '"version": 2')],
  ["an unknown field", (text: string) => text.replace('"version": 1', '"version": 1, "script": "x"')],
  ["a kernel outside its folder", (text: string) => text.replace("kernels/k000", "kernels/../../k000")],
  ["a region beyond its buffer", (text: string) => text.replace('"offset": 0', '"offset": 4')],
  ["a region in no buffer", (text: string) => text.replace('"buffer": 0', '"buffer": 1')],
  ["a negative offset", (text: string) => text.replace('"offset": 0', '"offset": -4')],
  ["a kernel that does not exist", (text: string) => text.replace('"kernel": 0', '"kernel": 7')],
  ["a dispatch with too few regions", (text: string) => text.replace(/"regions": \[[^\]]*\]/, '"regions": []')],
  ["an entry point that is no name", (text: string) => text.replace('"entry": "main"', '"entry": "main(); evil"')],
])("program.json with %s is refused", (_, edit) => {
  writeProgram(folder, program);
  const path = join(folder, "program.json");
  const text = readFileSync(path, "utf8");
  expect(edit(text)).not.toBe(text);
  writeFileSync(path, edit(text));
  expect(() => readProgram(folder)).toThrow(FileError);
});
