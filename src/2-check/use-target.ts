/** Finds what the path of a `use` stands for (E0102, E0601). */
import type { Use } from "../1-parse/ast.ts";
import { type Reporter, unsupportedDiagnostic } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Draft, UseTarget } from "./module-draft.ts";

export function findTarget(
  use: Use,
  from: Draft,
  load: (path: string) => Draft | null,
  stdFiles: readonly string[],
  reporter: Reporter,
): UseTarget | null {
  if (use.from.kind === "file") {
    const path = resolvePath(from.module.file, use.from.path);
    const file = load(path);
    if (file !== null) return { files: [file], member: null, shown: stem(path) };
    reporter.report({
      code: "E0601",
      severity: "error",
      message: `there is no file ${path}`,
      labels: [{ span: use.from.span, text: "used here" }],
    });
    return null;
  }
  const [first, ...rest] = use.from.path;
  if (first === undefined || first.text !== "std") {
    reporter.report({
      code: "E0102",
      severity: "error",
      message: `there is no module \`${first?.text ?? ""}\``,
      labels: [{ span: use.from.span, text: "used here" }],
      help: `modules by name are the standard library, \`std\`; a file is used by its path: use "./${first?.text ?? "other"}.llm"`,
    });
    return null;
  }
  const shown = use.from.path.map((name) => name.text).join(".");
  const topLevel = () =>
    stdFiles
      .filter((name) => !name.includes("/"))
      .map((name) => load(`std/${name}`))
      .filter((file) => file !== null);
  if (rest.length === 0) return { files: topLevel(), member: null, shown };
  const names = rest.map((name) => name.text);
  const whole = stdFiles.includes(`${names.join("/")}.llm`) ? load(`std/${names.join("/")}.llm`) : null;
  if (whole !== null) return { files: [whole], member: null, shown };
  const member = rest.at(-1) ?? null;
  const folder = names.slice(0, -1);
  const file =
    folder.length > 0 && stdFiles.includes(`${folder.join("/")}.llm`) ? load(`std/${folder.join("/")}.llm`) : null;
  if (folder.length === 0) return { files: topLevel(), member, shown };
  if (file !== null) return { files: [file], member, shown };
  if (laterModules.includes(shown)) {
    reporter.report(unsupportedDiagnostic(use.from.span, `\`${shown}\``));
    return null;
  }
  const modules = stdFiles.map((name) => `std.${name.slice(0, -".llm".length).replaceAll("/", ".")}`);
  const near = suggest(shown, modules);
  reporter.report({
    code: "E0102",
    severity: "error",
    message: `there is no module \`${shown}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    labels: [{ span: use.from.span, text: "used here" }],
  });
  return null;
}

/** Modules that the language has and a later version brings. */
const laterModules = ["std.models.gpt2", "std.models.bert", "std.models.t5", "std.models.llama"];

/** `./02_gpt2.llm` as seen from `design/08_plan.llm` → `design/02_gpt2.llm`. */
function resolvePath(from: string, path: string): string {
  const segments = path.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else segments.push(segment);
  }
  return (path.startsWith("/") || from.startsWith("/") ? "/" : "") + segments.filter((s) => s !== "").join("/");
}

function stem(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.llm$/, "");
}
