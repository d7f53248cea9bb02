/** Emitted text: as it is read, the same each time, and made of the compiler's own names only. */
import { describe, expect, test } from "vitest";
import type { Kernel } from "../../../../src/ir/kernel/kernel.ts";
import type { Schedule } from "../../../../src/ir/plan/plan.ts";
import type { Profile } from "../../../../src/ir/plan/profile.ts";
import { wgslTarget } from "../../../../src/targets/wgsl/target.ts";
import { KernelBuilder, planned } from "./fixtures/build-kernel.ts";
import * as kernels from "./fixtures/kernels.ts";

const product: kernels.Product = {
  batch: 2,
  m: 48,
  n: 64,
  k: 32,
  leftReducedLast: true,
  rightReducedLast: true,
  epilogue: "bias",
};

const all: Readonly<Record<string, Kernel>> = {
  bias: kernels.biasMap(6, 8),
  transpose: kernels.transposeMap(5, 8),
  heads: kernels.splitHeadsMap(2, 4, 3, 8),
  embedding: kernels.embeddingMap(12, 10, 8, 4),
  pad: kernels.padMap(3, 2, 6, 1),
  momentum: kernels.momentumMap(32),
  dropout: kernels.dropoutRandom(4, 8, "normal"),
  softmax: kernels.softmaxRow(24, 64),
  layerNorm: kernels.layerNormRow(2, 6, 32),
  columns: kernels.columnRow(2, 8, 16),
  scatter: kernels.scatterRow(12, 10, 4),
  product: kernels.contraction(product),
  ragged: kernels.contraction({ ...product, m: 7, n: 9, k: 5, leftReducedLast: false, epilogue: "gelu" }),
};

const profileOf = (name: string): Profile => wgslTarget.profiles.find((profile) => profile.name === name)!;
const lavapipe = profileOf("lavapipe");

function textOf(kernel: Kernel, schedule: Schedule, profile = lavapipe, name = "k000"): string {
  const code = wgslTarget.emit(planned(kernel, schedule), name, profile);
  if (code.kind !== "wgsl") throw new Error(code.kind);
  return code.source;
}

const slot = (index: number) => ({ slot: index, offset: 0 });

describe("emitted text", () => {
  test.each([
    ["pad", { kind: "map", workgroup: 64, elements: 4, vector: 4 }],
    ["softmax", { kind: "row", by: "thread", workgroup: 32, vector: 4 }],
    ["columns", { kind: "row", by: "workgroup", workgroup: 8, vector: 1 }],
    ["product", { kind: "contract", staging: "subgroup", rows: 8, columns: 4, step: 4, workgroup: [8, 1] }],
    ["ragged", { kind: "contract", staging: "shared", rows: 4, columns: 4, step: 8, workgroup: [8, 8] }],
  ] as const)("%s reads as it should", async (name, schedule) => {
    await expect(textOf(all[name]!, schedule, lavapipe, name)).toMatchFileSnapshot(`expected/${name}.wgsl`);
  });

  test("is the same each time, whatever the schedule", () => {
    for (const kernel of Object.values(all)) {
      const space = wgslTarget.searchSpace(kernel, lavapipe);
      for (const schedule of space.filter((_, index) => index % 7 === 0)) {
        expect(textOf(kernel, schedule)).toBe(textOf(structuredClone(kernel), structuredClone(schedule)));
      }
    }
  });

  test("reads everything before it replaces a slot in place", () => {
    const k = new KernelBuilder([8]);
    const i = k.axis(0);
    const m = k.read([8], [i]);
    k.write(k.read([8], [i]), [8], [i]);
    k.write(k.apply("neg", [m]), [8], [i]);
    const schedule: Schedule = { kind: "map", workgroup: 8, elements: 1, vector: 1 };
    // The first write replaces what the second one's node reads.
    const inPlace = { ...planned(k.kernel("map"), schedule), reads: [slot(0), slot(1)], writes: [slot(0), slot(2)] };
    const code = wgslTarget.emit({ ...inPlace, slots: inPlace.slots.slice(0, 3) }, "k", lavapipe);
    const text = code.kind === "wgsl" ? code.source : "";
    expect(text.indexOf("= s0[")).toBeGreaterThan(0);
    expect(text.indexOf("= s0[")).toBeLessThan(text.indexOf("s0[point] ="));
  });

  test("takes nothing but comments from a kernel's name and reason", () => {
    const schedule: Schedule = { kind: "map", workgroup: 64, elements: 1, vector: 1 };
    const ends = ["\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085", "\v", "\f"];
    const why = ends.map((end) => `reason${end}} fn evil() {`).join("");
    const code = (text: string) =>
      text
        .split(/[\n\r\u2028\u2029\u0085\v\f]/)
        .filter((line) => !line.trimStart().startsWith("//"))
        .join("\n");
    expect(code(textOf({ ...all.bias!, why }, schedule))).toBe(code(textOf(all.bias!, schedule)));
  });

  test("exists for every kernel on every named profile, within its limits", () => {
    for (const profile of wgslTarget.profiles) {
      for (const kernel of Object.values(all)) {
        const schedule = wgslTarget.prior(kernel, profile);
        const code = wgslTarget.emit(planned(kernel, schedule), "k", profile);
        if (code.kind !== "wgsl") throw new Error(code.kind);
        const threads = Number(/@workgroup_size\((\d+)\)/.exec(code.source)![1]);
        expect(threads).toBeLessThanOrEqual(profile.limits.maxComputeInvocationsPerWorkgroup);
        for (const count of code.workgroups) {
          expect(count).toBeLessThanOrEqual(profile.limits.maxComputeWorkgroupsPerDimension);
        }
      }
    }
  });
});
