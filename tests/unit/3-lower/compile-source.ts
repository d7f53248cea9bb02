/** Source text → lowered bundle, with the real parser, checker and standard library; and tensors by path for the evaluator. */
import { readdirSync, readFileSync } from "node:fs";
import { parse, parseExpression } from "../../../src/1-parse/parse.ts";
import { checkProgram } from "../../../src/2-check/check.ts";
import { withStdlib } from "../../../src/2-check/modules.ts";
import type { CheckedProgram, Facts } from "../../../src/2-check/program.ts";
import { lower } from "../../../src/3-lower/lower.ts";
import type { Bundle, PersistentId } from "../../../src/ir/graph/graph.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { verifyGraph } from "../../../src/ir/rules/verify.ts";
import { elementCount } from "../../../src/ir/types.ts";

const stdlib = new URL("../../../stdlib/", import.meta.url);

const std: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(stdlib)
    .filter((name) => name.endsWith(".llm"))
    .map((name) => [name, readFileSync(new URL(name, stdlib), "utf8")]),
);

/** Only the standard library: programs of the tests are one file. */
export const read = withStdlib(std, () => null);

export function check(text: string): CheckedProgram {
  const { program, diagnostics } = checkProgram({ file: "test.llm", text }, read, { parse, parseExpression });
  const shown = diagnostics.map(({ code, message, labels }) => {
    const { file, start, end } = labels[0].span;
    return `${code} ${message}\n    ${(file === "test.llm" ? text : file).slice(start, end)}`;
  });
  if (program === null) throw new Error(shown.join("\n"));
  return program;
}

export function lowerSource(text: string, job: string, facts: Facts = new Map()): Bundle {
  const bundle = lower(check(text), job, facts);
  for (const graph of Object.values(bundle.programs)) verifyGraph(graph, bundle.tensors, "lower");
  return bundle;
}

/** Contents for tensors by path; those not given are zero. */
export function persistents(
  bundle: Bundle,
  contents: Readonly<Record<string, ArrayLike<number>>>,
): ReadonlyMap<PersistentId, Tensor> {
  return new Map(
    bundle.tensors.map(({ id, path, type }) => {
      const numbers = contents[path] ?? new Float64Array(elementCount(type.shape));
      return [id, tensor(type.dtype, type.shape, numbers)];
    }),
  );
}

export function scalar(dtype: "i32" | "u32" | "f32", value: number): Tensor {
  return tensor(dtype, [], [value]);
}

export function numbersOf(value: Tensor | undefined): readonly number[] {
  if (value === undefined) throw new Error("no such output");
  return [...value.data];
}
