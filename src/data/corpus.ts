/** Texts as one stream of tokens, and the way back from a token to its place in a file. */
import { Lines } from "../diagnostics/lines.ts";
import { DiagnosticError, type Span } from "../diagnostics/report.ts";
import { readText, type TextFile } from "./sources.ts";
import type { Tokenizer } from "./tokenizers/tokenizer.ts";

export type Corpus = {
  /** All files' tokens, in the files' order. */
  readonly tokens: Int32Array;
  readonly files: readonly { readonly file: TextFile; readonly firstToken: number }[];
};

/** Reads and encodes. Throws a diagnostic at `span` for text the tokenizer does not know, with its file and place. */
export function readCorpus(
  files: readonly TextFile[],
  tokenizer: Tokenizer,
  tokenizerName: string,
  span: Span,
): Corpus {
  const parts: Int32Array[] = [];
  const starts: { file: TextFile; firstToken: number }[] = [];
  let count = 0;
  for (const file of files) {
    const text = readText(file, span);
    const encoded = tokenizer.encode(text);
    if (encoded.kind === "unknown") {
      const place = `${file.name}:${new Lines(text).place(encoded.at)}`;
      throw unknownText(encoded.text, place, tokenizer.vocab, tokenizerName, span);
    }
    starts.push({ file, firstToken: count });
    parts.push(encoded.ids);
    count += encoded.ids.length;
  }
  return { tokens: joined(parts, count), files: starts };
}

/**
 * Proves every id in 0 … limit − 1 before it is uploaded: a kernel never sees an index outside its table.
 * Throws a diagnostic at `span` with the file and place of the first that is not.
 */
export function checkIds(corpus: Corpus, limit: number, tokenizer: Tokenizer, span: Span): void {
  const at = corpus.tokens.findIndex((id) => id < 0 || id >= limit);
  if (at < 0) return;
  const id = corpus.tokens[at]!;
  throw new DiagnosticError([
    {
      code: "E0404",
      severity: "error",
      message: `token ${id} (${JSON.stringify(tokenizer.decode([id]))}) at ${placeOfToken(corpus, at, tokenizer, span)} is out of range: the model knows 0 to ${limit - 1}`,
      labels: [{ span, text: `its tokenizer has ${tokenizer.vocab} tokens` }],
      help: `give the model as many rows as the tokenizer has tokens: V = ${tokenizer.vocab}`,
    },
  ]);
}

/** `corpus.txt:12:3` of a token. Decodes the file up to it, so it is for messages only. */
export function placeOfToken(corpus: Corpus, token: number, tokenizer: Tokenizer, span: Span): string {
  const holder = corpus.files.findLast(({ firstToken }) => firstToken <= token);
  if (holder === undefined) return `token ${token}`;
  const before = tokenizer.decode(corpus.tokens.subarray(holder.firstToken, token));
  return `${holder.file.name}:${new Lines(readText(holder.file, span)).place(before.length)}`;
}

function joined(parts: readonly Int32Array[], count: number): Int32Array {
  const tokens = new Int32Array(count);
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
  }
  return tokens;
}

function unknownText(text: string, place: string, vocab: number, tokenizer: string, span: Span): DiagnosticError {
  const point = text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return new DiagnosticError([
    {
      code: "E0604",
      severity: "error",
      message: `${JSON.stringify(text)} (U+${point}) at ${place} is none of the ${vocab} tokens of \`${tokenizer}\``,
      labels: [{ span, text: "read here" }],
      help: `fit \`${tokenizer}\` on this text too`,
    },
  ]);
}
