/** Reads the pages of `grammar/errors/`. */
import { readdirSync, readFileSync } from "node:fs";
import { type DiagnosticCode, isDiagnosticCode } from "../../src/diagnostics/catalog.ts";

const folder = new URL("../../grammar/errors/", import.meta.url);

/** File name → text; the main file is `page.llm`. */
export type PageProgram = ReadonlyMap<string, string>;

export type Page = {
  readonly code: DiagnosticCode;
  readonly title: string;
  readonly sections: ReadonlyMap<string, string>;
  readonly wrong: PageProgram;
  readonly right: PageProgram;
};

export const mainFile = "page.llm";

export const pages: readonly Page[] = readdirSync(folder)
  .filter((name) => isDiagnosticCode(name.slice(0, -".md".length)))
  .sort()
  .map((name) => readPage(name.slice(0, -".md".length) as DiagnosticCode, readFileSync(new URL(name, folder), "utf8")));

function readPage(code: DiagnosticCode, text: string): Page {
  const title = /^# \w+: (.*)$/m.exec(text)?.[1] ?? "";
  const sections = new Map<string, string>();
  for (const [, heading, body] of text.matchAll(/^## (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)) {
    sections.set(heading!, body!.trim());
  }
  return {
    code,
    title,
    sections,
    wrong: readProgram(sections.get("Wrong") ?? ""),
    right: readProgram(sections.get("Right") ?? ""),
  };
}

function readProgram(section: string): PageProgram {
  const fences = [...section.matchAll(/^```llm ?(\S*)\n([\s\S]*?)^```$/gm)];
  return new Map(fences.map(([, name, text]) => [name === "" ? mainFile : name!, text!]));
}
