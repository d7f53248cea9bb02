/**
 * Dimensions: polynomials with integer coefficients over names, and over quotients and remainders of polynomials that
 * do not divide. Two are equal when their normal forms are: the terms sorted, like terms added, none zero.
 *
 * `a // b` stands for an exact quotient; whoever builds one sees to it that the division is exact.
 */
export type Atom =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "quotient" | "remainder"; readonly of: Dim; readonly by: Dim };

/** coefficient · Π atom^power; `key` tells products of the same atoms. */
export type Term = { readonly coefficient: bigint; readonly factors: readonly Factor[]; readonly key: string };

type Factor = { readonly atom: Atom; readonly power: number; readonly key: string };

/** `key` is the same for equal dimensions and no others. */
export type Dim = { readonly terms: readonly Term[]; readonly key: string };

/** The value of each name. */
export type Valuation = ReadonlyMap<string, number>;

export const zero: Dim = { terms: [], key: "0" };

export function constant(value: number | bigint): Dim {
  return fromTerms([{ coefficient: BigInt(value), factors: [], key: "" }]);
}

export function named(name: string): Dim {
  return ofAtom({ kind: "name", name });
}

export function add(a: Dim, b: Dim): Dim {
  return fromTerms([...a.terms, ...b.terms]);
}

export function negate(a: Dim): Dim {
  return fromTerms(a.terms.map((term) => ({ ...term, coefficient: -term.coefficient })));
}

export function subtract(a: Dim, b: Dim): Dim {
  return add(a, negate(b));
}

export function multiply(a: Dim, b: Dim): Dim {
  return fromTerms(a.terms.flatMap((x) => b.terms.map((y) => multiplyTerms(x, y))));
}

export function power(a: Dim, exponent: number): Dim {
  let result = constant(1);
  for (let i = 0; i < exponent; i++) result = multiply(result, a);
  return result;
}

/** q with a = b · q, where there is such a polynomial. */
export function divideExactly(a: Dim, b: Dim): Dim | null {
  const [lead] = b.terms;
  if (lead === undefined) return null;
  let rest = a;
  let quotient = zero;
  // Each turn removes the leading term of the rest; terms are sorted, so this ends.
  for (let turns = 0; rest.terms.length > 0; turns++) {
    const [first] = rest.terms;
    const part = first === undefined || turns > 1000 ? null : divideTerm(first, lead);
    if (part === null) return null;
    quotient = add(quotient, part);
    rest = subtract(rest, multiply(part, b));
  }
  return quotient;
}

/** a // b: divided where it can be, else common factors cancelled and kept as an atom. */
export function quotient(a: Dim, b: Dim): Dim {
  const exact = divideExactly(a, b);
  if (exact !== null) return exact;
  const [x, y] = [constantOf(a), constantOf(b)];
  if (x !== null && y !== null && y !== 0) return constant(Math.floor(x / y));
  const common = commonFactor([...a.terms, ...b.terms]);
  const [of, by] = [divideExactly(a, common) ?? a, divideExactly(b, common) ?? b];
  return ofAtom({ kind: "quotient", of, by });
}

/** a % b: 0 where b divides a. */
export function remainder(a: Dim, b: Dim): Dim {
  if (divideExactly(a, b) !== null) return zero;
  const [x, y] = [constantOf(a), constantOf(b)];
  if (x !== null && y !== null && y !== 0) return constant(((x % y) + y) % y);
  return ofAtom({ kind: "remainder", of: a, by: b });
}

export function equal(a: Dim, b: Dim): boolean {
  return a.key === b.key;
}

/** The number, where no name is in it. */
export function constantOf(a: Dim): number | null {
  const [term] = a.terms;
  if (term === undefined) return 0;
  return a.terms.length === 1 && term.factors.length === 0 ? Number(term.coefficient) : null;
}

/** The name, where it is nothing but a name. */
export function nameOf(a: Dim): string | null {
  const [term] = a.terms;
  const [factor] = term?.factors ?? [];
  if (a.terms.length !== 1 || term?.factors.length !== 1 || term.coefficient !== 1n || factor?.power !== 1) return null;
  return factor.atom.kind === "name" ? factor.atom.name : null;
}

export function namesOf(a: Dim): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { factors } of a.terms) {
    for (const { atom } of factors) {
      if (atom.kind === "name") names.add(atom.name);
      else for (const name of [...namesOf(atom.of), ...namesOf(atom.by)]) names.add(name);
    }
  }
  return names;
}

/** Every atom replaced by what `by` gives for it; quotients and remainders are taken of their replaced parts by `by` itself. */
export function mapAtoms(a: Dim, by: (atom: Atom) => Dim): Dim {
  return a.terms.reduce((sum, term) => {
    const product = term.factors.reduce(
      (part, factor) => multiply(part, power(by(factor.atom), factor.power)),
      constant(term.coefficient),
    );
    return add(sum, product);
  }, zero);
}

/** Names replaced by dimensions; those that `by` does not know stay. */
export function substitute(a: Dim, by: (name: string) => Dim | undefined): Dim {
  return mapAtoms(a, (atom) => {
    switch (atom.kind) {
      case "name":
        return by(atom.name) ?? ofAtom(atom);
      case "quotient":
        return quotient(substitute(atom.of, by), substitute(atom.by, by));
      case "remainder":
        return remainder(substitute(atom.of, by), substitute(atom.by, by));
    }
  });
}

/** The number under a valuation; null where a name has none. A quotient is rounded down. */
export function evaluate(a: Dim, valuation: Valuation): number | null {
  const value = substitute(a, (name) => {
    const known = valuation.get(name);
    return known === undefined ? undefined : constant(known);
  });
  return constantOf(value);
}

export function coefficients(a: Dim): readonly bigint[] {
  return a.terms.map((term) => term.coefficient);
}

export function ofAtom(atom: Atom): Dim {
  const key = atomKey(atom);
  return fromTerms([{ coefficient: 1n, factors: [{ atom, power: 1, key }], key }]);
}

function atomKey(atom: Atom): string {
  return atom.kind === "name" ? atom.name : `(${atom.of.key} ${atom.kind === "quotient" ? "//" : "%"} ${atom.by.key})`;
}

function fromTerms(terms: readonly Term[]): Dim {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const before = byKey.get(term.key);
    byKey.set(term.key, before === undefined ? term : { ...term, coefficient: before.coefficient + term.coefficient });
  }
  const kept = [...byKey.values()].filter((term) => term.coefficient !== 0n).sort(compareTerms);
  const key = kept
    .map((term) => (term.key === "" ? `${term.coefficient}` : `${term.coefficient}·${term.key}`))
    .join("+");
  return { terms: kept, key: key === "" ? "0" : key };
}

/** Higher degree first, then by the powers of atoms in order (graded lexicographic): a monomial order, as division needs. */
function compareTerms(a: Term, b: Term): number {
  const degree = (term: Term) => term.factors.reduce((sum, factor) => sum + factor.power, 0);
  const difference = degree(b) - degree(a);
  if (difference !== 0) return difference;
  const keys = [...new Set([...a.factors, ...b.factors].map((factor) => factor.key))].sort();
  for (const key of keys) {
    const [p, q] = [powerOf(a, key), powerOf(b, key)];
    if (p !== q) return q - p;
  }
  return 0;
}

function powerOf(term: Term, key: string): number {
  return term.factors.find((factor) => factor.key === key)?.power ?? 0;
}

function product(coefficient: bigint, factors: readonly Factor[]): Term {
  const sorted = factors
    .filter((factor) => factor.power > 0)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const key = sorted.map((factor) => (factor.power === 1 ? factor.key : `${factor.key}^${factor.power}`)).join("·");
  return { coefficient, factors: sorted, key };
}

function multiplyTerms(a: Term, b: Term): Term {
  const own = a.factors.map((factor) => ({ ...factor, power: factor.power + powerOf(b, factor.key) }));
  const others = b.factors.filter((factor) => powerOf(a, factor.key) === 0);
  return product(a.coefficient * b.coefficient, [...own, ...others]);
}

function divideTerm(a: Term, b: Term): Dim | null {
  if (a.coefficient % b.coefficient !== 0n) return null;
  if (b.factors.some((factor) => powerOf(a, factor.key) < factor.power)) return null;
  const factors = a.factors.map((factor) => ({ ...factor, power: factor.power - powerOf(b, factor.key) }));
  return fromTerms([product(a.coefficient / b.coefficient, factors)]);
}

/** The greatest monomial that divides all terms. */
function commonFactor(terms: readonly Term[]): Dim {
  const [first, ...rest] = terms;
  if (first === undefined) return constant(1);
  let coefficient = first.coefficient < 0n ? -first.coefficient : first.coefficient;
  let factors = first.factors;
  for (const term of rest) {
    coefficient = greatestDivisor(coefficient, term.coefficient < 0n ? -term.coefficient : term.coefficient);
    factors = factors.map((factor) => ({ ...factor, power: Math.min(factor.power, powerOf(term, factor.key)) }));
  }
  return fromTerms([product(coefficient, factors)]);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
