/** What is declared and not used: parameters no function reads (E0301), dimensions named once (W0213). */
import type { Decl, FnDecl } from "../../1-parse/ast.ts";
import type { Context } from "../context.ts";
import { mentions } from "../mentions.ts";
import type { Module } from "../program.ts";
import { type Env, fail } from "./env.ts";

/** A name that a signature binds and that occurs nowhere else says nothing: `_` is meant, or it is misspelt. */
export function warnUnusedDimensions(fn: FnDecl, bound: readonly string[], module: Module, env: Env): void {
  // What an objective takes is a contract with models and data, where `V` tells more than `_`.
  const objective = module.ast.items.some(
    (item) => item.kind === "decl" && item.declKind.text === "objective" && item.members.includes(fn),
  );
  if (objective) return;
  const { names } = mentions(fn);
  for (const name of bound) {
    const [only, ...others] = names.filter((mention) => mention.text === name);
    if (only === undefined || others.length > 0) continue;
    fail(env, "W0213", only.span, [], () => ({
      message: `dimension \`${name}\` is named once`,
      label: "nothing else is this size",
      help: "write `_`",
      edit: { span: only.span, text: "_" },
      severity: "warning",
    }));
  }
}

/** Parameters and layers that no function of their declaration reads, and nobody else by `.name`: they would never be trained. */
export function checkUnusedParameters(context: Context): void {
  const everywhere = new Set(
    [...context.loaded.modules.values()].flatMap((module) => mentions(module.ast).members.map((member) => member.text)),
  );
  for (const module of context.loaded.modules.values()) {
    if (module.file.startsWith("std/")) continue;
    for (const item of module.ast.items) {
      if (item.kind === "decl" && (item.declKind.text === "layer" || item.declKind.text === "model"))
        checkUse(item, module, everywhere, context);
    }
  }
}

function checkUse(decl: Decl, module: Module, everywhere: ReadonlySet<string>, context: Context): void {
  const functions = decl.members.filter((member) => member.kind === "fn");
  const read = new Set(mentions(functions).names.map((name) => name.text));
  for (const member of decl.members) {
    if (member.kind !== "binding") continue;
    const [name] = member.names;
    const holder = member.type?.kind === "named" ? member.type.name?.text : undefined;
    const holdsWeights = holder === "param" || (member.type === null && buildsLayer(member.value, module));
    if (name === undefined || !holdsWeights || read.has(name.text) || everywhere.has(name.text)) continue;
    const others = decl.members.filter((other) => other !== member && other.kind === "binding");
    if (mentions(others).names.some((mention) => mention.text === name.text)) continue;
    context.reporter.report({
      code: "E0301",
      severity: "error",
      message: `\`${name.text}\` of ${decl.name.text} is never used: its parameters would get no gradient`,
      labels: [{ span: name.span, text: "no function reads it" }],
      help: "use it in `forward`, or remove it",
    });
  }
}

/** Whether a member's value calls a layer somewhere: `Linear(D, D)`, `[Block(D, H) for i in 0..L]`. */
function buildsLayer(value: unknown, module: Module): boolean {
  return mentions(value).names.some(({ text }) => {
    const entity = module.scope.get(text);
    return entity?.kind === "decl" && entity.decl.declKind.text === "layer";
  });
}
