/** The generators reach what they claim to: every op, every scalar function, depth, and numbers that stay tame. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { OpKind } from "../../src/ir/graph/graph.ts";
import { operandsOf } from "../../src/ir/graph/operands.ts";
import { evaluateGraph } from "../../src/ir/rules/evaluate.ts";
import { scalarFunctions } from "../../src/ir/rules/scalar-functions.ts";
import { graphs } from "./generators/graphs.ts";

/** Random graphs have none of the ops that no kernel runs yet. */
const expected: { readonly [K in OpKind]: boolean } = {
  constant: true,
  input: true,
  persistent: true,
  iota: true,
  random: true,
  apply: true,
  select: true,
  cast: true,
  bits: true,
  reshape: true,
  transpose: true,
  broadcast: true,
  slice: true,
  dynamicSlice: true,
  dynamicUpdate: true,
  pad: true,
  concat: true,
  reduce: true,
  argReduce: true,
  topK: true,
  cumulative: true,
  contract: true,
  gather: true,
  scatter: true,
  stopGradient: true,
  encode: false,
  decode: false,
  allReduce: false,
  allGather: false,
  reduceScatter: false,
  send: false,
  receive: false,
};

test("2,000 graphs hold every op and every scalar function, and grow deep", () => {
  const kinds = new Map<string, number>();
  const functions = new Map<string, number>();
  let deepest = 0;
  for (const { graph } of fc.sample(graphs(), { numRuns: 2000, seed: 7 })) {
    const depth: number[] = [];
    for (const { op } of graph.values) {
      depth.push(1 + Math.max(0, ...operandsOf(op).map((operand) => depth[operand]!)));
      kinds.set(op.kind, (kinds.get(op.kind) ?? 0) + 1);
      if (op.kind === "apply") functions.set(op.fn, (functions.get(op.fn) ?? 0) + 1);
    }
    deepest = Math.max(deepest, ...depth);
  }
  for (const [kind, occurs] of Object.entries(expected)) {
    expect(`${kind} ${(kinds.get(kind) ?? 0) > 50}`).toBe(`${kind} ${occurs}`);
  }
  for (const fn of Object.keys(scalarFunctions)) {
    expect(`${fn} ${(functions.get(fn) ?? 0) > 50}`).toBe(`${fn} true`);
  }
  expect(deepest).toBeGreaterThan(12);
});

test("numbers are finite, and exact where no tolerance is given", () => {
  fc.assert(
    fc.property(graphs(), ({ graph, given, tolerance }) => {
      const { outputs } = evaluateGraph(graph, given);
      for (const [name, { dtype, data }] of Object.entries(outputs)) {
        if (dtype !== "f32") continue;
        expect([...data].every(Number.isFinite)).toBe(true);
        if (tolerance[name] === 0) expect([...data].map(Math.fround)).toEqual([...data]);
      }
    }),
    { numRuns: 1000 },
  );
});
