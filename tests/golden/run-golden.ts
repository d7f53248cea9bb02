/** Runs tests/golden/char-gpt on a device, as it stands or with an edit, and returns all that the bounds speak of. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileForDevice } from "../../src/cli/compile-job.ts";
import { stdlibTexts } from "../../src/cli/embedded.ts";
import { openSandbox } from "../../src/data/sandbox.ts";
import type { Device, Session } from "../../src/devices/device.ts";
import { DiagnosticError } from "../../src/diagnostics/report.ts";
import { checkpointFolder } from "../../src/formats/checkpoint.ts";
import type { MetricsRecord } from "../../src/formats/metrics.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { check, withStdlib } from "../../src/index.ts";
import { runTarget } from "../../src/jobs/graph.ts";
import type { Workspace } from "../../src/jobs/workspace.ts";

export type GoldenRun = {
  readonly train: readonly MetricsRecord[];
  readonly val: readonly MetricsRecord[];
  /** ‖gradient‖ of each parameter in step 1. */
  readonly firstGradientNorms: ReadonlyMap<string, number>;
  readonly finalWeights: ReadonlyMap<string, Float32Array>;
  readonly generated: string;
};

export type GoldenOptions = {
  /** Applied to the program's text; throws where it changes nothing. */
  readonly edit?: (text: string) => string;
  readonly micro?: number;
  /** Stops early: 60 by default. Then nothing is generated. */
  readonly steps?: number;
};

const source = join(import.meta.dirname, "char-gpt");

export async function runGolden(device: Device, options: GoldenOptions = {}): Promise<GoldenRun> {
  const folder = mkdtempSync(join(tmpdir(), "llmc-golden-"));
  try {
    cpSync(source, folder, { recursive: true });
    const file = join(folder, "program.llm");
    const text = readFileSync(file, "utf8");
    const edited = options.edit?.(text) ?? text;
    if (options.edit !== undefined && edited === text) throw new Error("the edit does not fit the program any more");
    writeFileSync(file, edited);
    return await runIn(folder, file, edited, device, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  file: string,
  text: string,
  device: Device,
  options: GoldenOptions,
): Promise<GoldenRun> {
  const sets = [
    ...(options.micro === undefined ? [] : [{ name: "reference.micro", text: String(options.micro) }]),
    ...(options.steps === undefined ? [] : [{ name: "reference.evaluate", text: "none" }]),
  ];
  const { program, diagnostics } = check(
    { file, text },
    withStdlib(stdlibTexts, () => null),
    { sets },
  );
  if (program === null) throw new DiagnosticError(diagnostics);
  const watched = watchGradients(device);
  const generated: string[] = [];
  const train: MetricsRecord[] = [];
  const val: MetricsRecord[] = [];
  const workspace: Workspace = {
    program,
    sources: new Map([[file, text]]),
    sandbox: openSandbox(file, []),
    out: null,
    options: { resume: false, steps: options.steps ?? null, prompt: null },
    device: async () => ({ device: watched.device, notice: device.description }),
    compileJob: (job, facts, opened, schedules) =>
      compileForDevice({ program, job, facts, schedules, verify: false }, opened),
    emit: (event) => {
      if (event.kind === "text") generated.push(event.text);
      if (event.kind === "step") train.push(event.record);
      if (event.kind === "evaluated") val.push(event.record);
    },
    interrupt: { requested: false },
    clock: () => performance.now() / 1000,
    environment: {},
  };
  const run = join(folder, "runs", "program", "reference", "1");
  await runTarget(workspace, options.steps === undefined ? null : "reference");
  return {
    train,
    val,
    firstGradientNorms: await watched.norms(),
    finalWeights:
      options.steps === undefined ? weightsIn(join(checkpointFolder(run, 60), "model.safetensors")) : new Map(),
    generated: generated.join(""),
  };
}

/** The same device; after its first training step it reads the gradients, before the next step can change them. */
function watchGradients(device: Device) {
  let norms: Promise<ReadonlyMap<string, number>> | null = null;
  const load: Device["load"] = async (program) => {
    const session = await device.load(program);
    const submit: Session["submit"] = (invocations) => {
      const done = session.submit(invocations);
      if (norms === null && invocations.some((each) => each.program === "microStep")) {
        const paths = program.tensors.flatMap(({ role, path }) => (role === "gradient" ? [path] : []));
        norms = Promise.all(paths.map(async (path) => [nameOf(path), norm(await session.read(path))] as const)).then(
          (entries) => new Map(entries),
        );
      }
      return done;
    };
    return {
      allocatedBytes: session.allocatedBytes,
      submit,
      read: (path) => session.read(path),
      write: (path, bytes) => session.write(path, bytes),
      finish: () => session.finish(),
      close: () => session.close(),
    };
  };
  const { description, kind, profile } = device;
  return {
    device: { description, kind, profile, load, close: () => device.close() },
    norms: async () => (await norms) ?? new Map<string, number>(),
  };
}

function nameOf(gradientPath: string): string {
  return gradientPath.replace(/^gradient\//, "");
}

function norm(bytes: ArrayBuffer): number {
  return Math.sqrt(new Float32Array(bytes).reduce((sum, value) => sum + value * value, 0));
}

function weightsIn(path: string): ReadonlyMap<string, Float32Array> {
  const file = openSafetensors(path);
  const weights = new Map([...file.tensors.keys()].map((name) => [name, file.readFloats(name)]));
  file.close();
  return weights;
}
