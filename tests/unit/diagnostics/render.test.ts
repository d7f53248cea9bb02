import { describe, expect, test } from "vitest";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";
import type { Diagnostic, Label } from "../../../src/diagnostics/report.ts";

const text = `layer Attention() {
  fn forward(x: [B, T, D]) -> [B, T, D] {
    q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
    s: [B, H, T, T] = q @ k / sqrt(K)
  }
}
`;

function at(word: string, label: string, source = text, file = "gpt.llm"): Label {
  const start = source.indexOf(word);
  return { span: { file, start, end: start + word.length }, text: label };
}

function show(diagnostic: Diagnostic, source = text, color = false): string {
  return `\n${renderDiagnostics([diagnostic], new Map([["gpt.llm", source]]), { format: "text", color })}`;
}

const contraction: Diagnostic = {
  code: "E0201",
  severity: "error",
  message: "`@` contracts K with T, but K = 64 and T = 256",
  labels: [at("q @ k", "left [B, H, T, K], right [B, H, T, K]"), at("k, v", "k: [B, H, T, K]")],
  bindings: [
    { name: "T", value: "256" },
    { name: "K", value: "D // H = 64" },
  ],
  help: "`q @ k.T` gives [B, H, T, T]",
};

describe("text", () => {
  test("labels, bindings and help", () => {
    expect(show(contraction)).toMatchInlineSnapshot(`
      "
      error[E0201]: \`@\` contracts K with T, but K = 64 and T = 256
       --> gpt.llm:4:23
        |
      3 |     q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
        |        ---- k: [B, H, T, K]
      4 |     s: [B, H, T, T] = q @ k / sqrt(K)
        |                       ^^^^^ left [B, H, T, K], right [B, H, T, K]
        = with T = 256, K = D // H = 64
        = help: \`q @ k.T\` gives [B, H, T, T]
      "
    `);
  });

  test("warnings, notes, lines in between", () => {
    const labels: Diagnostic["labels"] = [at("fn", "here"), at("s:", "and there"), at("}\n}", "and here")];
    expect(show({ code: "W0213", severity: "warning", message: "once", labels })).toMatchInlineSnapshot(`
      "
      warning[W0213]: once
       --> gpt.llm:2:3
        |
      2 |   fn forward(x: [B, T, D]) -> [B, T, D] {
        |   ^^ here
      3 |     q, k, v = qkv(x) |> rearrange("b t (n h k) -> n b h t k", n = 3, h = H)
      4 |     s: [B, H, T, T] = q @ k / sqrt(K)
        |     -- and there
      5 |   }
        |   - and here
      "
    `);
  });

  test("tabs, wide and combining characters keep marks in place", () => {
    const source = '\ta = "日本語"\t+ é + x';
    expect(
      show({ code: "E0102", severity: "error", message: "x", labels: [at("x", "here", source)] }, source),
    ).toMatchInlineSnapshot(`
      "
      error[E0102]: x
       --> gpt.llm:1:18
        |
      1 |     a = "日本語"    + é + x
        |                           ^ here
      "
    `);
    expect(
      show({ code: "E0102", severity: "error", message: "x", labels: [at("本", "wide", source)] }, source),
    ).toMatchInlineSnapshot(`
      "
      error[E0102]: x
       --> gpt.llm:1:8
        |
      1 |     a = "日本語"    + é + x
        |            ^^ wide
      "
    `);
  });

  test("control characters and reordering marks are shown, not obeyed", () => {
    const source = "a = \u001b[31m\u202e x";
    const shown = show(
      { code: "E0001", severity: "error", message: "\u0007", labels: [at("x", "\u001b", source)] },
      source,
    );
    expect(shown).toMatchInlineSnapshot(`
      "
      error[E0001]: \\u{7}
       --> gpt.llm:1:12
        |
      1 | a = \\u{1b}[31m\\u{202e} x
        |                        ^ \\u{1b}
      "
    `);
  });

  test("the end of the file, an empty file, Windows line ends", () => {
    const end = (source: string): Diagnostic => ({
      code: "E0003",
      severity: "error",
      message: "the file ends",
      labels: [{ span: { file: "gpt.llm", start: source.length, end: source.length }, text: "here" }],
    });
    expect(show(end("a = (\r\n"), "a = (\r\n")).toMatchInlineSnapshot(`
      "
      error[E0003]: the file ends
       --> gpt.llm:2:1
        |
      2 |
        | ^ here
      "
    `);
    expect(show(end(""), "")).toMatchInlineSnapshot(`
      "
      error[E0003]: the file ends
       --> gpt.llm:1:1
        |
      1 |
        | ^ here
      "
    `);
  });

  test("two files, and one that is not known", () => {
    const other: Label = { span: { file: "<--set 1>", start: 0, end: 1 }, text: "from here" };
    expect(
      show({ code: "E0108", severity: "error", message: "m", labels: [at("fn", "here"), other] }),
    ).toMatchInlineSnapshot(`
      "
      error[E0108]: m
       --> gpt.llm:2:3
        |
      2 |   fn forward(x: [B, T, D]) -> [B, T, D] {
        |   ^^ here
       ::: <--set 1>: from here
      "
    `);
  });

  test("long lines are shown around the mark", () => {
    const source = `a = [${"1, ".repeat(200)}x, ${"2, ".repeat(200)}]`;
    expect(
      show({ code: "E0102", severity: "error", message: "x", labels: [at("x", "here", source)] }, source),
    ).toMatchInlineSnapshot(`
      "
      error[E0102]: x
       --> gpt.llm:1:606
        |
      1 | … 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, x, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, …
        |                                          ^ here
      "
    `);
  });

  test("colour", () => {
    expect(show(contraction, text, true)).toContain("\u001b[31merror[E0201]");
    expect(show(contraction)).not.toContain("\u001b");
  });
});

describe("json and github", () => {
  const render = (format: "json" | "github") =>
    renderDiagnostics([contraction], new Map([["gpt.llm", text]]), { format, color: false });

  test("json", () => {
    expect(JSON.parse(render("json"))).toMatchObject([
      {
        code: "E0201",
        severity: "error",
        labels: [{ span: { file: "gpt.llm", line: 4, column: 23, endLine: 4, endColumn: 28 } }, {}],
        bindings: [{ name: "T", value: "256" }, {}],
        edit: null,
      },
    ]);
  });

  test("github", () => {
    expect(render("github")).toMatchInlineSnapshot(`
      "::error file=gpt.llm,line=4,col=23,endLine=4,endColumn=28,title=E0201::\`@\` contracts K with T, but K = 64 and T = 256%0Aleft [B, H, T, K], right [B, H, T, K]%0Awith T = 256, K = D // H = 64%0Ahelp: \`q @ k.T\` gives [B, H, T, T]
      "
    `);
  });
});
