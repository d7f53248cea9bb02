/** What every tokenizer offers: text to token ids and back. */
export type Tokenizer = {
  /** Number of ids: 0 … vocab − 1. */
  readonly vocab: number;
  readonly encode: (text: string) => Encoded;
  readonly decode: (ids: Iterable<number>) => string;
};

export type Encoded =
  | { readonly kind: "ids"; readonly ids: Int32Array }
  /** `at` is the offset (UTF-16) of the first text that has no id. */
  | { readonly kind: "unknown"; readonly text: string; readonly at: number };
