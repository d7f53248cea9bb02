/** What is said where the parser knows what was meant and goes on as if it stood there. */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/report.ts";
import { endOf, is, spanOf } from "./token-list.ts";
import * as T from "./tokens.ts";

/** `batch: 64`: the `:` at `at` is read as `=`. `typeEnd` is where a type after it would end, or -1. */
export function colonForAssign(file: string, tokens: readonly IToken[], at: number, typeEnd: number): Diagnostic {
  const name = tokens[at - 1]!;
  const span = spanOf(file, tokens[at]!);
  if (isTypeAlone(tokens, at + 1, typeEnd)) {
    const start = tokens[at + 1]!.startOffset;
    const typeSpan = { file, start, end: endOf(tokens[typeEnd - 1]!) };
    return {
      code: "E0005",
      severity: "error",
      message: `\`${name.image}\` has a type but no value`,
      labels: [{ span: typeSpan, text: "expected `= value` after this" }],
      help: "fields take `=`; `:` is for types",
    };
  }
  return {
    code: "E0005",
    severity: "error",
    message: "fields take `=`; `:` is for types",
    labels: [{ span, text: "write `=`" }],
    edit: { span, text: " =" },
  };
}

const typeWords: ReadonlySet<string> = new Set(["param", "state", "f32", "f16", "i32", "bool", "int", "float", "dim"]);

function isTypeAlone(tokens: readonly IToken[], start: number, end: number): boolean {
  if (end < 0) return false;
  return is(tokens[start], T.LBracket)
    ? is(tokens[start + 1], T.Star, T.Ellipsis)
    : is(tokens[start], T.Id) && typeWords.has(tokens[start]!.image);
}

/** `a if c else b`, with the expression's first token and the `if`. */
export function ternary(file: string, tokens: readonly IToken[], start: number, ifAt: number): Diagnostic {
  const span = spanOf(file, tokens[ifAt]!);
  const end = elseAfter(tokens, ifAt);
  const message =
    end === null
      ? "an `if` after an expression: a condition comes first, `if c then a else b`"
      : "write `if c then a else b`, not `a if c else b`";
  const whole = { file, start: tokens[start]!.startOffset, end: endOf(tokens[ifAt - 1]!) };
  return {
    code: "E0002",
    severity: "error",
    message,
    labels: [
      { span, text: "the condition comes first" },
      { span: whole, text: "this goes after `then`" },
    ],
  };
}

/** The `else` that belongs to the `if`, or null. */
function elseAfter(tokens: readonly IToken[], ifAt: number): number | null {
  for (let i = ifAt + 1; i < tokens.length && !is(tokens[i], T.Assign, T.RBrace, T.Return); i++) {
    if (is(tokens[i], T.Else)) return i;
    if (is(tokens[i], T.Then)) return null;
  }
  return null;
}
