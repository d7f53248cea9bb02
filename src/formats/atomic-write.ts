/**
 * Files and folders that appear whole or not at all: written under a temporary name beside their place, flushed to the
 * disk, renamed, and the folder that holds the name flushed too. A full disk or a kill leaves the old state.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode, fileError } from "./file-error.ts";

/** Parts are written one after another. Throws `FileError`; then neither the file nor a temporary one is left. */
export function writeFileAtomic(path: string, parts: string | Uint8Array | Iterable<Uint8Array>): void {
  const temporary = temporaryName(path);
  try {
    writeFlushed(temporary, parts);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, "write", path);
  }
}

/** `fill` writes into the folder it is given; the folder appears as `path` once all of it is on the disk. `path` must not exist. */
export function createFolderAtomic(path: string, fill: (temporary: string) => void): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(temporary);
    fill(temporary);
    flushFolder(temporary);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw fileError(error, "write", path);
  }
}

/** Writes a new file and flushes it to the disk. Not atomic by itself: for files inside `createFolderAtomic`. */
export function writeFlushed(path: string, parts: string | Uint8Array | Iterable<Uint8Array>): void {
  const file = openSync(path, "wx");
  try {
    for (const part of partsOf(parts)) writeAll(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes every byte: one call of `write` may take fewer than it was given. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done);
}

/** True for the temporary files and folders that a killed process may have left behind. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+\.tmp$/.test(name);
}

/** Makes the names in a folder durable. Some file systems cannot do that for folders: there a rename must be enough. */
function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!["EINVAL", "EPERM", "ENOTSUP", "EBADF"].includes(errorCode(error) ?? "")) throw error;
  } finally {
    closeSync(folder);
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
}

function partsOf(parts: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof parts === "string") return [new TextEncoder().encode(parts)];
  return parts instanceof Uint8Array ? [parts] : parts;
}
