/** deduplicate, remove-dead, decompose, split-reductions and their sequence. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decompose } from "../../../src/6-optimize/decompose.ts";
import { deduplicate } from "../../../src/6-optimize/deduplicate.ts";
import { graphPasses, optimizeGraph } from "../../../src/6-optimize/optimize.ts";
import { removeDead } from "../../../src/6-optimize/remove-dead.ts";
import { splitReductions } from "../../../src/6-optimize/split-reductions.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Graph, OpKind, ValueId } from "../../../src/ir/graph/graph.ts";
import { evaluateGraph, scalarTensor } from "../../../src/ir/rules/evaluate.ts";
import { printGraph } from "../../../src/ir/rules/print.ts";
import { tensor } from "../../../src/ir/rules/tensor.ts";
import { elementCount, tensorType } from "../../../src/ir/types.ts";
import { graphs } from "../../laws/generators/graphs.ts";

const f32 = (...shape: readonly number[]) => tensorType("f32", shape);
const kindsOf = (graph: Graph): readonly OpKind[] => graph.values.map(({ op }) => op.kind);

describe("deduplicate", () => {
  test("joins equal values, in either order of a commutative function, and keeps the first origin", () => {
    const b = new GraphBuilder("test", []);
    const [x, y] = [b.input("x", f32(2)), b.input("y", f32(2))];
    const at = (path: string, build: () => ValueId) => b.at({ path, span: { file: "", start: 0, end: 0 } }, build);
    const first = at("first", () => b.apply("add", x, y));
    const second = at("second", () => b.apply("add", y, x));
    b.output("result", b.apply("sub", b.apply("exp", first), b.apply("exp", second)));
    expect(printGraph(deduplicate.run(b.finish(), []), [])).toContain(
      "  %2: f32[2] = add %0, %1   # first\n  %3: f32[2] = exp %2\n  %4: f32[2] = sub %3, %3\n",
    );
  });

  test("keeps apart what differs in type, order, −0 and infinity", () => {
    const b = new GraphBuilder("test", []);
    const x = b.input("x", f32(2, 3));
    for (const [i, value] of [0, -0, Infinity, -Infinity].entries()) {
      b.output(`pad ${i}`, b.pad(x, [1, 0], [0, 0], value));
    }
    b.output("two", b.apply("sub", b.reshape(x, [6]), b.reshape(x, [6])));
    b.output("other", b.reshape(x, [3, 2]));
    const after = deduplicate.run(b.finish(), []);
    expect(kindsOf(after).filter((kind) => kind === "pad")).toHaveLength(4);
    expect(kindsOf(after).filter((kind) => kind === "reshape")).toHaveLength(2);
  });

  test("random numbers of one stream are one value, of two streams are two", () => {
    const b = new GraphBuilder("test", []);
    const [seed, step] = [b.input("seed", tensorType("u32", [])), b.input("step", tensorType("i32", []))];
    for (const [i, stream] of [5, 5, 6].entries()) {
      b.output(`${i}`, b.random("uniform", f32(4), stream, seed, step, null));
    }
    expect(kindsOf(deduplicate.run(b.finish(), [])).filter((kind) => kind === "random")).toHaveLength(2);
  });
});

describe("remove-dead", () => {
  test("takes inputs along that nobody reads", () => {
    const b = new GraphBuilder("test", []);
    const [x, y] = [b.input("x", f32(2)), b.input("y", f32(2))];
    b.apply("exp", y);
    b.output("result", b.apply("neg", x));
    const after = removeDead.run(b.finish(), []);
    expect(after.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(kindsOf(after)).toEqual(["input", "apply"]);
  });
});

describe("decompose", () => {
  const kernelKinds: ReadonlySet<OpKind> = new Set<OpKind>([
    "constant",
    "input",
    "persistent",
    "iota",
    "random",
    "apply",
    "select",
    "cast",
    "bits",
    "reshape",
    "transpose",
    "broadcast",
    "slice",
    "dynamicSlice",
    "pad",
    "concat",
    "reduce",
    "contract",
    "gather",
  ]);

  test("leaves only ops that kernels are made of", () => {
    fc.assert(
      fc.property(graphs(), ({ graph, tensors }) => {
        expect(kindsOf(optimizeGraph(graph, tensors, false)).filter((kind) => !kernelKinds.has(kind))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("collectives on one device are nothing", () => {
    const b = new GraphBuilder("test", []);
    b.output("x", b.send(b.allReduce("sum", b.input("x", f32(2)), "dp"), 1, "pp"));
    expect(kindsOf(removeDead.run(decompose.run(b.finish(), []), []))).toEqual(["input"]);
  });

  test("topK of numbers that are all −∞ takes the first places", () => {
    const b = new GraphBuilder("test", []);
    const x = b.input("x", f32(4));
    b.output("values", b.topK(x, 2, "values"));
    b.output("indices", b.topK(x, 2, "indices"));
    b.output("first", b.argReduce("max", x, 0));
    const inputs = { x: tensor("f32", [4], [-Infinity, -Infinity, -Infinity, -Infinity]) };
    const { outputs } = evaluateGraph(decompose.run(b.finish(), []), { inputs, persistents: new Map() });
    expect([...outputs.values!.data]).toEqual([-Infinity, -Infinity]);
    expect([...outputs.indices!.data]).toEqual([0, 1]);
    expect(outputs.first!.data[0]).toBe(0);
  });

  test("scatter is deterministic, and infinities stay in their rows", () => {
    const b = new GraphBuilder("test", []);
    const into = b.input("into", f32(3));
    b.output("sum", b.scatter("add", into, b.input("i", tensorType("i32", [2])), b.input("u", f32(2)), 0));
    const given = {
      into: tensor("f32", [3], [1, 2, 3]),
      i: tensor("i32", [2], [2, 2]),
      u: tensor("f32", [2], [Infinity, 1]),
    };
    const { outputs } = evaluateGraph(decompose.run(b.finish(), []), { inputs: given, persistents: new Map() });
    expect([...outputs.sum!.data]).toEqual([1, 2, Infinity]);
  });

  test("a window at a start that only the host knows", () => {
    const b = new GraphBuilder("test", []);
    const start = b.input("start", tensorType("i32", []));
    b.output("x", b.dynamicUpdate(b.input("x", f32(5)), b.input("w", f32(2)), [start]));
    const after = decompose.run(b.finish(), []);
    for (const [at, expected] of [
      [-4, [8, 9, 0, 0, 0]],
      [2, [0, 0, 8, 9, 0]],
      [7, [0, 0, 0, 8, 9]],
    ] as const) {
      const inputs = {
        start: scalarTensor("i32", at),
        x: tensor("f32", [5], [0, 0, 0, 0, 0]),
        w: tensor("f32", [2], [8, 9]),
      };
      expect([...evaluateGraph(after, { inputs, persistents: new Map() }).outputs.x!.data]).toEqual(expected);
    }
  });
});

describe("split-reductions", () => {
  const sums = (graph: Graph) => kindsOf(graph).filter((kind) => kind === "reduce").length;
  const reduceOf = (shape: readonly number[], axes: readonly number[], fn: "sum" | "max" | "min" = "sum"): Graph => {
    const b = new GraphBuilder("test", []);
    b.output("result", b.reduce(fn, b.input("x", f32(...shape)), axes));
    return b.finish();
  };

  test.each([
    ["a full one", [64, 96], [0, 1], 2],
    ["one of prime length, padded", [8191], [0], 2],
    ["one with few results", [3, 5000, 2], [1], 2],
    ["one that is short", [4095], [0], 1],
    ["one with many results", [65, 5000], [1], 1],
    ["one whose axes are apart", [100, 3, 100], [0, 2], 1],
  ] as const)("%s", (_, shape, axes, stages) => {
    expect(sums(splitReductions.run(reduceOf(shape, axes), []))).toBe(stages);
  });

  test("keep their meaning", () => {
    const shapes = fc.record({
      n: fc.integer({ min: 4096, max: 9000 }),
      before: fc.integer({ min: 1, max: 3 }),
      after: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(shapes, fc.constantFrom("sum", "max", "min"), ({ n, before, after }, fn) => {
        const shape = [before, n, after];
        // All of one sign, so that a padding of 0 would be seen; integers, whose sum has no order.
        const graph = reduceOf(shape, [1], fn);
        const x = tensor(
          "f32",
          shape,
          Array.from({ length: elementCount(shape) }, (_, i) => (fn === "max" ? -1 : 1) * (1 + ((i * 7919) % 101))),
        );
        const run = (of: Graph) => [
          ...evaluateGraph(of, { inputs: { x }, persistents: new Map() }).outputs.result!.data,
        ];
        expect(run(splitReductions.run(graph, []))).toEqual(run(graph));
      }),
      { numRuns: 15 },
    );
  });
});

describe("the sequence", () => {
  test("names every pass once, and shows the graph after each", () => {
    const b = new GraphBuilder("test", []);
    b.output("result", b.apply("neg", b.input("x", f32(2))));
    const seen: string[] = [];
    optimizeGraph(b.finish(), [], true, (pass) => seen.push(pass));
    expect(seen).toEqual(graphPasses.map(({ name }) => name));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("a pass that breaks a graph is named", () => {
    const b = new GraphBuilder("test", []);
    b.output("result", b.apply("neg", b.input("x", f32(2))));
    const graph = b.finish();
    const broken = { ...graph, values: graph.values.map((value) => ({ ...value, id: 7 as ValueId })) };
    expect(() => optimizeGraph(broken, [], true)).toThrow("after the phase before, graph test is broken:\nG1");
  });

  test("compiling twice gives the same graph", () => {
    fc.assert(
      fc.property(graphs(), ({ graph, tensors }) => {
        const text = () => printGraph(optimizeGraph(graph, tensors, false), tensors);
        expect(text()).toBe(text());
      }),
      { numRuns: 100 },
    );
  });
});
