/** `@` on random shapes against the sums written out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { einsum, matmul } from "../../../src/3-lower/elaborate/matmul.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { fill, reader, type Tensor } from "../../../src/ir/rules/tensor.ts";
import { tensorType } from "../../../src/ir/types.ts";

const size = fc.integer({ min: 1, max: 4 });
const numbered = (shape: readonly number[], seed: number): Tensor =>
  fill(tensorType("f32", shape), (_, position) => Math.sin(1 + position * 1.7 + seed));

function product(a: Tensor, b: Tensor): Tensor {
  const graph = new GraphBuilder("test", []);
  const left = graph.input("a", tensorType("f32", a.shape));
  const right = graph.input("b", tensorType("f32", b.shape));
  graph.output("c", matmul(graph, left, right));
  return evaluateGraph(graph.finish(), { inputs: { a, b }, persistents: new Map() }).outputs.c!;
}

describe("@", () => {
  it("stretches missing and size-1 leading axes", () => {
    /** Sizes of a leading axis on the left, on the right; 0 and below: the axis and those before it are missing. */
    const lead = fc.array(fc.tuple(size, fc.boolean(), fc.boolean()), { maxLength: 3 });
    fc.assert(
      fc.property(
        lead,
        size,
        size,
        size,
        fc.nat(3),
        fc.nat(3),
        fc.nat(),
        (axes, M, K, N, skipLeft, skipRight, seed) => {
          const out = axes.map(([n]) => n);
          const leftLead = axes.map(([n, one]) => (one ? 1 : n)).slice(skipLeft);
          const rightLead = axes.map(([n, , one]) => (one ? 1 : n)).slice(skipRight);
          const a = numbered([...leftLead, M, K], seed);
          const b = numbered([...rightLead, K, N], seed + 1);
          const c = product(a, b);
          const [atA, atB] = [reader(a), reader(b)];
          const stretched = axes.map(([n, left, right], i) =>
            (left || i < skipLeft) && (right || i < skipRight) ? 1 : n,
          );
          const rank = Math.max(leftLead.length, rightLead.length);
          expect(c.shape).toEqual([...stretched.slice(out.length - rank), M, N]);
          const wanted = fill(tensorType("f32", c.shape), (index) => {
            const position = (shape: readonly number[]) => {
              const own = index.slice(index.length - 2 - (shape.length - 2), -2);
              return own.map((i, axis) => (shape[axis] === 1 ? 0 : i));
            };
            let sum = 0;
            for (let k = 0; k < K; k++) {
              sum += atA([...position(a.shape), index.at(-2)!, k]) * atB([...position(b.shape), k, index.at(-1)!]);
            }
            return sum;
          });
          c.data.forEach((x, i) => {
            expect(x).toBeCloseTo(wanted.data[i]!, 10);
          });
        },
      ),
    );
  });

  it("takes vectors on either side", () => {
    expect(product(numbered([3], 0), numbered([3, 2], 1)).shape).toEqual([2]);
    expect(product(numbered([4, 3], 0), numbered([3], 1)).shape).toEqual([4]);
    expect(product(numbered([5, 4, 3], 0), numbered([3], 1)).shape).toEqual([5, 4]);
    const [a, b] = [numbered([3], 0), numbered([3], 1)];
    const dot = a.data[0]! * b.data[0]! + a.data[1]! * b.data[1]! + a.data[2]! * b.data[2]!;
    expect(product(a, b).data[0]).toBeCloseTo(dot, 12);
  });
});

describe("einsum", () => {
  it("is the product, transposed", () => {
    const graph = new GraphBuilder("test", []);
    const [a, b] = [numbered([2, 3], 0), numbered([3, 4], 1)];
    const left = graph.input("a", tensorType("f32", a.shape));
    const right = graph.input("b", tensorType("f32", b.shape));
    graph.output("c", einsum(graph, "row k, k col -> col row", [left, right]));
    const { c } = evaluateGraph(graph.finish(), { inputs: { a, b }, persistents: new Map() }).outputs;
    const plain = reader(product(a, b));
    const wanted = fill(tensorType("f32", [4, 2]), ([i, j]) => plain([j!, i!]));
    expect([...c!.data]).toEqual([...wanted.data]);
  });

  it("sums what only one operand has", () => {
    const graph = new GraphBuilder("test", []);
    const a = numbered([2, 3], 0);
    const left = graph.input("a", tensorType("f32", a.shape));
    graph.output("c", einsum(graph, "i j -> j", [left]));
    const { c } = evaluateGraph(graph.finish(), { inputs: { a }, persistents: new Map() }).outputs;
    expect(c!.data[1]).toBeCloseTo(a.data[1]! + a.data[4]!, 12);
  });
});
