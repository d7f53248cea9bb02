import { expect, test } from "vitest";
import { compileForProfile } from "../../../src/cli/compile-job.ts";
import { stdlibTexts } from "../../../src/cli/embedded.ts";
import { check, withStdlib } from "../../../src/index.ts";
import { tinyProgram } from "../cli/llmc.ts";

/** The limit of `ids` in the tiny program with some change. */
function limitOfIds(edit: (text: string) => string): number | undefined {
  const text = edit(tinyProgram);
  const { program } = check(
    { file: "tiny.llm", text },
    withStdlib(stdlibTexts, () => null),
  );
  const request = { program: program!, job: "pretrain", facts: new Map([["chars.vocab", 17]]), schedules: new Map() };
  return compileForProfile({ ...request, verify: true }, "reference").indexLimits.get("ids");
}

test("ids must stay below the rows of the table they index", () => {
  expect(limitOfIds((text) => text)).toBe(17);
});

test("of two tables the smaller counts, also where ids were sliced", () => {
  const twoTables = (text: string) =>
    text
      .replace("drop = Dropout(0.1)", "drop = Dropout(0.1)  few = Embedding(5, D)")
      .replace(
        "= ids |> tok |> drop |> head",
        "= concat([few(ids[:, :1]), tok(ids[:, 1:])], axis = 1) |> drop |> head",
      );
  expect(limitOfIds(twoTables)).toBe(5);
});
