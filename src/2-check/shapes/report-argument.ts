/** What is said of an argument that does not fit, and which layer would make it fit. */
import type { Param } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Dim } from "../../ir/dim.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { dimsIn } from "./broadcast.ts";
import { callFunction } from "./calls.ts";
import { type Env, fail } from "./env.ts";
import { membersOf } from "./instances.ts";
import { type Mismatch, match } from "./match.ts";
import { nothingBound } from "./types.ts";
import { describe, unknown, type Value } from "./value.ts";

export type Refused = {
  /** What was called, as written. */
  readonly callee: string;
  readonly param: Param | null;
  readonly mismatch: Mismatch;
  readonly value: Value;
  readonly span: Span;
  /** The callee's dimensions that the caller calls otherwise: `I = D`. */
  readonly names: ReadonlyMap<string, Dim>;
  /** The callee's names, to try others against. */
  readonly inner: Env;
};

export function reportArgument(refused: Refused, env: Env): Value {
  const { callee, param, mismatch, value, span, names } = refused;
  const { code, expected } = mismatch;
  const about = [...names.values(), ...(value.kind === "tensor" ? dimsIn(value.shape) : [])];
  const where = names.size === 0 ? "" : ` (${[...names].map(([key, dim]) => `${key} = ${formatDim(dim)}`).join(", ")})`;
  if (code === "E0211") {
    const name = param === null ? "" : ` as \`${param.name.text}\``;
    return fail(env, code, span, about, () => ({
      message: `${callee} wants ${withType(expected)}${where}${name}, got ${withType(describe(value))}`,
      label: describe(value),
      help: `\`${/^[a-z]\w*/.exec(expected)?.[0] ?? "f32"}(x)\` converts`,
    }));
  }
  const first = code === "E0203" ? layerBefore(refused, env) : null;
  return fail(env, code, span, about, () => ({
    message: `${callee} expects ${expected}${where} but gets ${describe(value)}${first === null ? "" : `: does \`${first}\` come first?`}`,
    label: describe(value),
  }));
}

/** `[B, T]` as `float [B, T]`, where element types are the matter. */
function withType(text: string): string {
  return text.startsWith("[") ? `float ${text}` : text;
}

/** A layer in scope that takes the value and gives what is expected. */
function layerBefore({ callee, param, value, span, inner }: Refused, env: Env): string | null {
  if (param === null || param.type === null || env.quiet) return null;
  for (const [name, layer] of env.locals) {
    if (layer.kind !== "instance" || name === callee) continue;
    const forward = membersOf(layer, env).get("forward");
    if (forward?.kind !== "function" || forward.of !== "fn" || forward.fn.params.length !== 1) continue;
    const given = { name: null, value: { kind: "name", text: "given", span }, span } as const;
    const trial: Env = { ...env, locals: new Map([["given", value]]), quiet: true };
    const result = callFunction(name, forward.fn, forward.module, forward.self, [given], span, trial);
    if (result === unknown || result.kind === "unknown") continue;
    if (!("mismatch" in match(param.type, result, nothingBound(), inner))) return name;
  }
  return null;
}
