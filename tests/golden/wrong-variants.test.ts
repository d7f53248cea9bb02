/** Every wrong program is a program: it is the bounds that must reject it, not the checker. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stdlibTexts } from "../../src/cli/embedded.ts";
import { check, withStdlib } from "../../src/index.ts";
import { wrongVariants } from "./wrong-variants.ts";

const text = readFileSync(join(import.meta.dirname, "char-gpt/program.llm"), "utf8");

test.each(wrongVariants)("$name", ({ edit }) => {
  const edited = edit(text);
  expect(edited).not.toBe(text);
  const { program, diagnostics } = check(
    { file: "program.llm", text: edited },
    withStdlib(stdlibTexts, () => null),
  );
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(program).not.toBeNull();
});
