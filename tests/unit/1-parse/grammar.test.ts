/** Holds grammar/llm.ebnf against the parser: the same rules over the same rules, words and signs. */
import { readFileSync } from "node:fs";
import type { ISerializedGast } from "chevrotain";
import { describe, expect, test } from "vitest";
import { precedenceRows } from "../../../src/1-parse/operators.ts";
import { LlmParser } from "../../../src/1-parse/parser.ts";
import { allTokens, DimOp, reserved } from "../../../src/1-parse/tokens.ts";

const source = readFileSync(new URL("../../../grammar/llm.ebnf", import.meta.url), "utf8");

/** Rule name → what it refers to. */
function readEbnf(text: string): Map<string, Set<string>> {
  const rules = new Map<string, Set<string>>();
  const bare = text.replace(/\(\*[\s\S]*?\*\)/g, "");
  for (const [, name, body] of bare.matchAll(/(\w+)\s*=((?:"[^"]*"|[^;"])*);/g)) {
    rules.set(name!, new Set([...body!.matchAll(/"([^"]*)"|(\w+)/g)].map(([, sign, ref]) => sign ?? ref!)));
  }
  return rules;
}

/** The parser's own account of itself, in the same terms. */
function readParser(parser: LlmParser): Map<string, Set<string>> {
  const patterns = new Map(allTokens.map((token) => [token.name, token.PATTERN]));
  const categories: Readonly<Record<string, string>> = { BinaryOp: "binop", DimOp: "dimop" };
  const rules = new Map<string, Set<string>>();
  for (const rule of parser.getSerializedGastProductions()) {
    const refs = new Set<string>();
    const visit = (node: ISerializedGast & { name?: string }): void => {
      if (node.type === "NonTerminal") refs.add(node.name!);
      if (node.type === "Terminal") {
        const pattern = patterns.get(node.name!);
        refs.add(
          categories[node.name!] ??
            (typeof pattern === "string" && pattern !== "NOT_APPLICABLE" ? pattern : node.name!),
        );
      }
      for (const child of node.definition ?? []) visit(child);
    };
    for (const child of rule.definition ?? []) visit(child);
    rules.set((rule as unknown as { name: string }).name, refs);
  }
  return rules;
}

const ebnf = readEbnf(source);
const rules = readParser(new LlmParser({ validate: true }));

describe("grammar/llm.ebnf", () => {
  test("has the parser's rules and two for operators", () => {
    expect([...ebnf.keys()].sort()).toEqual([...rules.keys(), "binop", "dimop"].sort());
  });

  test.each([...rules.keys()])("%s is made of the same parts", (name) => {
    expect([...ebnf.get(name)!].sort()).toEqual([...rules.get(name)!].sort());
  });

  test("lists the operators, loosest first", () => {
    const rows = /binop\s*=([\s\S]*?);/.exec(source)![1]!.trim().split("\n");
    const signs = rows.map((row) => [...row.matchAll(/"([^"]+)"/g)].map(([, sign]) => sign));
    expect(signs).toEqual(precedenceRows);
  });

  test("lists the operators of dimensions", () => {
    const ofDim = allTokens.filter((token) => token.CATEGORIES?.includes(DimOp)).map((token) => token.PATTERN);
    expect([...ebnf.get("dimop")!].sort()).toEqual(ofDim.sort());
  });

  test("lists the 17 reserved words", () => {
    const words = /Reserved: ([a-z ]+)/.exec(source)![1]!.trim().split(" ");
    expect(words).toHaveLength(17);
    expect([...words].sort()).toEqual(reserved.map((token) => token.PATTERN).sort());
    const used = [...ebnf.values()].flatMap((refs) => [...refs]).filter((ref) => words.includes(ref));
    expect(new Set(used)).toEqual(new Set(words));
  });
});
