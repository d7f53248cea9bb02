import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stdlibTexts } from "../../../src/cli/embedded.ts";
import { openSandbox } from "../../../src/data/sandbox.ts";
import { DiagnosticError } from "../../../src/diagnostics/report.ts";
import { check, withStdlib } from "../../../src/index.ts";
import { definitionOf, keyOf } from "../../../src/jobs/definition.ts";
import { resolvedProgram } from "../../../src/jobs/resolved-program.ts";
import { tinyProgram, tinyText } from "../cli/llmc.ts";

const folder = mkdtempSync(join(tmpdir(), "llmc-definition-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "runs"));
writeFileSync(join(folder, "text.txt"), tinyText);
const file = join(folder, "tiny.llm");
writeFileSync(file, tinyProgram);

const program = `${tinyProgram
  .replace(
    "use std.{Embedding, Linear, Dropout, adamw, causal_lm}",
    `use std.{Embedding, Linear, Dropout, adamw}
W = 8
objective causal_lm() {
  fn loss(logits: [B, T, V], ids: i32[B, T], mask: bool[B, T]) -> mean = own(logits[:, :-1], ids[:, 1:], mask[:, 1:])
}
fn own(l: [..., V], t: i32[...], w: bool[...]) -> mean = cross_entropy(l, t, weight = w)
fn unused(x: [*S]) -> [*S] = x + 1`,
  )
  .replace("window    = 8", "window    = W")}`;

function checked(text: string) {
  const read = withStdlib(stdlibTexts, () => null);
  const result = check({ file, text }, read);
  if (result.program === null) throw new DiagnosticError(result.diagnostics);
  return result.program;
}
const sandbox = openSandbox(file, []);
const key = (text: string, job = "pretrain") => {
  const checkedProgram = checked(text);
  return keyOf(definitionOf(checkedProgram.jobs.get(job)!, checkedProgram, sandbox));
};

describe("the key of a job", () => {
  test.each([
    ["comments", (text: string) => text.replaceAll("\n", "  # why\n")],
    ["layout", (text: string) => text.replaceAll("   ", "\n")],
    [
      "the spelling of a number",
      (text: string) => text.replace("batch     = 8", "batch     = 0_8").replace("1e-2", "0.01"),
    ],
    ["a default that is written out", (text: string) => text.replace("window    = W", "window    = W   overlap = 0")],
    ["code that it does not use", (text: string) => text.replace("x + 1", "x + 2")],
    ["jobs that come after", (text: string) => text.replace("until = 20 tokens", "until = 21 tokens")],
  ])("is not changed by %s", (_, edit) => {
    expect(edit(program)).not.toBe(program);
    expect(key(edit(program))).toBe(key(program));
  });

  test.each([
    ["a field", (text: string) => text.replace("seed      = 3", "seed      = 4")],
    ["a value that a field names", (text: string) => text.replace("W = 8", "W = 4").replace("T = 8", "T = 4")],
    ["the model's own code", (text: string) => text.replace("|> drop |> head", "|> head |> drop")],
    ["a function behind the objective", (text: string) => text.replace("= cross_entropy(l,", "= cross_entropy(2 * l,")],
    ["an argument", (text: string) => text.replace("Dropout(0.1)", "Dropout(0.2)")],
    ["a job it needs", (text: string) => text.replace("train = 90%, val = 10%", "train = 80%, val = 20%")],
  ])("is changed by %s", (_, edit) => {
    expect(edit(program)).not.toBe(program);
    expect(key(edit(program))).not.toBe(key(program));
  });

  test("is changed by the standard library's code that it uses, and only by that", () => {
    const withEdit = (name: string, from: string, to: string) => {
      const texts = { ...stdlibTexts, [name]: stdlibTexts[name]!.replace(from, to) };
      expect(texts[name]).not.toBe(stdlibTexts[name]);
      const { program: edited } = check(
        { file, text: program },
        withStdlib(texts, () => null),
      );
      return keyOf(definitionOf(edited!.jobs.get("pretrain")!, edited!, sandbox));
    };
    expect(withEdit("optimizers.llm", "m = b1 * m + (1 - b1) * g", "m = b1 * m + (1 - b2) * g")).not.toBe(key(program));
    expect(withEdit("prelude.llm", "logsumexp(logits) - picked", "2 * logsumexp(logits) - picked")).not.toBe(
      key(program),
    );
    expect(withEdit("activations.llm", "0.5 * x", "0.25 * x")).toBe(key(program));
  });

  test("is changed by the contents of a text, whatever its name", () => {
    const before = key(program);
    writeFileSync(join(folder, "text.txt"), `${tinyText}!`);
    const after = key(program);
    writeFileSync(join(folder, "text.txt"), tinyText);
    expect(after).not.toBe(before);
    expect(key(program)).toBe(before);
  });
});

test("resolved.llm is a program that means the same", () => {
  const original = checked(program);
  const sources = new Map([
    [file, program],
    ...Object.entries(stdlibTexts).map(([name, text]) => [`std/${name}`, text] as const),
  ]);
  const resolved = resolvedProgram(original.jobs.get("sample")!, original, sources);
  const again = checked(resolved);
  expect([...again.jobs.keys()]).toEqual(["chars", "corpus", "pretrain", "sample"]);
  expect(resolved).not.toContain("unused");
  expect(resolvedProgram(again.jobs.get("sample")!, again, new Map([...sources, [file, resolved]]))).toContain(
    "objective causal_lm()",
  );
});
