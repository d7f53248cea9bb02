import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { writeFileAtomic } from "../../../src/formats/atomic-write.ts";
import { FileError } from "../../../src/formats/file-error.ts";
import { openSafetensors, safetensorsParts } from "../../../src/formats/safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "llmc-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "x.safetensors");

test("what was written is read back, bit by bit", () => {
  const tensor = fc.record({ name: fc.string({ minLength: 1 }), shape: fc.array(fc.nat(4), { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 6 }), fc.nat(), (tensors, salt) => {
      const written = tensors
        .filter(({ name }) => name !== "__metadata__")
        .map(({ name, shape }, k) => {
          const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
            Math.sin(salt + k + i),
          );
          return { name, dtype: "F32" as const, shape, bytes: new Uint8Array(values.buffer) };
        });
      writeFileAtomic(path, safetensorsParts(written, { format: "pt" }));
      const file = openSafetensors(path);
      expect(file.metadata).toEqual(new Map([["format", "pt"]]));
      expect([...file.tensors.keys()].sort()).toEqual(written.map(({ name }) => name).sort());
      for (const { name, shape, bytes } of written) {
        expect(file.tensors.get(name)!.shape).toEqual(shape);
        expect(file.readBytes(name)).toEqual(bytes);
      }
      file.close();
    }),
    { numRuns: 50 },
  );
});

test("equal tensors give equal files, whatever their order", () => {
  const tensors = ["b", "10", "2", "a"].map((name) => ({
    name,
    dtype: "U8" as const,
    shape: [1],
    bytes: Uint8Array.of(name.length),
  }));
  const bytes = (list: typeof tensors) => Buffer.concat([...safetensorsParts(list)]).toString("hex");
  expect(bytes([...tensors].reverse())).toBe(bytes(tensors));
});

test("F16 and BF16 are widened exactly", () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555);
  const bytes = new Uint8Array(halves.buffer);
  writeFileAtomic(
    path,
    safetensorsParts([
      { name: "h", dtype: "F16", shape: [5], bytes },
      { name: "b", dtype: "BF16", shape: [5], bytes },
    ]),
  );
  const file = openSafetensors(path);
  expect([...file.readFloats("h")]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY, 0.333251953125]);
  expect(file.readFloats("b")[0]).toBe(0.0078125);
  file.close();
});

/** A file with this header and `data` bytes behind it. */
function hostile(header: string, data: number, claimed = Buffer.byteLength(header)): void {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(claimed));
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]));
}
const entry = (dtype: string, shape: unknown, offsets: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

test.each([
  ["a header of more than 100 MB", "{}", 0, 100_000_001, "header claims"],
  ["a header beyond the file", "{}", 0, 99, "the file ends"],
  ["a header that is not JSON", "{", 0, undefined, "not JSON"],
  ["a header that is a list", "[]", 0, undefined, "not a JSON object"],
  ["a range beyond the file", `{"a":${entry("F32", [2], [0, 8])}}`, 4, undefined, "outside the file"],
  ["a range that runs backwards", `{"a":${entry("F32", [0], [4, 0])}}`, 4, undefined, "outside the file"],
  ["a size that shape and dtype do not give", `{"a":${entry("F32", [3], [0, 8])}}`, 8, undefined, "are stored"],
  ["a shape whose product overflows", `{"a":${entry("F32", [2 ** 52, 2 ** 52], [0, 8])}}`, 8, undefined, "are stored"],
  ["a negative size", `{"a":${entry("F32", [-1, -2], [0, 8])}}`, 8, undefined, "list of sizes"],
  ["overlapping ranges", `{"a":${entry("U8", [4], [0, 4])},"b":${entry("U8", [4], [2, 6])}}`, 6, undefined, "overlaps"],
  ["a gap", `{"a":${entry("U8", [2], [0, 2])},"b":${entry("U8", [2], [4, 6])}}`, 6, undefined, "belong to no tensor"],
  ["bytes at its end", `{"a":${entry("U8", [2], [0, 2])}}`, 9, undefined, "at its end"],
  [
    "a name twice",
    `{"a":${entry("U8", [2], [0, 2])},"a":${entry("U8", [2], [2, 4])}}`,
    4,
    undefined,
    "belong to no tensor",
  ],
  ["an unknown dtype", `{"a":${entry("constructor", [2], [0, 2])}}`, 2, undefined, "unknown dtype"],
  ["metadata that is not text", `{"__metadata__":{"a":1}}`, 0, undefined, "__metadata__"],
  ["offsets that are not two", `{"a":${entry("U8", [2], [0, 1, 2])}}`, 2, undefined, "two positions"],
])("refuses %s", (_, header, data, claimed, message) => {
  hostile(header, data, claimed);
  expect(() => openSafetensors(path)).toThrow(FileError);
  expect(() => openSafetensors(path)).toThrow(message);
});

test("cutting a sound file anywhere is noticed", () => {
  const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
  writeFileAtomic(path, safetensorsParts([{ name: "w", dtype: "F32", shape: [3], bytes }]));
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    expect(() => openSafetensors(path), `cut to ${length}`).toThrow(FileError);
  }
});
