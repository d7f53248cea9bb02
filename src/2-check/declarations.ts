/** Kinds of the declarations of every file (E0101). */
import { suggest } from "../diagnostics/suggest.ts";
import type { Context } from "./context.ts";
import { allKinds } from "./kinds.ts";

export function checkDeclarations(context: Context): void {
  for (const module of context.loaded.modules.values()) {
    for (const item of module.ast.items) {
      if (item.kind !== "decl") continue;
      const { text, span } = item.declKind;
      if (allKinds.includes(text)) continue;
      const near = suggest(text, allKinds);
      context.reporter.report({
        code: "E0101",
        severity: "error",
        message: `there is no declaration kind \`${text}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
        labels: [{ span, text: "not a kind" }],
        help: `kinds: ${allKinds.join(", ")}`,
        ...(near === null ? {} : { edit: { span, text: near } }),
      });
    }
  }
}
