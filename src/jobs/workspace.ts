/** What jobs work with: the program, where they may read and write, and the outside world as functions. */
import type { CheckedProgram, Facts } from "../2-check/program.ts";
import type { Compiled } from "../compile.ts";
import type { Sandbox } from "../data/sandbox.ts";
import type { ChosenDevice } from "../devices/choose.ts";
import type { Device } from "../devices/device.ts";
import type { ScheduleTable } from "../targets/target.ts";
import type { JobEvent } from "./events.ts";

export type Workspace = {
  readonly program: CheckedProgram;
  /** Text of each module, by the name that messages use. */
  readonly sources: ReadonlyMap<string, string>;
  readonly sandbox: Sandbox;
  /** Replaces the folder `runs/`. */
  readonly out: string | null;
  readonly options: RunOptions;
  /** Opened when the first job needs it, then kept. Throws `DeviceError`. */
  readonly device: () => Promise<ChosenDevice>;
  readonly compileJob: (job: string, facts: Facts, device: Device, schedules: ScheduleTable) => Compiled;
  readonly emit: (event: JobEvent) => void;
  readonly interrupt: Interrupt;
  /** Seconds; only differences count. */
  readonly clock: () => number;
  /** Facts about this process for env.json. */
  readonly environment: Readonly<Record<string, string>>;
};

export type RunOptions = {
  /** Go on with the newest unfinished run. */
  readonly resume: boolean;
  /** Train so many steps in runs that are thrown away. */
  readonly steps: number | null;
  /** Replaces the prompt of generate jobs. */
  readonly prompt: string | null;
};

/** Set by Ctrl-C; read between steps. */
export type Interrupt = { readonly requested: boolean };
