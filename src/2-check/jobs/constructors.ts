/**
 * Constructors of job fields: `top_k(40, temperature = 0.8)`, `every(250 steps, [loss])`. In scope without `use`.
 * Bare words (`full`, `stop`) are written without parentheses. Those this version cannot run are known all the same, so
 * that they are answered by E0900 at their place and not by "unknown name".
 */

type ConstructorParam = { readonly name: string; readonly optional?: boolean; readonly rest?: boolean };

type Constructor = {
  /** Null: a bare word. */
  readonly params: readonly ConstructorParam[] | null;
  /** What it is for, in E0900: null where this version can run it. */
  readonly later: string | null;
};

const param = (name: string): ConstructorParam => ({ name });
const optional = (name: string): ConstructorParam => ({ name, optional: true });
const rest: ConstructorParam = { name: "more", optional: true, rest: true };

const now = (...params: readonly ConstructorParam[]): Constructor => ({ params, later: null });
const word: Constructor = { params: null, later: null };
const later = (what: string): Constructor => ({ params: [rest], later: what });
const laterWord = (what: string): Constructor => ({ params: null, later: what });

const constructors = {
  // Tokenizers.
  char_level: now(),
  hf: later("a tokenizer from a Hugging Face folder"),
  wordpiece: later("a WordPiece tokenizer"),
  unigram: later("a unigram tokenizer"),
  bpe: later("a byte-pair tokenizer"),

  // Sources of data, and what is done with their records.
  text: now(param("path")),
  documents: later("a source of documents"),
  tsv: later("a source of records"),
  csv: later("a source of records"),
  sentence_pairs: later("pairs of sentences"),
  chat: later("chat templates"),
  buffer: later("shuffling through a buffer"),

  // Lengths of time.
  every: now(
    param("duration"),
    optional("metrics"),
    optional("take"),
    optional("keep"),
    optional("best"),
    optional("decode"),
  ),
  stalled: now(param("metric"), param("patience")),

  // Logs. `jsonl(path)` is a source of records instead.
  jsonl: now(optional("path"), optional("field")),
  tensorboard: now(),

  // Precision and weights.
  mixed: later("mixed precision"),
  load: now(param("path")),
  pretrained: later("a pretrained folder"),

  // What is trained.
  full: word,
  only: later("training a part of the parameters"),
  freeze: later("training a part of the parameters"),
  lora: later("LoRA"),
  matrices: later("a hyperparameter per parameter"),
  layerwise: later("a hyperparameter per parameter"),
  by: later("a hyperparameter per parameter"),

  // Decoding.
  temperature: now(param("temperature")),
  top_k: now(param("k"), optional("temperature")),
  top_p: now(param("p"), optional("temperature")),
  beam: later("beam search"),
  slide: now(param("by")),
  stop: word,

  // Compression, export, plans.
  low_rank: later("compression"),
  prune: later("compression"),
  quantize: later("compression"),
  recover: later("compression"),
  int4: later("quantized weights"),
  int8: laterWord("quantized weights"),
  gguf: later("export"),
  onnx: later("export"),
  column: later("a device plan"),
  row: later("a device plan"),
  across: later("a device plan"),
  balance: later("a device plan"),
} as const satisfies Readonly<Record<string, Constructor>>;

type ConstructorName = keyof typeof constructors;

export const constructorNames = Object.keys(constructors) as readonly ConstructorName[];

export function isConstructorName(name: string): name is ConstructorName {
  return Object.hasOwn(constructors, name);
}

export function constructorOf(name: ConstructorName): Constructor {
  return constructors[name];
}
