import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  checkpointFolder,
  deleteCheckpoints,
  listCheckpoints,
  openCheckpoint,
  saveCheckpoint,
  type TrainingState,
} from "../../../src/formats/checkpoint.ts";
import { FileError } from "../../../src/formats/file-error.ts";
import { readPointer, writePointer } from "../../../src/formats/pointer.ts";

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "llmc-checkpoint-"));
});
afterEach(() => rmSync(run, { recursive: true }));

const state = (step: number): TrainingState => ({
  step,
  position: { epoch: 1, index: 7 },
  seed: 1337,
  best: { step: 5, value: 2.5 },
  stalled: { "val.loss": { lowest: 2.5, evaluations: 1 } },
  schedules: { profile: "test", byKernel: { k: { kind: "interpreted" } } },
});
const tensor = (name: string, ...values: number[]) => ({
  name,
  dtype: "F32" as const,
  shape: [values.length],
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const save = (step: number) =>
  saveCheckpoint(run, state(step), { model: [tensor("w", 1, 2)], optimizer: [tensor("m", 3)] });

test("a checkpoint gives back what was saved", () => {
  save(10);
  const checkpoint = openCheckpoint(run, 10);
  expect(checkpoint.state).toMatchObject(state(10));
  expect([...checkpoint.model.readFloats("w")]).toEqual([1, 2]);
  expect([...checkpoint.optimizer.readFloats("m")]).toEqual([3]);
});

test("equal states give equal bytes", () => {
  save(10);
  const first = readFileSync(join(checkpointFolder(run, 10), "state.json"));
  deleteCheckpoints(run, [10]);
  save(10);
  expect(readFileSync(join(checkpointFolder(run, 10), "state.json"))).toEqual(first);
});

test.each(["model.safetensors", "optimizer.safetensors", "state.json"])("a damaged %s is found", (file) => {
  save(10);
  const path = join(checkpointFolder(run, 10), file);
  const whole = readFileSync(path);
  for (const [at, byte] of whole.entries()) {
    // White space may change without changing what a JSON file says.
    if (file === "state.json" && [0x20, 0x0a].includes(byte)) continue;
    const bytes = Uint8Array.from(whole);
    bytes[at] = byte ^ 0x01;
    writeFileSync(path, bytes);
    expect(() => openCheckpoint(run, 10), `byte ${at}`).toThrow("is damaged");
  }
});

test("a missing file is told by its name", () => {
  save(10);
  rmSync(join(checkpointFolder(run, 10), "optimizer.safetensors"));
  expect(() => openCheckpoint(run, 10)).toThrow(/cannot read .*optimizer\.safetensors: there is no such file/);
});

test("a checkpoint that cannot be finished leaves nothing", () => {
  const broken = {
    ...tensor("w", 1),
    name: {
      toString: () => {
        throw new Error("disk");
      },
    } as unknown as string,
  };
  expect(() => saveCheckpoint(run, state(3), { model: [broken, tensor("a", 1)], optimizer: [] })).toThrow();
  expect(readdirSync(join(run, "checkpoints"))).toEqual([]);
});

test("lists by step and deletes, leftovers of killed processes included", () => {
  for (const step of [100, 20, 3]) save(step);
  writeFileSync(join(run, "checkpoints", ".step-7.4242.tmp"), "");
  expect(listCheckpoints(run)).toEqual([3, 20, 100]);
  deleteCheckpoints(run, [20]);
  expect(readdirSync(join(run, "checkpoints")).sort()).toEqual(["step-100", "step-3"]);
});

test("a pointer names a step, and nothing else is followed", () => {
  expect(readPointer(run, "best")).toBeNull();
  writePointer(run, "best", 250);
  expect(readFileSync(join(run, "best"), "utf8")).toBe("checkpoints/step-250\n");
  expect(readPointer(run, "best")).toBe(250);
  writeFileSync(join(run, "best"), "../../elsewhere/step-1\n");
  expect(() => readPointer(run, "best")).toThrow(FileError);
});
