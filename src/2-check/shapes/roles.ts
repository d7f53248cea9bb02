/** The functions that a kind of declaration must have, and the names they may ask for. */
import type { Decl, FnDecl } from "../../1-parse/ast.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { DeclarationKind } from "../kinds.ts";
import { type Env, fail } from "./env.ts";

type Role = { readonly fn: string; readonly needs: readonly string[]; readonly takes: readonly string[] | null };

/** `takes` null: parameters are bound by name to whatever there is, which the jobs check. */
const roles: { readonly [K in DeclarationKind]: Role | null } = {
  layer: null,
  model: { fn: "forward", needs: [], takes: null },
  optimizer: { fn: "update", needs: ["p", "g"], takes: ["p", "g", "t", "total"] },
  schedule: { fn: "at", needs: ["t"], takes: ["t", "total"] },
  objective: { fn: "loss", needs: [], takes: null },
};

export function checkRoles(decl: Decl, kind: DeclarationKind, functions: readonly FnDecl[], env: Env): void {
  const role = roles[kind];
  if (role === null) return;
  const found = functions.filter((fn) => fn.name.text === role.fn);
  if (found.length === 0) {
    fail(env, "E0104", decl.name.span, [], () => ({
      message: `${kind} \`${decl.name.text}\` needs \`fn ${role.fn}(${role.takes === null ? "…" : role.takes.join(", ")})\``,
      label: `no \`${role.fn}\``,
    }));
  }
  for (const fn of found) if (role.takes !== null) checkNames(fn, role.needs, role.takes, env);
}

function checkNames(fn: FnDecl, needs: readonly string[], takes: readonly string[], env: Env): void {
  const names = fn.params.map((param) => param.name.text);
  const odd = fn.params.find((param) => !takes.includes(param.name.text));
  const missing = needs.find((name) => !names.includes(name));
  if (odd === undefined && missing === undefined) return;
  const near = odd === undefined ? null : suggest(odd.name.text, takes);
  fail(env, "E0106", (odd ?? fn).name.span, [], () => ({
    message:
      odd === undefined
        ? `\`${fn.name.text}\` needs a parameter \`${missing ?? ""}\``
        : `\`${fn.name.text}\` is given ${takes.map((name) => `\`${name}\``).join(", ")}, and no \`${odd.name.text}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    label: odd === undefined ? `has ${names.join(", ")}` : "nobody gives this",
  }));
}
