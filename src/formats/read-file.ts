/** Files read whole. What the operating system refuses is a `FileError` that names the file. */
import { readFileSync } from "node:fs";
import { fileError } from "./file-error.ts";

export function readBytes(path: string): Uint8Array {
  return refusedAsFileError(path, () => readFileSync(path));
}

export function readUtf8(path: string): string {
  return refusedAsFileError(path, () => readFileSync(path, "utf8"));
}

function refusedAsFileError<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fileError(error, "read", path);
  }
}
