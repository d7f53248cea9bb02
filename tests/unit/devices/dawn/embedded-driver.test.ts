import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliCompressSync } from "node:zlib";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder, type DriverArchive, unpackDriver } from "../../../../src/devices/dawn/embedded-driver.ts";
import { DeviceError } from "../../../../src/devices/device.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const contents = { "driver.so": Buffer.alloc(100_000, 7), "driver.json": Buffer.from("{}") };

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llmc-driver-"));
  cache = join(folder, "cache", "llmc");
});
afterEach(() => rm(folder, { recursive: true }));

/** An archive of both files and of one that is not wanted, below the folder. */
async function archive(change: Partial<DriverArchive> = {}): Promise<DriverArchive> {
  const tar = pack();
  for (const [name, bytes] of Object.entries({ ...contents, "unwanted.so": Buffer.from("x") }))
    tar.entry({ name }, bytes);
  tar.finalize();
  const packed = brotliCompressSync(await buffer(tar));
  const path = join(folder, "driver.tar.br");
  await writeFile(path, packed);
  const files = Object.fromEntries(Object.entries(contents).map(([name, bytes]) => [name, sha256(bytes)]));
  return { path, sha256: sha256(packed), files, ...change };
}

async function expectWhole(unpacked: string) {
  expect((await readdir(unpacked)).sort()).toEqual(Object.keys(contents).sort());
  for (const [name, bytes] of Object.entries(contents)) {
    expect((await readFile(join(unpacked, name))).equals(bytes)).toBe(true);
  }
  // Nothing temporary is left beside it.
  expect(await readdir(cache)).toHaveLength(1);
}

describe("unpackDriver", () => {
  test("unpacks the wanted files, once", async () => {
    const from = await archive();
    const unpacked = await unpackDriver(from, cache);
    await expectWhole(unpacked);
    const { mtimeMs, ino } = await stat(unpacked);
    await rm(from.path);
    expect(await unpackDriver(from, cache)).toBe(unpacked);
    expect(await stat(unpacked)).toMatchObject({ mtimeMs, ino });
  });

  test.each(["a changed", "a cut", "a missing"])("%s file is unpacked anew", async (damage) => {
    const from = await archive();
    const file = join(await unpackDriver(from, cache), "driver.so");
    if (damage === "a missing") await rm(file);
    else await writeFile(file, damage === "a cut" ? contents["driver.so"].subarray(1) : Buffer.alloc(100_000, 8));
    await expectWhole(await unpackDriver(from, cache));
  });

  test("many at once agree", async () => {
    const from = await archive();
    const folders = await Promise.all(Array.from({ length: 8 }, () => unpackDriver(from, cache)));
    expect(new Set(folders).size).toBe(1);
    await expectWhole(folders[0]!);
  });

  test("refuses an archive that is not the expected one, and leaves nothing", async () => {
    const from = await archive();
    await writeFile(from.path, brotliCompressSync(Buffer.from("something else")));
    await expect(unpackDriver(from, cache)).rejects.toThrow(DeviceError);
    await expect(readdir(cache)).rejects.toThrow("ENOENT");
  });

  test("refuses an archive whose files are not the expected ones", async () => {
    const from = await archive({ files: { "driver.so": sha256(Buffer.from("other")) } });
    await expect(unpackDriver(from, cache)).rejects.toThrow(/holds no valid driver.so/);
    await expect(readdir(cache)).rejects.toThrow("ENOENT");
  });

  test("says which folder cannot be written", async () => {
    await mkdir(join(folder, "cache"));
    await writeFile(cache, "a file where the folder should be");
    const error = await unpackDriver(await archive(), cache).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toContain(cache);
    expect((error as DeviceError).help).toContain("XDG_CACHE_HOME");
  });
});

test("the cache folder follows XDG_CACHE_HOME", () => {
  const before = process.env.XDG_CACHE_HOME;
  try {
    process.env.XDG_CACHE_HOME = "/somewhere";
    expect(cacheFolder()).toBe("/somewhere/llmc");
    process.env.XDG_CACHE_HOME = "";
    expect(cacheFolder()).toMatch(/\.cache\/llmc$/);
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  }
});
