/**
 * What is known about dimensions (`where D % H == 0, S <= T`), as rewrites to a normal form and as lower bounds.
 *
 * `a % b == 0` with a name a rewrites a to b · «a // b», a fresh name, everywhere: then b · (a // b) and a have one
 * normal form. `K = D // H` rewrites K to its definition. The checker may refuse what is equal, never accept what is not.
 */
import {
  add,
  coefficients,
  constant,
  type Dim,
  divideExactly,
  equal,
  evaluate,
  mapAtoms,
  multiply,
  named,
  nameOf,
  namesOf,
  ofAtom,
  quotient,
  remainder,
  substitute,
  subtract,
  type Valuation,
} from "./dim.ts";

export type DimFacts = {
  /** In the order they became known. */
  readonly rewrites: ReadonlyMap<string, Dim>;
  /** Fresh names «a // b» and what they stand for. */
  readonly quotients: ReadonlyMap<string, { readonly of: Dim; readonly by: Dim }>;
  /** Each is at least 0. */
  readonly bounds: readonly Dim[];
  /** Names that may be less than 1: whole numbers that are no sizes. */
  readonly unbounded: ReadonlySet<string>;
};

export const noFacts: DimFacts = { rewrites: new Map(), quotients: new Map(), bounds: [], unbounded: new Set() };

/** The form in which equal dimensions are the same. */
export function normalise(dim: Dim, facts: DimFacts): Dim {
  return mapAtoms(dim, (atom) => {
    switch (atom.kind) {
      case "name": {
        const to = facts.rewrites.get(atom.name);
        return to === undefined ? ofAtom(atom) : normalise(to, facts);
      }
      case "quotient":
        return quotient(normalise(atom.of, facts), normalise(atom.by, facts));
      case "remainder":
        return remainder(normalise(atom.of, facts), normalise(atom.by, facts));
    }
  });
}

export function provablyEqual(a: Dim, b: Dim, facts: DimFacts): boolean {
  return equal(a, b) || equal(normalise(a, facts), normalise(b, facts));
}

/** `name = value`, as `K = D // H` among the members of a layer. */
export function define(facts: DimFacts, name: string, value: Dim): DimFacts {
  if (facts.rewrites.has(name) || namesOf(normalise(value, facts)).has(name)) return facts;
  return { ...facts, rewrites: new Map([...facts.rewrites, [name, value]]) };
}

/** `of % by == 0`. */
export function assumeDivides(facts: DimFacts, of: Dim, by: Dim): DimFacts {
  const name = nameOf(normalise(of, facts));
  const divisor = normalise(by, facts);
  if (name === null || namesOf(divisor).has(name) || divideExactly(named(name), divisor) !== null) return facts;
  const fresh = `«${name} // ${divisor.key}»`;
  return {
    ...facts,
    rewrites: new Map([...facts.rewrites, [name, multiply(divisor, named(fresh))]]),
    quotients: new Map([...facts.quotients, [fresh, { of, by }]]),
  };
}

/** `a == b`: a name on either side is rewritten to the other. */
export function assumeEqual(facts: DimFacts, a: Dim, b: Dim): DimFacts {
  const [left, right] = [normalise(a, facts), normalise(b, facts)];
  if (equal(left, right)) return facts;
  for (const [name, value] of [
    [nameOf(left), right],
    [nameOf(right), left],
  ] as const) {
    if (name !== null && !namesOf(value).has(name) && !facts.quotients.has(name)) return define(facts, name, value);
  }
  return facts;
}

/** `small <= large`. */
export function assumeAtMost(facts: DimFacts, small: Dim, large: Dim): DimFacts {
  return { ...facts, bounds: [...facts.bounds, subtract(large, small)] };
}

/** Sizes are at least 1; a name declared as a whole number may be anything. */
export function assumeUnbounded(facts: DimFacts, name: string): DimFacts {
  return { ...facts, unbounded: new Set([...facts.unbounded, name]) };
}

/** Whether `dim >= 0` follows from the bounds, at most two of them at a time, and from sizes being at least 1. */
export function provablyAtLeastZero(dim: Dim, facts: DimFacts): boolean {
  const goal = normalise(dim, facts);
  const bounds = facts.bounds.map((bound) => normalise(bound, facts));
  const candidates = [goal, ...bounds.map((bound) => subtract(goal, bound))];
  for (const [i, a] of bounds.entries()) {
    for (const b of bounds.slice(i)) candidates.push(subtract(subtract(goal, a), b));
  }
  return candidates.some((candidate) => evidentlyAtLeastZero(candidate, facts));
}

export function provablyAtMost(small: Dim, large: Dim, facts: DimFacts): boolean {
  return provablyAtLeastZero(subtract(large, small), facts);
}

/** Each name written as 1 more than a number that is at least 0: then no coefficient may be negative. */
function evidentlyAtLeastZero(dim: Dim, facts: DimFacts): boolean {
  for (const name of namesOf(dim)) if (facts.unbounded.has(name)) return false;
  const shifted = mapAtoms(dim, (atom) => (atom.kind === "name" ? add(ofAtom(atom), constant(1)) : ofAtom(atom)));
  return coefficients(shifted).every((coefficient) => coefficient >= 0n);
}

/** `a // b` where it is exact under the facts, as it would be written in the names that are in scope; else null. */
export function exactQuotient(a: Dim, b: Dim, facts: DimFacts): Dim | null {
  const plain = divideExactly(a, b);
  if (plain !== null) return plain;
  const result = divideExactly(normalise(a, facts), normalise(b, facts));
  return result === null ? null : restore(result, facts);
}

/** A normal form in the names a program uses: `K` or `D // H` for «D // H», `D` for H · «D // H». */
function restore(dim: Dim, facts: DimFacts): Dim {
  for (const name of facts.rewrites.keys()) if (equal(normalise(named(name), facts), dim)) return named(name);
  return substitute(dim, (name) => {
    const parts = facts.quotients.get(name);
    if (parts === undefined) return undefined;
    for (const [alias] of facts.rewrites) if (equal(normalise(named(alias), facts), named(name))) return named(alias);
    return quotient(parts.of, parts.by);
  });
}

/** The smallest sizes, under the facts, for which two dimensions differ; null where none was found among small ones. */
export function tellApart(a: Dim, b: Dim, facts: DimFacts): Valuation | null {
  const [left, right] = [normalise(a, facts), normalise(b, facts)];
  const free = [...new Set([...namesOf(left), ...namesOf(right)])];
  if (free.length === 0 || free.length > 4) return null;
  const most = 3;
  for (let code = 0; code < most ** free.length; code++) {
    const valuation = new Map(free.map((name, i) => [name, 1 + (Math.floor(code / most ** i) % most)]));
    const [x, y] = [evaluate(left, valuation), evaluate(right, valuation)];
    if (x !== null && y !== null && x !== y) return valuation;
  }
  return null;
}
