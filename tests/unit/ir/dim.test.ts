/** Laws of dimensions: normal forms agree with the numbers they stand for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  constant,
  type Dim,
  divideExactly,
  equal,
  evaluate,
  multiply,
  named,
  negate,
  quotient,
  remainder,
  substitute,
  subtract,
  zero,
} from "../../../src/ir/dim.ts";
import {
  assumeAtMost,
  assumeDivides,
  assumeEqual,
  assumeUnbounded,
  define,
  exactQuotient,
  noFacts,
  normalise,
  provablyAtMost,
  provablyEqual,
  tellApart,
} from "../../../src/ir/dim-facts.ts";
import { formatDim } from "../../../src/ir/format-dim.ts";

const names = ["B", "T", "D", "H"] as const;
const [B, T, D, H] = [named("B"), named("T"), named("D"), named("H")];

/** A polynomial and how to compute it without it. */
type Case = { readonly dim: Dim; readonly value: (at: ReadonlyMap<string, number>) => number };

const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.integer({ min: -4, max: 4 }).map((n): Case => ({ dim: constant(n), value: () => n })),
  fc.constantFrom(...names).map((name): Case => ({ dim: named(name), value: (at) => at.get(name) ?? 0 })),
);

const { polynomial } = fc.letrec<{ polynomial: Case }>((tie) => ({
  polynomial: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.tuple(tie("polynomial"), tie("polynomial"), fc.constantFrom("+", "-", "*")).map(([a, b, op]): Case => {
      switch (op) {
        case "+":
          return { dim: add(a.dim, b.dim), value: (at) => a.value(at) + b.value(at) };
        case "-":
          return { dim: subtract(a.dim, b.dim), value: (at) => a.value(at) - b.value(at) };
        default:
          return { dim: multiply(a.dim, b.dim), value: (at) => a.value(at) * b.value(at) };
      }
    }),
  ),
}));

const sizes = fc
  .tuple(...names.map(() => fc.integer({ min: 1, max: 5 })))
  .map((values) => new Map(names.map((name, i) => [name, values[i] ?? 1])));

describe("polynomials", () => {
  it("are worth what they stand for", () => {
    fc.assert(
      fc.property(polynomial, sizes, (a, at) => {
        // `+ 0` makes 0 of −0.
        expect(evaluate(a.dim, at)).toBe(a.value(at) + 0);
      }),
    );
  });

  it("form a commutative ring", () => {
    fc.assert(
      fc.property(polynomial, polynomial, polynomial, ({ dim: a }, { dim: b }, { dim: c }) => {
        const same = (x: Dim, y: Dim) => expect(x.key).toBe(y.key);
        same(add(a, b), add(b, a));
        same(multiply(a, b), multiply(b, a));
        same(add(add(a, b), c), add(a, add(b, c)));
        same(multiply(multiply(a, b), c), multiply(a, multiply(b, c)));
        same(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
        same(add(a, negate(a)), zero);
        same(multiply(a, constant(1)), a);
        same(subtract(a, b), add(a, negate(b)));
      }),
    );
  });

  it("agree everywhere where they are equal", () => {
    fc.assert(
      fc.property(polynomial, polynomial, sizes, (a, b, at) => {
        const difference = subtract(
          multiply(add(a.dim, b.dim), add(a.dim, b.dim)),
          add(multiply(a.dim, a.dim), multiply(b.dim, b.dim)),
        );
        expect(difference.key).toBe(multiply(constant(2), multiply(a.dim, b.dim)).key);
        if (equal(a.dim, b.dim)) expect(a.value(at) + 0).toBe(b.value(at) + 0);
      }),
    );
  });

  it("divide exactly what they were multiplied by", () => {
    fc.assert(
      fc.property(polynomial, polynomial, ({ dim: a }, { dim: b }) => {
        fc.pre(b.terms.length > 0);
        const q = divideExactly(multiply(a, b), b);
        expect(q?.key).toBe(a.key);
      }),
    );
  });

  it("never divide inexactly", () => {
    fc.assert(
      fc.property(polynomial, polynomial, ({ dim: a }, { dim: b }) => {
        const q = divideExactly(a, b);
        if (q !== null) expect(multiply(q, b).key).toBe(a.key);
      }),
    );
  });

  it("substitute before or after the arithmetic", () => {
    fc.assert(
      fc.property(polynomial, polynomial, polynomial, ({ dim: a }, { dim: b }, { dim: c }) => {
        const put = (dim: Dim) => substitute(dim, (name) => (name === "D" ? c : undefined));
        expect(put(add(a, b)).key).toBe(add(put(a), put(b)).key);
        expect(put(multiply(a, b)).key).toBe(multiply(put(a), put(b)).key);
      }),
    );
  });

  it("are written as one would", () => {
    expect(formatDim(subtract(T, constant(1)))).toBe("T - 1");
    expect(formatDim(multiply(constant(4), D))).toBe("4 * D");
    expect(formatDim(multiply(D, D))).toBe("D ** 2");
    expect(formatDim(quotient(D, H))).toBe("D // H");
    expect(formatDim(multiply(constant(3), quotient(D, H)))).toBe("3 * (D // H)");
    expect(formatDim(subtract(constant(1), D))).toBe("1 - D");
    expect(formatDim(zero)).toBe("0");
  });
});

describe("quotients", () => {
  it("cancel what is common", () => {
    expect(quotient(multiply(constant(6), multiply(D, H)), multiply(constant(2), H)).key).toBe(
      multiply(constant(3), D).key,
    );
    expect(quotient(multiply(constant(3), D), multiply(constant(3), H)).key).toBe(quotient(D, H).key);
    expect(remainder(multiply(D, H), H).key).toBe(zero.key);
  });

  it("of numbers are numbers", () => {
    expect(
      evaluate(
        quotient(D, H),
        new Map([
          ["D", 384],
          ["H", 6],
        ]),
      ),
    ).toBe(64);
    expect(
      evaluate(
        remainder(D, H),
        new Map([
          ["D", 384],
          ["H", 5],
        ]),
      ),
    ).toBe(4);
  });
});

describe("facts", () => {
  const divides = assumeDivides(noFacts, D, H);

  it("`D % H == 0` makes H * (D // H) equal D, and nothing else", () => {
    expect(provablyEqual(multiply(H, quotient(D, H)), D, divides)).toBe(true);
    expect(provablyEqual(multiply(H, quotient(D, H)), D, noFacts)).toBe(false);
    expect(provablyEqual(multiply(H, quotient(D, T)), D, divides)).toBe(false);
    expect(exactQuotient(multiply(constant(3), D), multiply(constant(3), H), divides)?.key).toBe(quotient(D, H).key);
    expect(exactQuotient(D, T, divides)).toBeNull();
  });

  it("a defined name stands for its definition, and is preferred where it fits", () => {
    const facts = define(divides, "K", quotient(D, H));
    expect(provablyEqual(named("K"), quotient(D, H), facts)).toBe(true);
    expect(provablyEqual(multiply(H, named("K")), D, facts)).toBe(true);
    expect(exactQuotient(multiply(constant(3), D), multiply(constant(3), H), facts)?.key).toBe(named("K").key);
  });

  it("hold in any order", () => {
    const before = assumeDivides(define(noFacts, "K", quotient(D, H)), D, H);
    expect(provablyEqual(multiply(H, named("K")), D, before)).toBe(true);
  });

  it("that contradict or turn in a circle do no harm", () => {
    const round = assumeDivides(assumeDivides(noFacts, D, H), H, D);
    expect(provablyEqual(multiply(H, quotient(D, H)), D, round)).toBe(true);
    const selfish = define(noFacts, "D", add(D, constant(1)));
    expect(provablyEqual(D, add(D, constant(1)), selfish)).toBe(false);
  });

  it("never make equal what numbers under them tell apart", () => {
    fc.assert(
      fc.property(polynomial, polynomial, sizes, fc.integer({ min: 1, max: 4 }), ({ dim: a }, { dim: b }, at, k) => {
        const facts = define(divides, "K", quotient(D, H));
        const values = new Map([...at, ["D", (at.get("H") ?? 1) * k], ["K", k]]);
        if (provablyEqual(a, b, facts)) expect(evaluate(a, values)).toBe(evaluate(b, values));
      }),
    );
  });

  it("normal forms keep the value", () => {
    fc.assert(
      fc.property(polynomial, sizes, fc.integer({ min: 1, max: 4 }), ({ dim }, at, k) => {
        const values = new Map([...at, ["D", (at.get("H") ?? 1) * k], ["«D // 1·H»", k]]);
        expect(evaluate(normalise(dim, divides), values)).toBe(evaluate(dim, values));
      }),
    );
  });

  it("equal names are one", () => {
    expect(provablyEqual(add(B, constant(1)), add(T, constant(1)), assumeEqual(noFacts, B, T))).toBe(true);
  });

  it("bounds prove what follows and nothing more", () => {
    const facts = assumeAtMost(noFacts, T, D);
    expect(provablyAtMost(T, D, facts)).toBe(true);
    expect(provablyAtMost(T, add(D, B), facts)).toBe(true);
    expect(provablyAtMost(subtract(T, constant(1)), D, facts)).toBe(true);
    expect(provablyAtMost(D, T, facts)).toBe(false);
    expect(provablyAtMost(constant(1), T, noFacts)).toBe(true);
    expect(provablyAtMost(constant(2), T, noFacts)).toBe(false);
    expect(provablyAtMost(constant(1), named("i"), assumeUnbounded(noFacts, "i"))).toBe(false);
  });

  it("bounds are never wrong", () => {
    fc.assert(
      fc.property(polynomial, polynomial, sizes, ({ dim: a }, { dim: b }, at) => {
        const facts = assumeAtMost(noFacts, T, D);
        fc.pre((at.get("T") ?? 1) <= (at.get("D") ?? 1));
        if (provablyAtMost(a, b, facts)) expect(evaluate(a, at) ?? 0).toBeLessThanOrEqual(evaluate(b, at) ?? 0);
      }),
    );
  });

  it("sizes that tell two apart do", () => {
    fc.assert(
      fc.property(polynomial, polynomial, ({ dim: a }, { dim: b }) => {
        const at = tellApart(a, b, noFacts);
        if (at !== null) expect(evaluate(a, at)).not.toBe(evaluate(b, at));
      }),
    );
  });
});
