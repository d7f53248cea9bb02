/** The order of operators: a flat list of operands and operators becomes a tree by precedence climbing. */
import type { IToken } from "chevrotain";
import type { Span } from "../diagnostics/report.ts";
import type { BinaryOp, Expr } from "./ast.ts";
import { type Building, spanOfToken } from "./cst.ts";
import { maxNesting, TooDeep } from "./nesting.ts";

/** Loosest first; operators of one row bind alike, from left to right except `**`. */
export const precedenceRows = [
  ["|>"],
  ["or"],
  ["and"],
  ["==", "!=", "<", "<=", ">", ">="],
  [".."],
  ["+", "-"],
  ["*", "/", "//", "%", "@"],
  ["**"],
] as const satisfies readonly (readonly BinaryOp[])[];

export const precedence: ReadonlyMap<string, number> = new Map(
  precedenceRows.flatMap((row, level) => row.map((op) => [op, level] as const)),
);

/** What each sign takes: `-x ** 2` is `-(x ** 2)`, `not a == b` is `not (a == b)`. */
export const signLevel = { not: precedence.get("==")!, "-": precedence.get("**")! } as const;
const comparison = precedence.get("==")!;
const range = precedence.get("..")!;
const power = precedence.get("**")!;

export type Operand = { readonly signs: readonly IToken[]; readonly value: Expr };
/** `operators[i]` stands between `operands[i]` and `operands[i + 1]`. */
export type Flat = { readonly operands: readonly Operand[]; readonly operators: readonly IToken[] };

export function climb(to: Building, flat: Flat): Expr {
  let operand = 0;
  let sign = 0;
  let depth = 0;

  /** Everything from here on that binds at least as tightly as `least`. */
  const expression = (least: number): Expr => {
    let left = signed(least);
    for (;;) {
      const token = flat.operators[operand - 1];
      const bound = token === undefined ? -1 : precedence.get(token.image)!;
      if (token === undefined || bound < least) return left;
      const right = deeper(token, bound === power ? power : bound + 1);
      if (bound === comparison || bound === range) refuseChain(to, bound, token, left, right);
      if (token.image === "|>") checkPipe(to, right);
      const op = token.image as BinaryOp;
      left = { kind: "binary", op, opSpan: spanOfToken(to, token), left, right, span: join(left.span, right.span) };
    }
  };

  const signed = (least: number): Expr => {
    const { signs, value } = flat.operands[operand]!;
    const token = signs[sign];
    if (token === undefined) {
      operand++;
      sign = 0;
      return value;
    }
    sign++;
    const op = token.image as "-" | "not";
    if (least > signLevel[op]) refuseNot(to, token);
    const inner = deeper(token, signLevel[op]);
    return { kind: "unary", op, operand: inner, span: join(spanOfToken(to, token), inner.span) };
  };

  const deeper = (token: IToken, least: number): Expr => {
    if (++depth > maxNesting) throw new TooDeep(token);
    const found = expression(least);
    depth--;
    return found;
  };

  return expression(0);
}

const join = (a: Span, b: Span): Span => ({ file: a.file, start: a.start, end: b.end });

/** `0 < x < 1` and `a..b..c` have no meaning; `left` is what the first of the two operators made. */
function refuseChain(to: Building, bound: number, token: IToken, left: Expr, right: Expr): void {
  if (left.kind !== "binary" || precedence.get(left.op) !== bound || isGrouped(to, left)) return;
  const write = `${source(to, left)} and ${source(to, left.right)} ${token.image} ${source(to, right)}`;
  to.report({
    code: "E0006",
    severity: "error",
    message: bound === range ? "ranges do not chain" : "comparisons do not chain",
    labels: [
      { span: spanOfToken(to, token), text: "a second one" },
      { span: left.opSpan, text: "the first" },
    ],
    ...(bound === range ? {} : { help: `write \`${write}\`` }),
  });
}

function refuseNot(to: Building, token: IToken): void {
  to.report({
    code: "E0006",
    severity: "error",
    message: "`not` binds more loosely than the operator before it: put it in parentheses, `(not x)`",
    labels: [{ span: spanOfToken(to, token), text: "needs parentheses" }],
  });
}

/** The right of `|>` is a name or a call. */
function checkPipe(to: Building, right: Expr): void {
  if (isNameOrCall(right)) return;
  to.report({
    code: "E0006",
    severity: "error",
    message: "the right of `|>` is a name or a call: `x |> f` is `f(x)`, `x |> f(a)` is `f(x, a)`",
    labels: [{ span: right.span, text: "neither a name nor a call" }],
  });
}

function isNameOrCall(expr: Expr): boolean {
  let at = expr;
  while (at.kind === "member") at = at.object;
  return at.kind === "name" || expr.kind === "call";
}

/** The span of an expression in parentheses includes them. */
const isGrouped = (to: Building, expr: Expr): boolean =>
  to.text[expr.span.start] === "(" && expr.kind === "binary" && expr.left.span.start > expr.span.start;

const source = (to: Building, expr: Expr): string => to.text.slice(expr.span.start, expr.span.end);
