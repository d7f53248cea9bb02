/** `llmc`: the commands and their options. Each command's code is loaded when it is called, so that `--help` is fast. */
import { Command, CommanderError, Option } from "commander";
import type { BuildOptions } from "./build.ts";
import type { CheckCommandOptions } from "./check.ts";
import { version } from "./embedded.ts";
import { exitCodes } from "./exit-codes.ts";
import type { PlanOptions } from "./plan.ts";
import type { RunCommandOptions } from "./run.ts";

const set = () =>
  new Option("--set <name=value>", "a value of the program: L=4, pretrain.batch=32 (repeatable)")
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], "none");
const format = () =>
  new Option("--format <format>", "of diagnostics").choices(["text", "json", "github"]).default("text");
const json = () => new Option("--json", "results as JSON, a value a line");
const device = () =>
  new Option("--device <name>", "auto, gpu, software (lavapipe), swiftshader or reference; also LLMC_DEVICE");
const verify = () =>
  new Option("--verify", "hold every form against its rules after each pass, and let drivers check indices");
const out = (what: string) => new Option("--out <folder>", what);
const allow = () =>
  new Option("--allow <path>", "a folder that the program may read and write besides its own (repeatable)")
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], "none");

const file = "a .llm file";
const target = "a .llm file, or file.llm:job for one job and what it needs";

const program = new Command("llmc")
  .description("A compiler for .llm, a declarative language for language models and their training.")
  .version(version)
  .showHelpAfterError("(llmc --help shows the commands and options)")
  .exitOverride();

program
  .command("check")
  .description("check a program: names, shapes, jobs; no GPU")
  .argument("<file>", file)
  .addOption(set())
  .addOption(format())
  .addOption(json())
  .action(async (file: string, options: CheckCommandOptions) =>
    exit((await import("./check.ts")).check(file, options)),
  );

program
  .command("run")
  .description("run the jobs of a program that are out of date")
  .argument("<target>", target)
  .addOption(set())
  .addOption(new Option("--resume", "go on with the newest unfinished run"))
  .addOption(new Option("--steps <n>", "train n steps, with an evaluation and a save, in a run that is thrown away"))
  .addOption(new Option("--prompt <text>", "replaces the prompt of generate jobs; - reads it from stdin"))
  .addOption(device())
  .addOption(out("where run folders go, instead of runs/ beside the file"))
  .addOption(allow())
  .addOption(format())
  .addOption(json())
  .addOption(verify())
  .action(async (target: string, options: RunCommandOptions) => exit((await import("./run.ts")).run(target, options)));

program
  .command("build")
  .description("compile a job to program.json and kernels/*.wgsl; no GPU")
  .argument("<target>", target)
  .addOption(set())
  .addOption(new Option("--profile <name>", "the kind of adapter to compile for"))
  .addOption(out("the folder to write; default: build/<job> beside the file"))
  .addOption(new Option("--after <pass>", "print the graphs after a pass of the optimizer instead"))
  .addOption(allow())
  .addOption(format())
  .addOption(json())
  .addOption(verify())
  .action(async (target: string, options: BuildOptions) => exit((await import("./build.ts")).build(target, options)));

program
  .command("plan")
  .description("parameters, FLOPs, memory and dispatches of a job; no GPU")
  .argument("<target>", target)
  .addOption(set())
  .addOption(new Option("--profile <name>", "the kind of adapter to plan for"))
  .addOption(device())
  .addOption(allow())
  .addOption(format())
  .addOption(json())
  .addOption(verify())
  .action(async (target: string, options: PlanOptions) => exit((await import("./plan.ts")).plan(target, options)));

program
  .command("explain")
  .description("what an error code means, with a wrong and a right program")
  .argument("<code>", "E0201")
  .action(async (code: string) => exit((await import("./explain.ts")).explain(code)));

program
  .command("doctor")
  .description("what this machine offers, and which device would run a program")
  .addOption(device())
  .addOption(json())
  .action(async (options: { readonly device?: string; readonly json?: boolean }) =>
    exit((await import("./show-doctor.ts")).showDoctor(options)),
  );

/** Sets the code and lets pending output drain; native threads of a device do not keep the process. */
async function exit(code: number | Promise<number>): Promise<void> {
  process.exitCode = await code;
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
