/**
 * SwiftShader, a software Vulkan driver, for a machine that offers none.
 *
 * The optional package `@sparticuz/chromium` carries it as a brotli-compressed tar. It is unpacked once to the user's
 * cache folder; the archive's and each file's hash is checked, every time, and a damaged folder is unpacked anew.
 * A folder becomes visible under its final name only when it is whole.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { DeviceError } from "../device.ts";

/** An archive and what is taken from it: sha256 in hexadecimal by file name. */
export type DriverArchive = {
  readonly path: string;
  readonly sha256: string;
  readonly files: Readonly<Record<string, string>>;
};

export const loaderFile = "libvulkan.so.1";
export const manifestFile = "vk_swiftshader_icd.json";

/** Contents of `bin/swiftshader.tar.br` in @sparticuz/chromium 147.0.0 (Linux, x86-64). */
const swiftShader: Omit<DriverArchive, "path"> = {
  sha256: "f957ea867313f9815b71dc2ed30cce301e01db4f3973fbdb31ffa5391b0ec45a",
  files: {
    "libvk_swiftshader.so": "5b9e8591c7c2d1c9618c3ad485d0cdffb81f5f1ffd6a982fdb6578c2d8d3213e",
    [loaderFile]: "fe17a77c1f2df38d3b6a935140f746fd80aac564bb44eb3e4f6b75a504295a41",
    [manifestFile]: "c9eef28b6b984fec220ef0abfecc40b502d46946706e47bfe97707027cb818bd",
  },
};

/** The folder that holds the embedded driver, ready to load; `null` where it is not installed or cannot run. */
export async function embeddedDriver(): Promise<string | null> {
  if (process.platform !== "linux" || process.arch !== "x64") return null;
  const path = archivePath();
  return path === null ? null : await unpackDriver({ path, ...swiftShader }, cacheFolder());
}

/** Unpacks the archive below `cache` unless it is there and whole; returns the folder. Throws `DeviceError`. */
export async function unpackDriver(archive: DriverArchive, cache: string): Promise<string> {
  const folder = join(cache, `swiftshader-${archive.sha256.slice(0, 16)}`);
  if (await isWhole(folder, archive.files)) return folder;

  const packed = await readFile(archive.path);
  if (sha256(packed) !== archive.sha256) {
    throw new DeviceError(`${archive.path} is damaged: its hash is not the expected one`, "run `npm ci` again");
  }
  const contents = await unpack(packed, archive.files);
  const temporary = `${folder}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, bytes] of contents) await writeFile(join(temporary, name), bytes, { mode: 0o755 });
    await putInPlace(temporary, folder, archive.files);
  } catch (error) {
    throw new DeviceError(
      `cannot unpack the embedded Vulkan driver to ${folder}: ${error instanceof Error ? error.message : error}`,
      "set XDG_CACHE_HOME to a folder that can be written",
    );
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
  }
  return folder;
}

/** Renames, unless another process was first; a damaged folder in the way is removed. */
async function putInPlace(temporary: string, folder: string, files: DriverArchive["files"]): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch {
    if (await isWhole(folder, files)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  }
}

/** `$XDG_CACHE_HOME/llmc`, or `~/.cache/llmc`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "llmc");
}

/** The package says nothing of its archives in `exports`, so they are looked up beside its entry point. */
function archivePath(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    const path = join(dirname(entry), "../../bin/swiftshader.tar.br");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

async function isWhole(folder: string, files: DriverArchive["files"]): Promise<boolean> {
  for (const [name, expected] of Object.entries(files)) {
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (bytes === null || sha256(bytes) !== expected) return false;
  }
  return true;
}

/** The wanted files of a brotli-compressed tar, each with its hash checked. */
async function unpack(packed: Buffer, files: DriverArchive["files"]): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const entries = Readable.from([await promisify(brotliDecompress)(packed)]).pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (Object.hasOwn(files, entry.header.name)) contents.set(entry.header.name, Buffer.concat(chunks));
  }
  for (const [name, expected] of Object.entries(files)) {
    const bytes = contents.get(name);
    if (bytes === undefined || sha256(bytes) !== expected) {
      throw new DeviceError(`the embedded Vulkan driver's archive holds no valid ${name}`);
    }
  }
  return contents;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
