/** `llmc run`: the jobs of a program that are out of date, or one job and what it needs. */
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { resolve } from "node:path";
import type { ChosenDevice } from "../devices/choose.ts";
import { UsageError } from "../jobs/failures.ts";
import { runTarget } from "../jobs/graph.ts";
import type { Workspace } from "../jobs/workspace.ts";
import { command } from "./command.ts";
import { compileForDevice } from "./compile-job.ts";
import { version } from "./embedded.ts";
import { catchInterrupts } from "./interrupts.ts";
import type { Format } from "./output.ts";
import { parseTarget, readProgram } from "./read-program.ts";
import { showEvents } from "./show-events.ts";

export type RunCommandOptions = {
  readonly set: readonly string[];
  readonly allow: readonly string[];
  readonly format: Format;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly steps?: string;
  readonly prompt?: string;
  readonly device?: string;
  readonly out?: string;
  readonly verify?: boolean;
};

export function run(targetText: string, options: RunCommandOptions): Promise<number> {
  return command(options, async (context) => {
    const target = parseTarget(targetText);
    const { program, sandbox } = readProgram(target.file, options, context);
    const device = deviceOnce(options);
    const { interrupt, release } = catchInterrupts();
    const show = showEvents(options.json ?? false);
    const workspace: Workspace = {
      program,
      sources: context.sources,
      sandbox,
      out: options.out === undefined ? null : resolve(options.out),
      options: { resume: options.resume ?? false, steps: stepsOf(options.steps), prompt: promptOf(options.prompt) },
      device: device.open,
      compileJob: (job, facts, opened, schedules) =>
        compileForDevice({ program, job, facts, schedules, verify: options.verify ?? false }, opened),
      emit: show.event,
      interrupt,
      clock: () => performance.now() / 1000,
      environment: {
        llmc: version,
        node: process.version,
        platform: `${platform()} ${arch()}`,
        started: new Date().toISOString(),
        command: ["llmc", ...process.argv.slice(2)].join(" "),
      },
    };
    try {
      await runTarget(workspace, target.job);
    } finally {
      show.end();
      release();
      await device.close();
    }
    return undefined;
  });
}

/** Opens the device when it is first asked for. */
function deviceOnce(options: RunCommandOptions) {
  let opened: Promise<ChosenDevice> | null = null;
  const open = (): Promise<ChosenDevice> => {
    opened ??= import("../devices/choose.ts").then(({ chooseDevice }) =>
      chooseDevice({ name: options.device, robust: options.verify ?? false }),
    );
    return opened;
  };
  const close = async (): Promise<void> => {
    // A device that could not be opened was reported when it was asked for.
    const chosen = await opened?.catch(() => null);
    await chosen?.device.close();
  };
  return { open, close };
}

function stepsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const steps = Number(text);
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new UsageError(`--steps takes a whole number of steps, got ${text}`);
  return steps;
}

/** `-` reads all of stdin; its last line break is the terminal's, not the prompt's. */
function promptOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text === "-" ? readFileSync(0, "utf8").replace(/\r?\n$/, "") : text;
}
