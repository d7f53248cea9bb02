/** Puts the arguments of a call to the parameters' names: positions first, then keywords (E0105, E0106). */
import type { Arg } from "../1-parse/ast.ts";
import type { Reporter, Span } from "../diagnostics/report.ts";
import { suggest } from "../diagnostics/suggest.ts";

type FormalParam = {
  readonly name: string;
  readonly optional: boolean;
  /** Takes all further positional arguments. */
  readonly rest?: boolean;
  /** Takes any keyword. */
  readonly keywords?: boolean;
};

type BoundArguments = {
  readonly named: ReadonlyMap<string, Arg>;
  /** Positional arguments of a `rest` parameter. */
  readonly rest: readonly Arg[];
  /** Keywords of a `keywords` parameter. */
  readonly keywords: readonly Arg[];
};

/** Null where something was reported. `span` is the call's. */
export function bindArguments(
  callee: string,
  params: readonly FormalParam[],
  args: readonly Arg[],
  span: Span,
  reporter: Reporter,
): BoundArguments | null {
  const named = new Map<string, Arg>();
  const rest: Arg[] = [];
  const keywords: Arg[] = [];
  const positional = params.filter((param) => param.rest !== true);
  const takesRest = params.some((param) => param.rest);
  const takesKeywords = params.some((param) => param.keywords);
  let position = 0;
  let failed = false;
  for (const arg of args) {
    const problem = place(arg);
    if (problem === null) continue;
    failed = true;
    reporter.report({ ...problem, severity: "error" });
  }
  const missing = positional.filter((param) => !param.optional && !named.has(param.name));
  if (missing.length > 0 && !failed) {
    failed = true;
    const names = missing.map((param) => `\`${param.name}\``).join(" and ");
    reporter.report({
      code: "E0106",
      severity: "error",
      message: `\`${callee}\` needs ${names}`,
      labels: [
        { span, text: `${callee}(${positional.map((p) => (p.optional ? `${p.name} = …` : p.name)).join(", ")})` },
      ],
    });
  }
  return failed ? null : { named, rest, keywords };

  function place(arg: Arg) {
    if (arg.name === null) {
      const param = positional[position++];
      if (param !== undefined) return bind(param.name, arg);
      if (takesRest) {
        rest.push(arg);
        return null;
      }
      const most = positional.length;
      return {
        code: "E0106" as const,
        message: `\`${callee}\` takes ${most === 0 ? "no arguments" : most === 1 ? "1 argument" : `${most} arguments`}, got ${args.length}`,
        labels: [{ span: arg.span, text: "one too many" }] as const,
      };
    }
    const name = arg.name.text;
    if (positional.some((param) => param.name === name)) return bind(name, arg);
    if (takesKeywords) {
      keywords.push(arg);
      return null;
    }
    const near = suggest(
      name,
      positional.map((param) => param.name),
    );
    const takes = positional.map((param) => `\`${param.name}\``).join(", ");
    return {
      code: "E0106" as const,
      message: `\`${callee}\` has no argument \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
      labels: [{ span: arg.name.span, text: "no such argument" }] as const,
      help: takes === "" ? `\`${callee}\` takes no arguments` : `\`${callee}\` takes ${takes}`,
      ...(near === null ? {} : { edit: { span: arg.name.span, text: near } }),
    };
  }

  function bind(name: string, arg: Arg) {
    const before = named.get(name);
    if (before === undefined) {
      named.set(name, arg);
      return null;
    }
    return {
      code: "E0105" as const,
      message: `\`${name}\` is already given to \`${callee}\``,
      labels: [
        { span: arg.span, text: "given again" },
        { span: before.span, text: "given first" },
      ] as const,
    };
  }
}
