/** Runs the bundled CLI as people do: a process, its output and its exit code. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

export type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
};

export type Llmc = {
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
  /** For signals; `ended` resolves when the process has. */
  readonly start: (
    args: readonly string[],
    options?: RunOptions,
  ) => { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  readonly remove: () => void;
};

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly uid?: number;
  readonly onOut?: (text: string) => void;
};

/** Bundles into a file of its own below the repository, where `webgpu` is found. */
export function bundleLlmc(): Llmc {
  const folder = mkdtempSync(join(root, "node_modules", ".llmc-test-"));
  const bundle = join(folder, "llmc.mjs");
  execFileSync(process.execPath, ["esbuild.config.mjs", bundle], { cwd: root });
  chmodSync(folder, 0o755);
  const start: Llmc["start"] = (args, { cwd, env, input, uid, onOut } = {}) => {
    const at = cwd ?? root;
    // Another user may not enter the repository's folder.
    const file = uid === undefined ? bundle : join(at, "llmc.mjs");
    if (uid !== undefined) copyFileSync(bundle, file);
    const child = spawn(process.execPath, [file, ...args], {
      cwd: at,
      env: { ...process.env, LLMC_DEVICE: "reference", NO_COLOR: "1", ...env },
      ...(uid === undefined ? {} : { uid }),
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        onOut?.(text);
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, out, err }));
    });
    child.stdin.end(input ?? "");
    return { child, ended };
  };
  return {
    start,
    run: (args, options) => start(args, options).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A folder with a program of the smallest size, and its text. */
export function tinyProject(
  options: { readonly edit?: (program: string) => string; readonly text?: string | null } = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), "llmc-cli-"));
  writeFileSync(join(folder, "tiny.llm"), options.edit?.(tinyProgram) ?? tinyProgram);
  if (options.text !== null) writeFileSync(join(folder, "text.txt"), options.text ?? tinyText);
  return folder;
}

export const tinyText = "the cat sat on the mat. the dog sat on the log. ".repeat(20);

export const tinyProgram = `use std.{Embedding, Linear, Dropout, adamw, causal_lm}

model Tiny(V: dim, T: dim, D: dim) {
  tok  = Embedding(V, D)
  drop = Dropout(0.1)
  head = Linear(D, V)

  fn forward(ids: i32[B, S]) -> [B, S, V] where S <= T = ids |> tok |> drop |> head
}

tokenizer chars { kind = char_level()  fit = "text.txt" }

data corpus {
  source    = text("text.txt")
  tokenizer = chars
  window    = 8
  split     = { train = 90%, val = 10% }
}

train pretrain {
  model     = Tiny(V = chars.vocab, T = 8, D = 8)
  data      = corpus
  objective = causal_lm()
  optimizer = adamw(lr = 1e-2)
  batch     = 8   micro = 4   clip = 1.0
  until     = 30 steps
  evaluate  = every(10 steps, [loss])
  save      = every(4 steps, keep = 2)
  seed      = 3
}

generate sample { model = pretrain.last  prompt = "the "  decode = top_k(3, temperature = 0.8)  until = 20 tokens }
`;
