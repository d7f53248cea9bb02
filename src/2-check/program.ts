/** The CheckedProgram: names resolved, shapes and fields checked, jobs as typed records. What phase 3 and jobs/ read. */
import type { Binding, Decl, Expr, File, FnDecl, Unit } from "../1-parse/ast.ts";
import type { Span } from "../diagnostics/report.ts";

/** One file, or one part of the standard library. */
export type Module = {
  /** The name shown in messages; std modules are `std/layers.llm`. */
  readonly file: string;
  readonly ast: File;
  /** What a name means at file level in this module, imports included. */
  readonly scope: ReadonlyMap<string, Entity>;
  /** Names that two `*` imports bring, with where from: in no scope, an error where they are used. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
};

export type Entity =
  | { readonly kind: "decl"; readonly decl: Decl; readonly module: Module }
  | { readonly kind: "fn"; readonly fn: FnDecl; readonly module: Module }
  /** A file-level binding; `name` tells which of `a, b = …`. */
  | { readonly kind: "binding"; readonly binding: Binding; readonly name: string; readonly module: Module }
  | { readonly kind: "module"; readonly module: Module }
  /** A primitive function, a constant (`pi`) or a constructor of a job field: in scope without `use`. */
  | { readonly kind: "primitive"; readonly name: string };

/** A value known without running: numbers, strings, choices, references. Dimensions may wait for preparation. */
export type Static =
  | { readonly kind: "number"; readonly value: number; readonly integer: boolean }
  | { readonly kind: "quantity"; readonly value: number; readonly unit: Unit }
  | { readonly kind: "percent"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "tuple"; readonly elements: readonly Static[] }
  | { readonly kind: "list"; readonly elements: readonly Static[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Static> }
  /** A layer, model, optimizer, schedule or objective with its arguments bound (defaults filled in). */
  | {
      readonly kind: "instance";
      readonly entity: Entity & { readonly kind: "decl" };
      readonly args: ReadonlyMap<string, Static>;
      readonly span: Span;
    }
  /** A function as a value: declared, primitive, or `fn x = …`. */
  | { readonly kind: "function"; readonly entity: Entity & { readonly kind: "fn" | "primitive" } }
  /** A constructor of a job field applied to its arguments: `top_k(40, temperature = 0.8)`; bare words have none. */
  | { readonly kind: "choice"; readonly name: string; readonly args: ReadonlyMap<string, Static>; readonly span: Span }
  /** Known after preparation or a run: `chars.vocab`, `pretrain.best`. */
  | { readonly kind: "later"; readonly job: string; readonly path: readonly string[]; readonly span: Span }
  /**
   * An arithmetic expression over values known later, kept until facts arrive. Closed: nothing but numbers, operators
   * and `job.member` are in it, whatever names the source used.
   */
  | { readonly kind: "pending"; readonly expr: Expr; readonly span: Span };

/** What preparation found out: `chars.vocab` → 69. Keys are `job.member`. */
export type Facts = ReadonlyMap<string, number>;

export type Duration =
  | { readonly kind: "count"; readonly value: number; readonly unit: Unit }
  | { readonly kind: "share"; readonly value: number };

/** `5000 steps or stalled(val.loss, patience = 5)`: whichever comes first. */
export type Bound =
  | { readonly kind: "after"; readonly value: number; readonly unit: Unit }
  | { readonly kind: "stalled"; readonly metric: string; readonly patience: number }
  | { readonly kind: "any"; readonly bounds: readonly Bound[] };

export type Sampling =
  | { readonly kind: "argmax" }
  | { readonly kind: "temperature"; readonly temperature: number }
  | { readonly kind: "topK"; readonly k: number; readonly temperature: number }
  | { readonly kind: "topP"; readonly p: number; readonly temperature: number };

type JobBase = {
  readonly name: string;
  readonly decl: Decl;
  readonly module: Module;
  /** Place of each field that was written, for messages about it. */
  readonly fields: ReadonlyMap<string, Span>;
};

export type TokenizerJob = JobBase & {
  readonly kind: "tokenizer";
  readonly algorithm: { readonly kind: "char_level" };
  /** Path or glob or `npm:package/path`, relative to the declaring file. */
  readonly fit: readonly string[];
};

export type DataJob = JobBase & {
  readonly kind: "data";
  readonly source: { readonly kind: "text"; readonly paths: readonly string[] };
  /** Name of the tokenizer job. */
  readonly tokenizer: string;
  readonly window: number;
  /** 0: windows follow one another. 1: each shares its last token with the next one's first, so all are predicted. */
  readonly overlap: number;
  /** Fractions by split name, contiguous in this order; null: everything is `train`. */
  readonly split: ReadonlyMap<string, number> | null;
  readonly shuffle: "epoch" | "none";
};

export type TrainJob = JobBase & {
  readonly kind: "train";
  readonly model: Static;
  readonly data: string;
  readonly objective: Static;
  readonly optimizer: Static;
  /** Sequences an optimizer step; `micro` of them a forward pass. */
  readonly batch: number;
  readonly micro: number;
  readonly clip: number | null;
  readonly until: Bound;
  /** `take`: so many windows of `val`, evenly spaced; null: all of them. */
  readonly evaluate: {
    readonly every: Duration;
    readonly metrics: readonly string[];
    readonly take: number | null;
  } | null;
  readonly save: { readonly every: Duration | null; readonly keep: number | null; readonly best: string };
  readonly log: readonly ("jsonl" | "tensorboard")[];
  readonly seed: number;
  readonly precision: { readonly kind: "f32" };
  readonly init: { readonly kind: "fresh" } | { readonly kind: "load"; readonly path: string };
};

export type GenerateJob = JobBase & {
  readonly kind: "generate";
  readonly model: { readonly job: string; readonly checkpoint: "best" | "last" };
  readonly prompt: string;
  readonly decode: Sampling;
  /** Past the context: keep the last `T - keep`… tokens (`slide(n)`: drop n, go on), or stop. Null: the default, slide(T // 2). */
  readonly context: { readonly kind: "slide"; readonly by: number } | { readonly kind: "stop" } | null;
  readonly tokens: number;
  readonly seed: number;
};

export type Job = TokenizerJob | DataJob | TrainJob | GenerateJob;

export type CheckedProgram = {
  /** The file named on the command line. */
  readonly root: Module;
  readonly modules: ReadonlyMap<string, Module>;
  /** In an order in which each comes after what it needs. */
  readonly jobs: ReadonlyMap<string, Job>;
};
