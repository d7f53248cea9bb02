/**
 * Index expressions in normal form: a sum of integer multiples of atoms (axes, quotients, remainders, nodes).
 *
 * The constructors below simplify with what is known of the ranges, so that a chain of reshapes and transposes ends as
 * an affine expression: ⌊(16·h + k) / 16⌋ = h for 0 ≤ k < 16, and n·⌊x / n⌋ + (x mod n) = x.
 */
import type { Guard, IndexExpr, IndexMap, NodeId } from "./kernel.ts";

/** Inclusive; ±Infinity where nothing is known. */
export type Interval = { readonly low: number; readonly high: number };

/** What the axes (from 0 to their size) and the nodes used as indices run over; `within` narrows axes further. */
export type Ranges = {
  readonly axes: readonly number[];
  readonly nodes?: ReadonlyMap<NodeId, Interval>;
  readonly within?: ReadonlyMap<number, Interval>;
};

export const zero: IndexExpr = { kind: "constant", value: 0 };

export function constantIndex(value: number): IndexExpr {
  return { kind: "constant", value };
}

export function axisIndex(axis: number): IndexExpr {
  return { kind: "axis", axis };
}

/** The normal form of an expression. Two equal affine expressions have the same normal form. */
export function simplify(expr: IndexExpr, ranges: Ranges): IndexExpr {
  return toExpr(toSum(expr, ranges));
}

export function add(left: IndexExpr, right: IndexExpr, ranges: Ranges): IndexExpr {
  return simplify({ kind: "add", left, right }, ranges);
}

export function multiply(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "mul", of, by }, ranges);
}

export function divide(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "div", of, by }, ranges);
}

export function remainder(of: IndexExpr, by: number, ranges: Ranges): IndexExpr {
  return simplify({ kind: "mod", of, by }, ranges);
}

/** Every value of `expr` lies in the interval. */
export function intervalOf(expr: IndexExpr, ranges: Ranges): Interval {
  switch (expr.kind) {
    case "constant":
      return { low: expr.value, high: expr.value };
    case "axis":
      return ranges.within?.get(expr.axis) ?? { low: 0, high: Math.max(0, (ranges.axes[expr.axis] ?? 1) - 1) };
    case "node":
      return ranges.nodes?.get(expr.node) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    case "add": {
      const left = intervalOf(expr.left, ranges);
      const right = intervalOf(expr.right, ranges);
      return { low: left.low + right.low, high: left.high + right.high };
    }
    case "mul": {
      if (expr.by === 0) return { low: 0, high: 0 };
      const of = intervalOf(expr.of, ranges);
      const ends = [of.low * expr.by, of.high * expr.by];
      return { low: Math.min(...ends), high: Math.max(...ends) };
    }
    case "div": {
      const of = intervalOf(expr.of, ranges);
      return { low: Math.floor(of.low / expr.by), high: Math.floor(of.high / expr.by) };
    }
    case "mod": {
      const of = intervalOf(expr.of, ranges);
      if (of.low >= 0 && of.high < expr.by) return of;
      return { low: 0, high: expr.by - 1 };
    }
  }
}

/** One text for one expression: equal texts, equal expressions. */
export function keyOf(expr: IndexExpr): string {
  const known = keys.get(expr);
  if (known !== undefined) return known;
  const key = makeKey(expr);
  keys.set(expr, key);
  return key;
}

export function keyOfMap(map: IndexMap): string {
  return map.map(keyOf).join(",");
}

export function keyOfGuard(guard: Guard): string {
  return guard.map(({ expr, from, to }) => `${from}<=${keyOf(expr)}<${to}`).join("&");
}

/** Replaces each axis by an expression (of other axes), then simplifies in their ranges. */
export function substitute(expr: IndexExpr, axes: readonly IndexExpr[], ranges: Ranges): IndexExpr {
  return simplify(replaceAxes(expr, axes), ranges);
}

export function substituteMap(map: IndexMap, axes: readonly IndexExpr[], ranges: Ranges): IndexMap {
  return map.map((expr) => substitute(expr, axes, ranges));
}

/** The axes and nodes an expression depends on. */
export function atomsOf(expr: IndexExpr): { readonly axes: ReadonlySet<number>; readonly nodes: ReadonlySet<NodeId> } {
  const axes = new Set<number>();
  const nodes = new Set<NodeId>();
  collect(expr, axes, nodes);
  return { axes, nodes };
}

/** `expr` as Σ coefficient · axis + constant; null where it has other atoms. */
export function asAffine(
  expr: IndexExpr,
): { readonly constant: number; readonly coefficients: ReadonlyMap<number, number> } | null {
  const coefficients = new Map<number, number>();
  let constant = 0;
  const visit = (part: IndexExpr, factor: number): boolean => {
    switch (part.kind) {
      case "constant":
        constant += factor * part.value;
        return true;
      case "axis":
        coefficients.set(part.axis, (coefficients.get(part.axis) ?? 0) + factor);
        return true;
      case "add":
        return visit(part.left, factor) && visit(part.right, factor);
      case "mul":
        return visit(part.of, factor * part.by);
      case "div":
      case "mod":
      case "node":
        return false;
    }
  };
  return visit(expr, 1) ? { constant, coefficients } : null;
}

/** Row-major position of an element. */
export function linearize(map: IndexMap, shape: readonly number[], ranges: Ranges): IndexExpr {
  let linear: IndexExpr = zero;
  map.forEach((expr, axis) => {
    linear = { kind: "add", left: { kind: "mul", of: linear, by: shape[axis] ?? 1 }, right: expr };
  });
  return simplify(linear, ranges);
}

/** The element of a row-major tensor at a position. */
export function delinearize(linear: IndexExpr, shape: readonly number[], ranges: Ranges): IndexMap {
  const map: IndexExpr[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    const quotient = divide(linear, stride, ranges);
    // No remainder for the outermost axis: the position lies inside.
    map.unshift(axis === 0 ? quotient : remainder(quotient, Math.max(1, size), ranges));
    stride *= Math.max(1, size);
  }
  return map;
}

const keys = new WeakMap<IndexExpr, string>();

function makeKey(expr: IndexExpr): string {
  switch (expr.kind) {
    case "constant":
      return String(expr.value);
    case "axis":
      return `a${expr.axis}`;
    case "node":
      return `n${expr.node}`;
    case "add":
      return `${keyOf(expr.left)}+${keyOf(expr.right)}`;
    case "mul":
      return `${expr.by}*(${keyOf(expr.of)})`;
    case "div":
      return `(${keyOf(expr.of)})/${expr.by}`;
    case "mod":
      return `(${keyOf(expr.of)})%${expr.by}`;
  }
}

function replaceAxes(expr: IndexExpr, axes: readonly IndexExpr[]): IndexExpr {
  switch (expr.kind) {
    case "constant":
    case "node":
      return expr;
    case "axis":
      return axes[expr.axis] ?? expr;
    case "add":
      return { kind: "add", left: replaceAxes(expr.left, axes), right: replaceAxes(expr.right, axes) };
    case "mul":
    case "div":
    case "mod":
      return { ...expr, of: replaceAxes(expr.of, axes) };
  }
}

function collect(expr: IndexExpr, axes: Set<number>, nodes: Set<NodeId>): void {
  switch (expr.kind) {
    case "constant":
      return;
    case "axis":
      axes.add(expr.axis);
      return;
    case "node":
      nodes.add(expr.node);
      return;
    case "add":
      collect(expr.left, axes, nodes);
      collect(expr.right, axes, nodes);
      return;
    case "mul":
    case "div":
    case "mod":
      collect(expr.of, axes, nodes);
  }
}

// The normal form: constant + Σ coefficient · atom, atoms by key.

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
