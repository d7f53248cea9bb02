import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkIds, placeOfToken, readCorpus } from "../../../src/data/corpus.ts";
import { charLevel, fitCharLevel } from "../../../src/data/tokenizers/char-level.ts";

const folder = mkdtempSync(join(tmpdir(), "llmc-corpus-"));
afterAll(() => rmSync(folder, { recursive: true }));
const span = { file: "program.llm", start: 0, end: 1 };
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return { name, path: join(folder, name) };
};

const texts = ["one\ntwo\u{1f600}\n", "three\nfour"];
const files = texts.map((text, i) => file(`${i}.txt`, text));
const tokenizer = charLevel(fitCharLevel(texts));
const corpus = readCorpus(files, tokenizer, "chars", span);

test("the files' tokens follow one another", () => {
  expect(tokenizer.decode(corpus.tokens)).toBe(texts.join(""));
  expect(corpus.files.map(({ firstToken }) => firstToken)).toEqual([0, 9]);
});

test("a token's place is its file, line and column", () => {
  expect(placeOfToken(corpus, 0, tokenizer, span)).toBe("0.txt:1:1");
  expect(placeOfToken(corpus, 4, tokenizer, span)).toBe("0.txt:2:1");
  expect(placeOfToken(corpus, 9, tokenizer, span)).toBe("1.txt:1:1");
  expect(placeOfToken(corpus, 16, tokenizer, span)).toBe("1.txt:2:2");
});

test("ids are proven in range before they reach a device", () => {
  expect(() => checkIds(corpus, tokenizer.vocab, tokenizer, span)).not.toThrow();
  const [emoji] = tokenizer.encode("\u{1f600}").kind === "ids" ? [tokenizer.vocab - 1] : [];
  expect(() => checkIds(corpus, emoji!, tokenizer, span)).toThrow(/token \d+ \(".*"\) at 0\.txt:2:4 is out of range/);
});

test("a character the tokenizer does not know is told with its place", () => {
  const stranger = file("stranger.txt", "one\ntwo €\n");
  expect(() => readCorpus([stranger], tokenizer, "chars", span)).toThrow(
    /"." \(U\+0020\) at stranger\.txt:2:4 is none of the \d+ tokens of `chars`/,
  );
});
