/** The kernel verifier on kernels that break each constraint in turn, and what it can prove. */
import { describe, expect, it } from "vitest";
import { fuse } from "../../../../src/6-optimize/fuse.ts";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { ValueId } from "../../../../src/ir/graph/graph.ts";
import { axisIndex, constantIndex } from "../../../../src/ir/kernel/index-expr.ts";
import type { Kernel, KernelGraph, NodeId, ScalarNode } from "../../../../src/ir/kernel/kernel.ts";
import {
  type KernelConstraint,
  kernelGraphViolations,
  kernelViolations,
  verifyKernelGraph,
} from "../../../../src/ir/kernel/verify-kernel.ts";
import { referenceProfile } from "../../../../src/ir/plan/profile.ts";
import { tensorType } from "../../../../src/ir/types.ts";

/** Σ_k exp x[i, k], and a map that reads it. */
function graph(): KernelGraph {
  const b = new GraphBuilder("g", []);
  const x = b.input("x", tensorType("f32", [6, 4]));
  const sums = b.reduce("sum", b.apply("exp", x), [1]);
  b.output("sums", sums);
  b.output("shifted", b.apply("tanh", b.pad(sums, [1], [0], 0)));
  return fuse(b.finish(), [], referenceProfile);
}

const row = (): Kernel => graph().kernels.find(({ family }) => family === "row")!;

function changed(kernel: Kernel, id: number, change: (node: ScalarNode) => ScalarNode): Kernel {
  return { ...kernel, body: kernel.body.map((node) => (node.id === id ? change(node) : node)) };
}

const broken: readonly (readonly [KernelConstraint, string, (kernel: Kernel) => Kernel])[] = [
  ["K1", "a node under another id", (k) => changed(k, 1, (node) => ({ ...node, id: 5 as NodeId }))],
  [
    "K1",
    "a node that uses a later one",
    (k) => changed(k, 0, (n) => ({ ...n, op: { kind: "cast", of: 2 as NodeId } })),
  ],
  [
    "K1",
    "an axis that is not there",
    (k) => ({ ...k, reads: k.reads.map((r) => ({ ...r, index: [axisIndex(0), axisIndex(7)] })) }),
  ],
  ["K1", "an index too few", (k) => ({ ...k, reads: k.reads.map((r) => ({ ...r, index: r.index.slice(1) })) })],
  ["K1", "an axis of nothing", (k) => ({ ...k, domain: [0] })],
  ["K2", "a map that reduces", (k) => ({ ...k, family: "map" })],
  ["K3", "an inner node said to be of the domain", (k) => changed(k, 1, (node) => ({ ...node, scope: "domain" }))],
  ["K3", "a reduction of the domain", (k) => changed(k, 2, (node) => ({ ...node, scope: "inner" }))],
  ["K4", "exp of an integer", (k) => changed(k, 1, (node) => ({ ...node, dtype: "i32" }))],
  [
    "K4",
    "a result of another dtype",
    (k) => ({ ...k, writes: k.writes.map((w) => ({ ...w, type: tensorType("i32", [6]) })) }),
  ],
  ["K5", "a read one beyond", (k) => ({ ...k, domain: [7] })],
  [
    "K5",
    "a write one beyond",
    (k) => ({ ...k, writes: k.writes.map((w) => ({ ...w, type: tensorType("f32", [5]) })) }),
  ],
  [
    "K6",
    "a result that each point overwrites",
    (k) => ({ ...k, writes: k.writes.map((w) => ({ ...w, index: [constantIndex(0)] })) }),
  ],
];

describe("the kernel verifier", () => {
  it("is content with what fusion makes", () => {
    expect(kernelGraphViolations(graph())).toEqual([]);
  });

  it.each(broken)("finds %s: %s", (constraint, _what, change) => {
    expect(kernelViolations(change(row())).map((violation) => violation.constraint)).toContain(constraint);
  });

  it("finds K7 where a kernel comes before the one it reads from", () => {
    const { kernels, ...rest } = graph();
    const found = kernelGraphViolations({ ...rest, kernels: kernels.toReversed() });
    expect(found.map(({ constraint }) => constraint)).toContain("K7");
  });

  it("finds K8 where two kernels make one value", () => {
    const { kernels, ...rest } = graph();
    const found = kernelGraphViolations({ ...rest, kernels: [...kernels, kernels[0]!] });
    expect(found.map(({ constraint }) => constraint)).toContain("K8");
  });

  it("names the constraint and shows the kernel", () => {
    const { kernels, ...rest } = graph();
    const bad = { ...kernels[0]!, domain: [70] };
    expect(() => verifyKernelGraph({ ...rest, kernels: [bad] })).toThrow(
      /after fuse, program g is broken:\nK5: v\d+.*runs/,
    );
  });

  it("accepts an index behind a guard that bounds it", () => {
    const kernel: Kernel = {
      family: "map",
      domain: [10],
      reduce: [],
      body: [{ id: 0 as NodeId, dtype: "f32", scope: "domain", op: { kind: "read", read: 0 } }],
      reads: [
        {
          value: 0 as ValueId,
          type: tensorType("f32", [4]),
          index: [{ kind: "add", left: axisIndex(0), right: constantIndex(-3) }],
          guard: [{ expr: axisIndex(0), from: 3, to: 7 }],
        },
      ],
      writes: [{ value: 1 as ValueId, type: tensorType("f32", [10]), node: 0 as NodeId, index: [axisIndex(0)] }],
      cost: { flops: 0, bytes: 0 },
      why: "",
    };
    expect(kernelViolations(kernel)).toEqual([]);
    const loose = { ...kernel.reads[0]!, guard: [{ expr: axisIndex(0), from: 2, to: 7 }] };
    expect(kernelViolations({ ...kernel, reads: [loose] }).map(({ constraint }) => constraint)).toEqual(["K5"]);
  });
});
