/**
 * Index expressions in normal form: a constant and integer multiples of atoms (axes, quotients, remainders, nodes).
 *
 * Simplifies with what is known of the ranges, so that a chain of reshapes and transposes ends as an affine expression:
 * ⌊(16·h + k) / 16⌋ = h for 0 ≤ k < 16, and n·⌊x / n⌋ + (x mod n) = x.
 */
import { constantIndex, intervalOf, keyOf, type Ranges } from "./index-expr.ts";
import type { IndexExpr } from "./kernel.ts";

/** The normal form of an expression. Two equal affine expressions have the same normal form. */
export function simplify(expr: IndexExpr, ranges: Ranges): IndexExpr {
  return toExpr(toSum(expr, ranges));
}

/** constant + Σ coefficient · atom, atoms by key. */
type Term = { readonly atom: IndexExpr; readonly coefficient: number };
type Sum = { readonly constant: number; readonly terms: ReadonlyMap<string, Term> };

const constantSum = (constant: number): Sum => ({ constant, terms: new Map() });
const atomSum = (atom: IndexExpr): Sum => ({ constant: 0, terms: new Map([[keyOf(atom), { atom, coefficient: 1 }]]) });

function toSum(expr: IndexExpr, ranges: Ranges): Sum {
  switch (expr.kind) {
    case "constant":
      return constantSum(expr.value);
    case "axis":
      return (ranges.axes[expr.axis] ?? 1) <= 1 ? constantSum(0) : atomSum(expr);
    case "node":
      return atomSum(expr);
    case "add":
      return recombine(sumOf(toSum(expr.left, ranges), toSum(expr.right, ranges), 1), ranges);
    case "mul":
      return scaled(toSum(expr.of, ranges), expr.by);
    case "div":
      return quotient(toSum(expr.of, ranges), expr.by, ranges);
    case "mod":
      return modulo(toSum(expr.of, ranges), expr.by, ranges);
  }
}

function toExpr(sum: Sum): IndexExpr {
  const terms = [...sum.terms.values()].sort(
    (a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient) || (keyOf(a.atom) < keyOf(b.atom) ? -1 : 1),
  );
  let expr: IndexExpr | null = null;
  for (const { atom, coefficient } of terms) {
    const part: IndexExpr = coefficient === 1 ? atom : { kind: "mul", of: atom, by: coefficient };
    expr = expr === null ? part : { kind: "add", left: expr, right: part };
  }
  if (expr === null) return constantIndex(sum.constant);
  return sum.constant === 0 ? expr : { kind: "add", left: expr, right: constantIndex(sum.constant) };
}

function sumOf(left: Sum, right: Sum, factor: number): Sum {
  const terms = new Map(left.terms);
  for (const [key, { atom, coefficient }] of right.terms) {
    const total = (terms.get(key)?.coefficient ?? 0) + factor * coefficient;
    if (total === 0) terms.delete(key);
    else terms.set(key, { atom, coefficient: total });
  }
  return { constant: left.constant + factor * right.constant, terms };
}

function scaled(sum: Sum, by: number): Sum {
  return by === 0 ? constantSum(0) : sumOf(constantSum(0), sum, by);
}

/** c·n·⌊x / n⌋ + c·(x mod n) = c·x. */
function recombine(sum: Sum, ranges: Ranges): Sum {
  for (const { atom, coefficient } of sum.terms.values()) {
    if (atom.kind !== "mod") continue;
    const over = soleAtom(quotient(toSum(atom.of, ranges), atom.by, ranges));
    if (over === null) continue;
    if (sum.terms.get(keyOf(over))?.coefficient !== coefficient * atom.by) continue;
    const without = new Map(sum.terms);
    without.delete(keyOf(over));
    without.delete(keyOf(atom));
    const rest: Sum = { constant: sum.constant, terms: without };
    return recombine(sumOf(rest, toSum(atom.of, ranges), coefficient), ranges);
  }
  return sum;
}

/** ⌊sum / by⌋: multiples of `by` leave the quotient, what stays inside one period vanishes. */
function quotient(sum: Sum, by: number, ranges: Ranges): Sum {
  if (by === 1) return sum;
  const { multiples, rest } = split(sum, by);
  const whole: Sum = {
    constant: multiples.constant / by,
    terms: new Map([...multiples.terms].map(([key, term]) => [key, { ...term, coefficient: term.coefficient / by }])),
  };
  return recombine(sumOf(whole, quotientOfRest(rest, by, ranges), 1), ranges);
}

function quotientOfRest(rest: Sum, by: number, ranges: Ranges): Sum {
  const { low, high } = intervalOf(toExpr(rest), ranges);
  if (Math.floor(low / by) === Math.floor(high / by)) return constantSum(Math.floor(low / by));
  const divisor = commonDivisor(rest, by);
  if (divisor > 1) {
    const constant = Math.floor(rest.constant / divisor);
    const terms = new Map(
      [...rest.terms].map(([key, term]) => [key, { ...term, coefficient: term.coefficient / divisor }]),
    );
    return quotient({ constant, terms }, by / divisor, ranges);
  }
  const parts = period(rest, by, ranges);
  if (parts !== null) return quotient(parts.whole, by / parts.size, ranges);
  const atom = soleAtom(rest);
  if (atom?.kind === "div") return quotient(toSum(atom.of, ranges), atom.by * by, ranges);
  if (atom?.kind === "mod" && atom.by % by === 0) {
    return modulo(quotient(toSum(atom.of, ranges), by, ranges), atom.by / by, ranges);
  }
  return atomSum({ kind: "div", of: toExpr(rest), by });
}

/** sum mod by: multiples of `by` vanish, what stays inside one period is itself. */
function modulo(sum: Sum, by: number, ranges: Ranges): Sum {
  if (by === 1) return constantSum(0);
  const { rest } = split(sum, by);
  const { low, high } = intervalOf(toExpr(rest), ranges);
  const turn = Math.floor(low / by);
  if (turn === Math.floor(high / by) && Number.isFinite(turn)) return sumOf(rest, constantSum(turn * by), -1);
  const divisor = commonDivisor(rest, by);
  if (divisor > 1) {
    // (g·y + c) mod (g·n) = g·(y mod n) + c for 0 ≤ c < g.
    const constant = Math.floor(rest.constant / divisor);
    const terms = new Map(
      [...rest.terms].map(([key, term]) => [key, { ...term, coefficient: term.coefficient / divisor }]),
    );
    const inner = modulo({ constant, terms }, by / divisor, ranges);
    return sumOf(scaled(inner, divisor), constantSum(rest.constant - constant * divisor), 1);
  }
  const parts = period(rest, by, ranges);
  if (parts !== null) {
    return sumOf(scaled(modulo(parts.whole, by / parts.size, ranges), parts.size), parts.small, 1);
  }
  const atom = soleAtom(rest);
  if (atom?.kind === "mod" && atom.by % by === 0) return modulo(toSum(atom.of, ranges), by, ranges);
  return atomSum({ kind: "mod", of: toExpr(rest), by });
}

/** sum = size · whole + small with 0 ≤ small < size and size | by: ⌊sum / by⌋ = ⌊whole / (by / size)⌋. */
function period(
  sum: Sum,
  by: number,
  ranges: Ranges,
): { readonly size: number; readonly whole: Sum; readonly small: Sum } | null {
  const terms = [...sum.terms].sort((a, b) => Math.abs(b[1].coefficient) - Math.abs(a[1].coefficient));
  let size = by;
  for (let i = 0; i < terms.length - 1; i++) {
    size = gcd(size, Math.abs(terms[i]![1].coefficient));
    if (size === 1) return null;
    const small: Sum = { constant: sum.constant, terms: new Map(terms.slice(i + 1)) };
    const { low, high } = intervalOf(toExpr(small), ranges);
    if (low < 0 || high >= size) continue;
    const large = terms.slice(0, i + 1).map(([key, t]) => [key, { ...t, coefficient: t.coefficient / size }] as const);
    return { size, whole: { constant: 0, terms: new Map(large) }, small };
  }
  return null;
}

function split(sum: Sum, by: number): { readonly multiples: Sum; readonly rest: Sum } {
  const multiples = new Map<string, Term>();
  const rest = new Map<string, Term>();
  for (const [key, term] of sum.terms) (term.coefficient % by === 0 ? multiples : rest).set(key, term);
  const whole = Math.floor(sum.constant / by) * by;
  return {
    multiples: { constant: whole, terms: multiples },
    rest: { constant: sum.constant - whole, terms: rest },
  };
}

/** Greatest common divisor of all coefficients and `by`. */
function commonDivisor(sum: Sum, by: number): number {
  let divisor = by;
  for (const { coefficient } of sum.terms.values()) divisor = gcd(divisor, Math.abs(coefficient));
  return divisor;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function soleAtom(sum: Sum): IndexExpr | null {
  if (sum.constant !== 0 || sum.terms.size !== 1) return null;
  const [term] = sum.terms.values();
  return term !== undefined && term.coefficient === 1 ? term.atom : null;
}
