/** Why a command ends early, where it is neither a diagnostic nor a file or a device. */

/** A loss that is not finite, a failed assertion: the CLI exits with 3. */
export class TrainingError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = "TrainingError";
    this.help = help;
  }
}

/** Ctrl-C: what was done is saved. The CLI exits with 130. */
export class InterruptedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InterruptedError";
  }
}

/** A command line that asks for what does not exist: the CLI exits with 2. */
export class UsageError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.name = "UsageError";
    this.help = help;
  }
}
