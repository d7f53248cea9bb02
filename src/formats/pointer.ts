/** `best` and `last`: small files that name a checkpoint folder (symbolic links do not exist everywhere). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "./atomic-write.ts";
import { FileError } from "./file-error.ts";
import { readUtf8 } from "./read-file.ts";

export type PointerName = "best" | "last";

export function writePointer(runFolder: string, name: PointerName, step: number): void {
  writeFileAtomic(join(runFolder, name), `checkpoints/step-${step}\n`);
}

/** The step that a pointer names, or null where there is no such pointer. */
export function readPointer(runFolder: string, name: PointerName): number | null {
  const path = join(runFolder, name);
  if (!existsSync(path)) return null;
  const match = /^checkpoints\/step-(\d{1,15})\n?$/.exec(readUtf8(path));
  if (match === null) throw new FileError(path, `${path} does not name a checkpoint`);
  return Number(match[1]);
}
