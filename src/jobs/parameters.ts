/** Tensors between a session and files: strict by name and shape. */
import type { Session } from "../devices/device.ts";
import { DiagnosticError, type Span } from "../diagnostics/report.ts";
import { FileError } from "../formats/file-error.ts";
import type { HostTensor, Safetensors } from "../formats/safetensors.ts";
import type { Program, ProgramTensor } from "../ir/plan/program.ts";
import { invariant } from "../support/invariant.ts";

/** What checkpoints hold: parameters, and what the optimizer remembers. */
export function parametersOf(program: Program): readonly ProgramTensor[] {
  return program.tensors.filter(({ role }) => role === "parameter" || role === "mask");
}

export function optimizerTensorsOf(program: Program): readonly ProgramTensor[] {
  return program.tensors.filter(({ role }) => role === "state" || role === "average");
}

export function gradientsOf(program: Program): readonly ProgramTensor[] {
  return program.tensors.filter(({ role }) => role === "gradient");
}

/** Copies tensors to the host, in order. */
export async function readTensors(session: Session, tensors: readonly ProgramTensor[]): Promise<readonly HostTensor[]> {
  const read: HostTensor[] = [];
  for (const { path, type } of tensors) {
    const bytes = new Uint8Array(await session.read(path));
    read.push({ name: path, dtype: storedDtype(type.dtype), shape: type.shape, bytes });
  }
  return read;
}

/**
 * Copies a file's tensors to the device. Names and shapes must be exactly the program's: a difference is E0602 at
 * `span` with a table, or, without a span, a damaged checkpoint.
 */
export function writeTensors(
  session: Session,
  tensors: readonly ProgramTensor[],
  file: Safetensors,
  span: Span | null,
): void {
  const differences = compare(tensors, file);
  if (differences.length > 0) throw mismatch(differences, file.path, span);
  for (const { path, type } of tensors) {
    const isFloat = type.dtype === "f32";
    session.write(path, isFloat ? file.readFloats(path) : file.readBytes(path));
  }
}

/** The first tensor that holds a NaN or an infinity, or null. */
export function firstNonFinite(tensors: readonly HostTensor[]): string | null {
  const bad = tensors.find(({ dtype, bytes }) => dtype === "F32" && !floats(bytes).every(Number.isFinite));
  return bad?.name ?? null;
}

type Difference = { readonly name: string; readonly value: string };

function compare(tensors: readonly ProgramTensor[], file: Safetensors): readonly Difference[] {
  const known = new Map(tensors.map((tensor) => [tensor.path, tensor]));
  const missing = tensors.flatMap(({ path, type }) => {
    const entry = file.tensors.get(path);
    if (entry === undefined) return [{ name: path, value: "missing in the file" }];
    if (entry.shape.join() === type.shape.join()) return [];
    return [{ name: path, value: `[${entry.shape.join(", ")}] in the file, [${type.shape.join(", ")}] in the model` }];
  });
  const unexpected = [...file.tensors.keys()].filter((name) => !known.has(name));
  return [...missing, ...unexpected.map((name) => ({ name, value: "unknown to the model" }))];
}

function mismatch(differences: readonly Difference[], path: string, span: Span | null): Error {
  const count = `${differences.length} tensor${differences.length === 1 ? "" : "s"}`;
  if (span === null) {
    const [first] = differences;
    return new FileError(
      path,
      `${path} does not belong to this program: ${count} differ; ${first?.name}: ${first?.value}`,
    );
  }
  const shown = differences.slice(0, 20);
  const more = differences.length - shown.length;
  return new DiagnosticError([
    {
      code: "E0602",
      severity: "error",
      message: `${path} does not fit the model: ${count} differ`,
      labels: [{ span, text: "loaded strictly: every name and shape must be the model's" }],
      help: [...shown.map(({ name, value }) => `${name}: ${value}`), ...(more > 0 ? [`and ${more} more`] : [])].join(
        "\n",
      ),
    },
  ]);
}

function storedDtype(dtype: string): HostTensor["dtype"] {
  const stored: Readonly<Record<string, HostTensor["dtype"]>> = {
    f32: "F32",
    f16: "F16",
    i32: "I32",
    u32: "U32",
    i8: "I8",
  };
  const found = stored[dtype];
  invariant(found !== undefined, `a ${dtype} tensor has no place in a checkpoint`);
  return found;
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
