/** A program from a stranger: each promise broken in turn, and the numbers JSON lacks. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../../src/ir/graph/builder.ts";
import type { Persistent, PersistentId } from "../../../../src/ir/graph/graph.ts";
import type { PlannedKernel, Step } from "../../../../src/ir/plan/plan.ts";
import type { Program } from "../../../../src/ir/plan/program.ts";
import { fromJson, toJson } from "../../../../src/ir/plan/program-json.ts";
import { type ProgramConstraint, programViolations } from "../../../../src/ir/plan/verify-program.ts";
import { replicated, tensorType } from "../../../../src/ir/types.ts";
import { compileGraph } from "../../../laws/on-reference.ts";

const origin = { path: "t", span: { file: "", start: 0, end: 0 } };
const tensors: readonly Persistent[] = [0, 1].map((id) => ({
  id: id as PersistentId,
  path: `t${id}`,
  role: id === 0 ? "parameter" : "state",
  type: tensorType("f32", [64]),
  trainable: true,
  sharding: replicated(1),
  origin,
}));

/** Gathers, reduces, masks with −Infinity, updates one tensor from another: all step kinds but copies between arenas. */
function program(): Program {
  const b = new GraphBuilder("g", tensors);
  const rows = b.input("rows", tensorType("i32", [16]));
  const picked = b.gather(b.persistent(0 as PersistentId), rows, 0);
  const low = b.broadcast(b.constant(Number.NEGATIVE_INFINITY, "f32"), [16], []);
  const masked = b.select(b.apply("lt", b.iota([16], 0), b.broadcast(b.constant(9, "i32"), [16], [])), picked, low);
  b.output("y", b.reduce("max", masked, [0]));
  b.update(0 as PersistentId, b.persistent(1 as PersistentId));
  return compileGraph(b.finish(), tensors).program;
}

type Dispatch = Extract<Step, { readonly kind: "dispatch" }>;

const evaluate = (made: Program, steps: (steps: readonly Step[]) => readonly Step[]): Program => ({
  ...made,
  programs: { evaluate: { ...made.programs.evaluate!, steps: steps(made.programs.evaluate!.steps) } },
});
const dispatch = (made: Program, change: (step: Dispatch) => Step): Program =>
  evaluate(made, (steps) => steps.map((step) => (step.kind === "dispatch" ? change(step) : step)));
const inside = (made: Program, change: (planned: PlannedKernel) => PlannedKernel): Program => ({
  ...made,
  kernels: made.kernels.map((kernel) =>
    kernel.code.kind === "interpreted"
      ? { ...kernel, code: { kind: "interpreted", planned: change(kernel.code.planned) } }
      : kernel,
  ),
});

const attacks: readonly (readonly [ProgramConstraint, string, (made: Program) => Program])[] = [
  [
    "R1",
    "a tensor beyond its buffer",
    (p) => ({ ...p, tensors: p.tensors.map((t) => ({ ...t, region: { ...t.region, offset: 2 ** 30 } })) }),
  ],
  [
    "R1",
    "a negative offset",
    (p) => dispatch(p, (s) => ({ ...s, regions: s.regions.map((r) => ({ ...r, offset: -256 })) })),
  ],
  [
    "R1",
    "a buffer that is not there",
    (p) => dispatch(p, (s) => ({ ...s, regions: s.regions.map((r) => ({ ...r, buffer: 99 })) })),
  ],
  [
    "R1",
    "a fraction of a word",
    (p) => dispatch(p, (s) => ({ ...s, regions: s.regions.map((r) => ({ ...r, offset: 0.5 })) })),
  ],
  [
    "R2",
    "a tensor larger than its region",
    (p) => ({ ...p, tensors: p.tensors.map((t) => ({ ...t, type: tensorType("f32", [65]) })) }),
  ],
  ["R3", "a kernel that is not there", (p) => dispatch(p, (s) => ({ ...s, kernel: 7 }))],
  ["R3", "a slot too few", (p) => dispatch(p, (s) => ({ ...s, regions: s.regions.slice(1) }))],
  ["R3", "all slots at one place", (p) => dispatch(p, (s) => ({ ...s, regions: s.regions.map(() => s.regions[0]!) }))],
  [
    "R4",
    "an input that is larger than its region",
    (p) => ({
      ...p,
      programs: { evaluate: { ...p.programs.evaluate!, inputs: [{ name: "rows", type: tensorType("i32", [999]) }] } },
    }),
  ],
  [
    "R4",
    "an output uploaded twice",
    (p) => evaluate(p, (steps) => [...steps.filter((s) => s.kind === "upload"), ...steps]),
  ],
  [
    "R5",
    "a copy inside one buffer",
    (p) => evaluate(p, (steps) => steps.map((s) => (s.kind === "copy" ? { ...s, to: s.from } : s))),
  ],
  [
    "R6",
    "a read beyond its tensor",
    (p) =>
      inside(p, (k) => ({
        ...k,
        kernel: { ...k.kernel, domain: k.kernel.domain, reduce: k.kernel.reduce.map((n) => n * 2) },
      })),
  ],
  [
    "R6",
    "a tensor said to be larger",
    (p) => inside(p, (k) => ({ ...k, reads: k.reads.map((r) => ({ ...r, offset: 1000 })) })),
  ],
  [
    "R6",
    "a node that uses itself",
    (p) =>
      inside(p, (k) => ({
        ...k,
        kernel: { ...k.kernel, body: k.kernel.body.map((n) => ({ ...n, op: { kind: "cast", of: n.id } })) },
      })),
  ],
  [
    "R6",
    "a slot written that is only read",
    (p) => inside(p, (k) => ({ ...k, slots: k.slots.map(() => ({ access: "read" })) })),
  ],
  ["R7", "an endless kernel", (p) => inside(p, (k) => ({ ...k, kernel: { ...k.kernel, domain: [2 ** 30, 2 ** 30] } }))],
  ["R7", "more memory than there is", (p) => ({ ...p, buffers: p.buffers.map((b) => ({ ...b, bytes: 2 ** 50 })) })],
  ["R7", "code for another target", (p) => ({ ...p, target: "wgsl" })],
];

describe("a program from a stranger", () => {
  it.each(attacks)("is refused by %s: %s", (constraint, _what, attack) => {
    const found = programViolations(attack(program())).map((violation) => violation.constraint);
    expect(found).toContain(constraint);
  });

  it("passes as it was made", () => {
    expect(programViolations(program())).toEqual([]);
  });
});

describe("program.json", () => {
  it("keeps infinities and −0", () => {
    const made = program();
    const text = JSON.stringify(made, toJson);
    expect(text).toContain('{"number":"-Infinity"}');
    expect(JSON.parse(text, fromJson)).toEqual(made);
    expect(Object.is(JSON.parse(JSON.stringify(-0, toJson), fromJson), -0)).toBe(true);
  });
});
