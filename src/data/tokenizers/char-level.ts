/** One token a character (Unicode code point); ids are ranks among the distinct characters of the fitted texts. */
import { FileError } from "../../formats/file-error.ts";
import type { Encoded, Tokenizer } from "./tokenizer.ts";

/** The distinct characters of the texts, by code point: character `i` is token `i`. */
export function fitCharLevel(texts: Iterable<string>): readonly string[] {
  const seen = new Set<number>();
  for (const text of texts) for (const character of text) seen.add(character.codePointAt(0)!);
  return [...seen].sort((a, b) => a - b).map((point) => String.fromCodePoint(point));
}

export function charLevel(characters: readonly string[]): Tokenizer {
  const ids = idTable(characters);
  return {
    vocab: characters.length,
    encode: (text) => encode(text, ids),
    decode: (ids) => Array.from(ids, (id) => characters[id] ?? "\ufffd").join(""),
  };
}

/** `tokenizer.json` in the layout of Hugging Face's tokenizers: a word-level model over single characters. */
export function printCharLevel(characters: readonly string[]): string {
  const vocab = characters.map((character, id) => `      ${JSON.stringify(character)}: ${id}`).join(",\n");
  const head = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Split", pattern: { Regex: "[\\s\\S]" }, behavior: "Isolated", invert: false },
    post_processor: null,
    decoder: { type: "Fuse" },
  };
  const json = JSON.stringify(head, null, 2).slice(0, -2);
  return `${json},\n  "model": {\n    "type": "WordLevel",\n    "vocab": {\n${vocab}\n    },\n    "unk_token": ""\n  }\n}\n`;
}

/** The characters by id. Throws `FileError` where the text is not what `printCharLevel` writes. */
export function parseCharLevel(path: string, json: string): readonly string[] {
  const bad = (why: string) => new FileError(path, `${path} is not a character tokenizer: ${why}`);
  const vocab = vocabOf(json);
  if (vocab === null) throw bad("it has no word-level vocabulary");
  const characters: string[] = [];
  for (const [character, id] of Object.entries(vocab)) {
    if ([...character].length !== 1) throw bad(`${JSON.stringify(character)} is not one character`);
    if (typeof id !== "number" || !Number.isInteger(id)) throw bad(`${JSON.stringify(character)} has no id`);
    characters[id] = character;
  }
  const count = Object.keys(vocab).length;
  if (characters.length !== count || Object.keys(characters).length !== count) throw bad("its ids are not 0, 1, 2, …");
  return characters;
}

/** The id of each code point up to the largest that has one; −1 where there is none. */
function idTable(characters: readonly string[]): Int32Array {
  const points = characters.map((character) => character.codePointAt(0)!);
  const table = new Int32Array(Math.max(-1, ...points) + 1).fill(-1);
  for (const [id, point] of points.entries()) table[point] = id;
  return table;
}

function encode(text: string, table: Int32Array): Encoded {
  const ids = new Int32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at)!;
    const id = table[point] ?? -1;
    if (id < 0) return { kind: "unknown", text: String.fromCodePoint(point), at };
    ids[count++] = id;
    if (point > 0xffff) at++;
  }
  return { kind: "ids", ids: count === ids.length ? ids : ids.slice(0, count) };
}

function vocabOf(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const { model } = JSON.parse(json) as { readonly model?: { readonly type?: unknown; readonly vocab?: unknown } };
    if (model?.type !== "WordLevel" || typeof model.vocab !== "object" || model.vocab === null) return null;
    return model.vocab as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
