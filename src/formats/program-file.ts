/**
 * A compiled job as files: program.json, and each WGSL kernel under kernels/ with its hash in program.json. Reading
 * treats them as a stranger's: the schema first, then every hash, then what a device relies on.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KernelCode, Program, ProgramKernel } from "../ir/plan/program.ts";
import { fromJson, toJson } from "../ir/plan/program-json.ts";
import { programViolations } from "../ir/plan/verify-program.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { FileError, fileError } from "./file-error.ts";
import { schemaProblem } from "./program-schema.ts";
import { readUtf8 } from "./read-file.ts";

/** What stands for a kernel's source in program.json. */
type KernelFile = {
  readonly kind: "wgsl";
  readonly file: string;
  readonly sha256: string;
  readonly entry: string;
  readonly workgroups: readonly [number, number, number];
};
type StoredKernel = Omit<ProgramKernel, "code"> & {
  readonly code: KernelFile | Extract<KernelCode, { readonly kind: "interpreted" }>;
};
type StoredProgram = Omit<Program, "kernels"> & { readonly kernels: readonly StoredKernel[] };

/** Replaces what an earlier build left in the folder. Throws `FileError`. */
export function writeProgram(folder: string, program: Program): void {
  const kernels = join(folder, "kernels");
  try {
    mkdirSync(kernels, { recursive: true });
    for (const file of readdirSync(kernels)) if (file.endsWith(".wgsl")) rmSync(join(kernels, file));
  } catch (error) {
    throw fileError(error, "create", kernels);
  }
  const stored = program.kernels.map((kernel): StoredKernel => {
    const { code } = kernel;
    if (code.kind === "interpreted") return { ...kernel, code };
    const file = `kernels/${kernel.name}.wgsl`;
    writeFileAtomic(join(folder, file), code.source);
    const { entry, workgroups } = code;
    return { ...kernel, code: { kind: "wgsl", file, sha256: sha256(code.source), entry, workgroups } };
  });
  const json: StoredProgram = { ...program, kernels: stored };
  writeFileAtomic(join(folder, "program.json"), `${JSON.stringify(json, toJson, 1)}\n`);
}

/** Throws `FileError` where a file is missing, does not fit the schema, has another hash or breaks a rule of verify-program.ts. */
export function readProgram(folder: string): Program {
  const path = join(folder, "program.json");
  const stored = parseProgram(path, readUtf8(path));
  const kernels = stored.kernels.map((kernel): ProgramKernel => {
    const { code } = kernel;
    if (code.kind === "interpreted") return { ...kernel, code };
    const source = readUtf8(join(folder, code.file));
    if (sha256(source) !== code.sha256)
      throw new FileError(path, `${code.file} is not the kernel that program.json names`);
    const { entry, workgroups } = code;
    return { ...kernel, code: { kind: "wgsl", source, entry, workgroups } };
  });
  const program: Program = { ...stored, kernels };
  const [violation] = programViolations(program);
  if (violation !== undefined)
    throw new FileError(path, `${path} breaks ${violation.constraint}: ${violation.message}`);
  return program;
}

function parseProgram(path: string, text: string): StoredProgram {
  let value: unknown;
  try {
    value = JSON.parse(text, fromJson);
  } catch {
    throw new FileError(path, `${path} is not JSON`);
  }
  const problem = schemaProblem(value);
  if (problem !== null) throw new FileError(path, `${path} is not a program of this version: ${problem}`);
  return value as StoredProgram;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
