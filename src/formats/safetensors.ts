/**
 * safetensors: 8 bytes of header length, a JSON header, raw little-endian data.
 * https://github.com/huggingface/safetensors. A file is read as if hostile: the header is at most 100 MB, every range
 * lies in the file and has the size that shape and dtype say, and the ranges cover the data without gap or overlap
 * (which also finds a name that occurs twice).
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { FileError, fileError } from "./file-error.ts";
import { decodeBfloat16, decodeFloat16 } from "./half-floats.ts";

export type SafetensorsDtype = keyof typeof dtypeBytes;

/** Bytes of one element. */
const dtypeBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** A tensor in the host's memory, contents as raw little-endian bytes. */
export type HostTensor = {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

export type TensorEntry = {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Position in the file. */
  readonly start: number;
  readonly bytes: number;
};

/** An open file whose header was found sound. */
export type Safetensors = {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly readBytes: (name: string) => Uint8Array;
  /** F32, F16 or BF16 as float32. */
  readonly readFloats: (name: string) => Float32Array;
  readonly close: () => void;
};

const maxHeaderBytes = 100_000_000;

/** Throws `FileError` where the file is missing or not a sound safetensors file. */
export function openSafetensors(path: string): Safetensors {
  const file = openFile(path);
  try {
    const { metadata, tensors } = readHeader(file, path);
    const readBytes = (name: string) => {
      const entry = tensors.get(name);
      if (entry === undefined) throw new FileError(path, `${path} has no tensor ${JSON.stringify(name)}`);
      return readRange(file, path, entry.start, entry.bytes);
    };
    const readFloats = (name: string) => floatsOf(path, name, tensors.get(name), readBytes(name));
    return { path, metadata, tensors, readBytes, readFloats, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw fileError(error, "read", path);
  }
}

/** The file's bytes in order, for `writeFileAtomic`: tensors sorted by name, so that equal contents give equal files. */
export function* safetensorsParts(
  tensors: readonly HostTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  let end = 0;
  for (const { name, dtype, shape, bytes } of sorted) {
    header.set(name, { dtype, shape, data_offsets: [end, end + bytes.length] });
    end += bytes.length;
  }
  const json = new TextEncoder().encode(stringifyMap(header));
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  yield padded;
  for (const { bytes } of sorted) yield bytes;
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw fileError(error, "read", path);
  }
}

function readHeader(file: number, path: string) {
  const size = fstatSync(file).size;
  const bad = (why: string) => new FileError(path, `${path} is not a sound safetensors file: ${why}`);
  if (size < 8) throw bad(`it has ${size} bytes`);
  const length = new DataView(readRange(file, path, 0, 8).buffer).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) throw bad(`its header claims ${length} bytes; ${maxHeaderBytes} are allowed`);
  const dataStart = 8 + Number(length);
  if (dataStart > size) throw bad(`its header claims ${length} bytes, but the file ends after ${size - 8}`);
  const header = parseHeader(readRange(file, path, 8, Number(length)), bad);
  const tensors = new Map<string, TensorEntry>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = checkMetadata(value, bad);
    else tensors.set(name, checkEntry(name, value, dataStart, size, bad));
  }
  checkCoverage(tensors, dataStart, size, bad);
  return { metadata, tensors };
}

type Bad = (why: string) => FileError;

function parseHeader(bytes: Uint8Array, bad: Bad): Readonly<Record<string, unknown>> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw bad("its header is not JSON");
  }
  if (!isRecord(header)) throw bad("its header is not a JSON object");
  return header;
}

function checkMetadata(value: unknown, bad: Bad): ReadonlyMap<string, string> {
  if (!isRecord(value)) throw bad("__metadata__ is not an object");
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw bad(`__metadata__ holds something other than text at ${JSON.stringify(key)}`);
    entries.push([key, text]);
  }
  return new Map(entries);
}

function checkEntry(name: string, value: unknown, dataStart: number, size: number, bad: Bad): TensorEntry {
  const shown = JSON.stringify(name);
  if (!isRecord(value)) throw bad(`the entry of ${shown} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !isDtype(dtype))
    throw bad(`${shown} has the unknown dtype ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw bad(`the shape of ${shown} is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) throw bad(`the data_offsets of ${shown} are not two positions`);
  const [from, to] = offsets as readonly [number, number];
  if (to < from || dataStart + to > size) throw bad(`the data of ${shown} lies outside the file`);
  const bytes = shape.reduce((product, axis) => product * axis, dtypeBytes[dtype]);
  if (bytes !== to - from)
    throw bad(`${shown} is ${dtype}[${shape.join(", ")}], ${bytes} bytes, but ${to - from} are stored`);
  return { dtype, shape, start: dataStart + from, bytes };
}

function checkCoverage(tensors: ReadonlyMap<string, TensorEntry>, dataStart: number, size: number, bad: Bad): void {
  const sorted = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.bytes - b.bytes);
  let end = dataStart;
  for (const [name, { start, bytes }] of sorted) {
    if (start < end) throw bad(`the data of ${JSON.stringify(name)} overlaps another tensor's`);
    if (start > end) throw bad(`${start - end} bytes before ${JSON.stringify(name)} belong to no tensor`);
    end = start + bytes;
  }
  if (end !== size) throw bad(`${size - end} bytes at its end belong to no tensor`);
}

function readRange(file: number, path: string, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(file, bytes, done, length - done, start + done);
    if (read === 0) throw new FileError(path, `${path} became shorter while it was read`);
    done += read;
  }
  return bytes;
}

function floatsOf(path: string, name: string, entry: TensorEntry | undefined, bytes: Uint8Array): Float32Array {
  if (entry?.dtype === "F32") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  if (entry?.dtype === "F16") return decodeFloat16(halves);
  if (entry?.dtype === "BF16") return decodeBfloat16(halves);
  throw new FileError(path, `${JSON.stringify(name)} in ${path} is ${entry?.dtype}; F32, F16 and BF16 can be loaded`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(text: string): text is SafetensorsDtype {
  return Object.hasOwn(dtypeBytes, text);
}

/** Every product of sizes that fits a file is exact in a double; larger ones fail the comparison with the file. */
function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** `JSON.stringify` of a map, in its order: an object would move names that look like numbers to the front. */
function stringifyMap(map: ReadonlyMap<string, unknown>): string {
  return `{${[...map].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}
