/**
 * `checkpoints/step-N/`: model.safetensors, optimizer.safetensors and state.json, with which a run goes on exactly.
 * Tensors are whole and named by path, so another device can go on too. The folder appears at once or not at all;
 * state.json holds the hashes of the other two and of itself, so a damaged checkpoint is found before it is used.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Schedule } from "../ir/plan/plan.ts";
import { createFolderAtomic, isTemporaryName, writeFlushed } from "./atomic-write.ts";
import { FileError, fileError } from "./file-error.ts";
import { readBytes } from "./read-file.ts";
import { type HostTensor, openSafetensors, type Safetensors, safetensorsParts } from "./safetensors.ts";

/** Everything but tensors that a run needs to go on. A function of the program and the step, never of the clock. */
export type TrainingState = {
  /** Updates done. */
  readonly step: number;
  /** The next window is number `index` of the permutation of epoch `epoch`. */
  readonly position: { readonly epoch: number; readonly index: number };
  readonly seed: number;
  /** Where the metric that chooses `best` was lowest. */
  readonly best: { readonly step: number; readonly value: number } | null;
  /** For each `stalled(metric, …)`: its lowest value and the evaluations since. */
  readonly stalled: Readonly<Record<string, { readonly lowest: number; readonly evaluations: number }>>;
  /** The schedule of each kernel on the adapter of this profile, by key: resume on its like compiles with the same. */
  readonly schedules: { readonly profile: string; readonly byKernel: Readonly<Record<string, Schedule>> };
};

export type Checkpoint = {
  readonly state: TrainingState;
  readonly model: Safetensors;
  readonly optimizer: Safetensors;
};

const tensorFiles = ["model.safetensors", "optimizer.safetensors"] as const;
type TensorFile = (typeof tensorFiles)[number];

export function checkpointFolder(runFolder: string, step: number): string {
  return join(runFolder, "checkpoints", `step-${step}`);
}

/** Throws `FileError`; then no part of the new checkpoint is left. */
export function saveCheckpoint(
  runFolder: string,
  state: TrainingState,
  tensors: { readonly model: readonly HostTensor[]; readonly optimizer: readonly HostTensor[] },
): void {
  const folder = checkpointFolder(runFolder, state.step);
  try {
    mkdirSync(join(runFolder, "checkpoints"), { recursive: true });
  } catch (error) {
    throw fileError(error, "create", folder);
  }
  createFolderAtomic(folder, (temporary) => {
    const metadata = { format: "pt" };
    const model = writeHashed(join(temporary, "model.safetensors"), safetensorsParts(tensors.model, metadata));
    const optimizer = writeHashed(join(temporary, "optimizer.safetensors"), safetensorsParts(tensors.optimizer));
    const contents: StateContents = {
      version: 1,
      ...state,
      sha256: { "model.safetensors": model, "optimizer.safetensors": optimizer },
    };
    const stored: StoredState = { ...contents, self: selfHash(contents) };
    writeFlushed(join(temporary, "state.json"), `${JSON.stringify(stored, null, 2)}\n`);
  });
}

/** Opens a checkpoint after its hashes were checked. Throws `FileError` where a file is missing or damaged. */
export function openCheckpoint(runFolder: string, step: number): Checkpoint {
  const folder = checkpointFolder(runFolder, step);
  const { sha256, self: _, version: __, ...state } = readState(join(folder, "state.json"));
  for (const name of tensorFiles) checkHash(join(folder, name), sha256[name]);
  return {
    state,
    model: openSafetensors(join(folder, "model.safetensors")),
    optimizer: openSafetensors(join(folder, "optimizer.safetensors")),
  };
}

/** Steps of the checkpoints in a run folder, ascending. */
export function listCheckpoints(runFolder: string): readonly number[] {
  const folder = join(runFolder, "checkpoints");
  if (!existsSync(folder)) return [];
  const steps = readdirSync(folder).flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? []);
  return steps.map(Number).sort((a, b) => a - b);
}

/** Deletes checkpoints, and what killed processes left behind. */
export function deleteCheckpoints(runFolder: string, steps: readonly number[]): void {
  const folder = join(runFolder, "checkpoints");
  if (!existsSync(folder)) return;
  const leftovers = readdirSync(folder).filter(isTemporaryName);
  for (const name of [...steps.map((step) => `step-${step}`), ...leftovers]) {
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch (error) {
      throw fileError(error, "delete", join(folder, name));
    }
  }
}

type StateContents = TrainingState & { readonly version: 1; readonly sha256: Readonly<Record<TensorFile, string>> };
/** `self`: the hash of everything else in the file. */
type StoredState = StateContents & { readonly self: string };

/** JSON keeps the order of keys, so what is read back gives the same text. */
function selfHash(contents: StateContents): string {
  return createHash("sha256").update(JSON.stringify(contents)).digest("hex");
}

function writeHashed(path: string, parts: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  writeFlushed(
    path,
    (function* () {
      for (const part of parts) {
        hash.update(part);
        yield part;
      }
    })(),
  );
  return hash.digest("hex");
}

function checkHash(path: string, expected: string): void {
  const actual = createHash("sha256").update(readBytes(path)).digest("hex");
  if (actual === expected) return;
  throw new FileError(path, `${path} is damaged: its contents are not what was saved`, olderCheckpoint);
}

const olderCheckpoint = "use an older checkpoint, or train again";

function readState(path: string): StoredState {
  let state: unknown;
  try {
    state = JSON.parse(new TextDecoder().decode(readBytes(path)));
  } catch (error) {
    if (error instanceof FileError) throw error;
  }
  if (!isStoredState(state)) throw new FileError(path, `${path} is damaged: it is not the state of a training run`);
  const { self, ...contents } = state;
  if (selfHash(contents) === self) return state;
  throw new FileError(path, `${path} is damaged: its contents are not what was saved`, olderCheckpoint);
}

function isStoredState(value: unknown): value is StoredState {
  const state = value as Partial<StoredState> | null | undefined;
  const counts = [state?.step, state?.position?.epoch, state?.position?.index, state?.seed];
  return (
    state?.version === 1 &&
    counts.every((count) => Number.isSafeInteger(count)) &&
    typeof state.self === "string" &&
    typeof state.stalled === "object" &&
    typeof state.schedules?.profile === "string" &&
    typeof state.schedules.byKernel === "object" &&
    tensorFiles.every((name) => typeof state.sha256?.[name] === "string")
  );
}
