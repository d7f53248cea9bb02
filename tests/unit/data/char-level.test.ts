import fc from "fast-check";
import { expect, test } from "vitest";
import { charLevel, fitCharLevel, parseCharLevel, printCharLevel } from "../../../src/data/tokenizers/char-level.ts";
import { FileError } from "../../../src/formats/file-error.ts";

const text = fc.string({ unit: "grapheme", maxLength: 200 });

test("characters are distinct and sorted by code point, not by UTF-16 unit", () => {
  expect(fitCharLevel(["b\u{1f600}a", "a\uff5e\n"])).toEqual(["\n", "a", "b", "\uff5e", "\u{1f600}"]);
});

test("decoding what was encoded gives the text back", () => {
  fc.assert(
    fc.property(text, (text) => {
      const tokenizer = charLevel(fitCharLevel([text]));
      const encoded = tokenizer.encode(text);
      expect(encoded.kind).toBe("ids");
      if (encoded.kind === "ids") expect(tokenizer.decode(encoded.ids)).toBe(text);
    }),
  );
});

test("tokenizer.json keeps every character at its id, digits and quotes included", () => {
  fc.assert(
    fc.property(text, (text) => {
      const characters = fitCharLevel([text, '"\\\n0123456789\u2028']);
      expect(parseCharLevel("tokenizer.json", printCharLevel(characters))).toEqual(characters);
    }),
  );
});

test("an unknown character is told with its place", () => {
  const tokenizer = charLevel(["a", "\u{1f600}"]);
  expect(tokenizer.encode("a\u{1f600}é")).toEqual({ kind: "unknown", text: "é", at: 3 });
});

test.each([
  ["no JSON", "{"],
  ["another model", '{"model":{"type":"BPE","vocab":{}}}'],
  ["ids with a hole", '{"model":{"type":"WordLevel","vocab":{"a":0,"b":2}}}'],
  ["an id twice", '{"model":{"type":"WordLevel","vocab":{"a":0,"b":0}}}'],
  ["a negative id", '{"model":{"type":"WordLevel","vocab":{"a":0,"b":-1}}}'],
  ["an id that is no integer", '{"model":{"type":"WordLevel","vocab":{"a":0.5}}}'],
  ["a token of two characters", '{"model":{"type":"WordLevel","vocab":{"ab":0}}}'],
])("refuses a tokenizer.json with %s", (_, json) => {
  expect(() => parseCharLevel("tokenizer.json", json)).toThrow(FileError);
});
