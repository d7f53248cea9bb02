/** What only a process of its own can show: a machine without a driver, and the end of the process. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let folder: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llmc-process-"));
  // Beside node_modules, so that `webgpu` is found.
  const bundles = join(root, "node_modules/.cache/llmc-tests");
  await mkdir(bundles, { recursive: true });
  bundle = join(bundles, "device-child.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "device-child.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
});
afterAll(() => rm(folder, { recursive: true }));

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs tests/gpu/device-child.ts and waits for its end, at most a minute. */
async function child(argument: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { ...process.env, ...environment };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bundle, argument], {
      env,
      timeout: 60_000,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

const noDriver = () => ({ VK_DRIVER_FILES: join(folder, "none.json"), XDG_CACHE_HOME: join(folder, "cache") });

test.each([
  ["with everything closed", "close"],
  ["with the device closed and work in flight", "close-in-flight"],
  ["with nothing closed", "leave-open"],
  ["by process.exit in the middle of work", "exit"],
])("the process ends by itself and without a crash, %s", async (_, how) => {
  const { code, stdout, stderr } = await child(how);
  // Dawn's own words, about limits it lowers or a Vulkan that is not there.
  const ours = stderr.replaceAll(/^Warning: .*\n(?: +at .*\n)?\n*/gm, "");
  expect({ code, stderr: ours }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^first 1$/m);
});

test("without a system driver, auto finds none, unpacks the embedded one and computes with it", async () => {
  const { code, stdout } = await child("close", { ...noDriver(), LLMC_DEVICE: "auto" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^embedded: SwiftShader.*software \(no Vulkan driver was found.*mesa-vulkan-drivers/m);
  expect(stdout).toMatch(/^first 1$/m);
  expect(await readdir(join(folder, "cache/llmc"))).toEqual([expect.stringMatching(/^swiftshader-[0-9a-f]{16}$/)]);
});

test("without a system driver, gpu and software fail and say what to install", async () => {
  for (const name of ["gpu", "software"]) {
    const { code, stdout } = await child("close", { ...noDriver(), LLMC_DEVICE: name });
    expect(code).toBe(4);
    expect(stdout).toMatch(/^DeviceError: .+\n.*install/m);
  }
});

test("Dawn's own warnings stay out of a pipe, unless asked for, and standard error works on", async () => {
  const run = async (environment: Readonly<Record<string, string>>) => {
    const env = { ...process.env, ...noDriver(), LLMC_DEVICE: "auto", ...environment };
    const command = `{ "$0" "$1" complain 2>&1 >/dev/null; } | cat`;
    return await promisify(execFile)("sh", ["-c", command, process.execPath, bundle], { env, timeout: 60_000 });
  };
  expect((await run({})).stdout).toBe("complaint\n");
  expect((await run({ NODE_DEBUG: "dawn" })).stdout).toMatch(/^Warning: .*\ncomplaint\n$/s);
});

test("a broken driver is no driver", async () => {
  const manifest = join(folder, "broken.json");
  const icd = { library_path: "/nonexistent.so", api_version: "1.3.0" };
  await writeFile(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD: icd }));
  const { code, stdout } = await child("close", { ...noDriver(), VK_DRIVER_FILES: manifest, LLMC_DEVICE: "auto" });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^embedded: SwiftShader/m) });
});
