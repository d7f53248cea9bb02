/** `rearrange` on numbered elements against the definition: element (b, t, n, h, k) is where the right side puts it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rearrange } from "../../../src/3-lower/einops.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import { evaluateGraph } from "../../../src/ir/rules/evaluate.ts";
import { type Tensor, tensor } from "../../../src/ir/rules/tensor.ts";
import { elementCount, tensorType } from "../../../src/ir/types.ts";

function run(shape: readonly number[], pattern: string, sizes: Readonly<Record<string, number>> = {}): Tensor {
  const graph = new GraphBuilder("test", []);
  const x = graph.input("x", tensorType("f32", shape));
  graph.output("y", rearrange(graph, x, pattern, new Map(Object.entries(sizes))));
  const numbers = Array.from({ length: elementCount(shape) }, (_, i) => i);
  const given = { inputs: { x: tensor("f32", shape, numbers) }, persistents: new Map() };
  return evaluateGraph(graph.finish(), given).outputs.y!;
}

describe("rearrange", () => {
  it("splits the heads of q, k and v", () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(size, size, size, size, size, (B, T, N, H, K) => {
        const y = run([B, T, N * H * K], "b t (n h k) -> n b h t k", { n: N, h: H });
        expect(y.shape).toEqual([N, B, H, T, K]);
        let at = 0;
        for (let n = 0; n < N; n++)
          for (let b = 0; b < B; b++)
            for (let h = 0; h < H; h++)
              for (let t = 0; t < T; t++)
                for (let k = 0; k < K; k++) expect(y.data[at++]).toBe((((b * T + t) * N + n) * H + h) * K + k);
      }),
    );
  });

  it("merges what it split", () => {
    const size = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const x = run([a, b * c], "a (b c) -> c a b", { b });
        expect(x.shape).toEqual([c, a, b]);
        const graph = new GraphBuilder("test", []);
        const input = graph.input("x", tensorType("f32", x.shape));
        graph.output("y", rearrange(graph, input, "c a b -> a (b c)", new Map()));
        const { y } = evaluateGraph(graph.finish(), { inputs: { x }, persistents: new Map() }).outputs;
        expect([...y!.data]).toEqual(Array.from({ length: a * b * c }, (_, i) => i));
      }),
    );
  });

  it("takes `...` on both sides", () => {
    expect(run([2, 3, 4, 6], "... (a b) -> ... b a", { a: 2 }).shape).toEqual([2, 3, 4, 3, 2]);
    expect(run([2, 3, 4], "... d -> d ...").shape).toEqual([4, 2, 3]);
    expect(run([2, 3, 4], "... d -> (... d)").shape).toEqual([24]);
  });

  it("takes axes of size 1", () => {
    expect(run([2, 3], "a b -> a 1 b").shape).toEqual([2, 1, 3]);
    expect(run([2, 1, 3], "a 1 b -> b a").shape).toEqual([3, 2]);
  });

  it("makes no value where nothing moves", () => {
    const graph = new GraphBuilder("test", []);
    const x = graph.input("x", tensorType("f32", [2, 3]));
    expect(rearrange(graph, x, "a b -> a b", new Map())).toBe(x);
  });

  it("refuses a size that does not divide", () => {
    expect(() => run([2, 7], "a (b c) -> a b c", { b: 2 })).toThrow(/7/);
  });
});
