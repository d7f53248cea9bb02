/** Plans: in-place updates, arenas shared by programs, limits, tied tensors; and the verifier on broken plans. */
import { describe, expect, it } from "vitest";
import { fuse } from "../../../src/6-optimize/fuse.ts";
import { PlanLimitError } from "../../../src/7-plan/limit-error.ts";
import { plan } from "../../../src/7-plan/plan.ts";
import { scheduleKey } from "../../../src/7-plan/schedule.ts";
import { GraphBuilder } from "../../../src/ir/graph/builder.ts";
import type { Graph, Persistent, PersistentId, ValueId } from "../../../src/ir/graph/graph.ts";
import type { Plan, Schedule, Step } from "../../../src/ir/plan/plan.ts";
import { printPlan } from "../../../src/ir/plan/print-plan.ts";
import { type Profile, referenceProfile } from "../../../src/ir/plan/profile.ts";
import { type PlanConstraint, planViolations, verifyPlan } from "../../../src/ir/plan/verify-plan.ts";
import { tensor } from "../../../src/ir/rules/tensor.ts";
import { replicated, singleDevice, tensorType } from "../../../src/ir/types.ts";
import { referenceTarget } from "../../../src/targets/reference/target.ts";
import { compileGraph, runCompiled } from "../../laws/on-reference.ts";

const f32 = (...shape: number[]) => tensorType("f32", shape);

function persistent(id: number, role: Persistent["role"], size: number, tiedTo?: number): Persistent {
  const origin = { path: `t${id}`, span: { file: "", start: 0, end: 0 } };
  return {
    id: id as PersistentId,
    path: `t${id}`,
    role,
    type: f32(size),
    trainable: true,
    sharding: replicated(1),
    origin,
    ...(tiedTo === undefined ? {} : { tiedTo: tiedTo as PersistentId }),
  };
}

function planned(
  graphs: Readonly<Record<string, Graph>>,
  tensors: readonly Persistent[],
  profile: Profile = referenceProfile,
): Plan {
  const programs = Object.fromEntries(
    Object.entries(graphs).map(([name, graph]) => [name, fuse(graph, tensors, profile)]),
  );
  const bundle = { tensors, programs, terms: [], microSteps: 1, mesh: singleDevice };
  const result = plan(bundle, referenceTarget, profile, new Map());
  verifyPlan(result, profile);
  return result;
}

const kinds = (steps: readonly Step[]) => steps.map(({ kind }) => kind);

describe("updates", () => {
  it("happen in place where the old content is read only there", () => {
    const tensors = [persistent(0, "parameter", 64), persistent(1, "state", 64), persistent(2, "gradient", 64)];
    const b = new GraphBuilder("update", tensors);
    const [p, m, g] = [0, 1, 2].map((id) => b.persistent(id as PersistentId)) as [ValueId, ValueId, ValueId];
    const moment = b.apply("add", m, g);
    b.update(0 as PersistentId, b.apply("sub", p, moment));
    b.update(1 as PersistentId, moment);
    const { programs, kernels } = planned({ update: b.finish() }, tensors);
    expect(kinds(programs.update!.steps)).toEqual(["dispatch"]);
    expect(kernels[0]!.slots.map(({ access }) => access).sort()).toEqual(["read", "readWrite", "readWrite"]);
  });

  it("take turns through an arena where two tensors change places", async () => {
    const tensors = [persistent(0, "parameter", 3), persistent(1, "parameter", 3)];
    const b = new GraphBuilder("swap", tensors);
    b.update(0 as PersistentId, b.persistent(1 as PersistentId));
    b.update(1 as PersistentId, b.persistent(0 as PersistentId));
    const graph = b.finish();
    const { program } = compileGraph(graph, tensors);
    const persistents = new Map(tensors.map(({ id }) => [id, tensor("f32", [3], [id, id + 0.5, -id])]));
    const after = await runCompiled(program, tensors, { inputs: {}, persistents });
    expect(after.tensors.get(0)).toEqual([1, 1.5, -1]);
    expect(after.tensors.get(1)).toEqual([0, 0.5, -0]);
  });

  it("are copied where another element of the old content is still needed", async () => {
    const tensors = [persistent(0, "parameter", 4)];
    const b = new GraphBuilder("shift", tensors);
    const p = b.persistent(0 as PersistentId);
    const shifted = b.pad(b.slice(p, [1], [3]), [0], [1], 0);
    b.update(0 as PersistentId, b.apply("add", p, shifted));
    const graph = b.finish();
    const { program, plan: made } = compileGraph(graph, tensors);
    expect(kinds(made.programs.evaluate!.steps)).toEqual(["dispatch", "copy"]);
    const persistents = new Map([[0 as PersistentId, tensor("f32", [4], [1, 2, 3, 4])]]);
    expect((await runCompiled(program, tensors, { inputs: {}, persistents })).tensors.get(0)).toEqual([3, 5, 7, 4]);
  });

  it("leave an output of the old content alone", async () => {
    const tensors = [persistent(0, "parameter", 2)];
    const b = new GraphBuilder("observe", tensors);
    const p = b.persistent(0 as PersistentId);
    b.output("before", p);
    b.update(0 as PersistentId, b.apply("neg", p));
    const { program } = compileGraph(b.finish(), tensors);
    const persistents = new Map([[0 as PersistentId, tensor("f32", [2], [1, -2])]]);
    const { outputs, tensors: after } = await runCompiled(program, tensors, { inputs: {}, persistents });
    expect([outputs.before, after.get(0)]).toEqual([
      [1, -2],
      [-1, 2],
    ]);
  });

  it("of a tied tensor reach the one it is tied to", async () => {
    const tensors = [persistent(0, "parameter", 2), persistent(1, "parameter", 2, 0)];
    const b = new GraphBuilder("tied", tensors);
    b.update(0 as PersistentId, b.apply("add", b.persistent(0 as PersistentId), b.persistent(1 as PersistentId)));
    const { program } = compileGraph(b.finish(), tensors);
    expect(program.tensors[0]!.region).toEqual(program.tensors[1]!.region);
    const persistents = new Map([0, 1].map((id) => [id as PersistentId, tensor("f32", [2], [1, 3])]));
    expect((await runCompiled(program, tensors, { inputs: {}, persistents })).tensors.get(1)).toEqual([2, 6]);
  });
});

describe("memory", () => {
  /** x → tanh of a transpose, n times: nothing can be fused across, so each result needs a place. */
  const chain = (name: string, n: number) => {
    const b = new GraphBuilder(name, []);
    let x = b.input("x", f32(32, 32));
    for (let i = 0; i < n; i++) x = b.contract(x, x, [0, 1], [1, 2], [2, 0]);
    b.output("y", x);
    return b.finish();
  };
  const arenas = ({ buffers }: Plan) => buffers.filter(({ role }) => role === "arena");

  it("is reused along a chain", () => {
    const bytes = arenas(planned({ evaluate: chain("long", 9) }, [])).map((buffer) => buffer.bytes);
    expect(bytes).toEqual([4096, 4096]);
  });

  it("is shared by programs", () => {
    const one = planned({ evaluate: chain("one", 5) }, []);
    const two = planned({ evaluate: chain("one", 5), prefill: chain("two", 5) }, []);
    expect(arenas(two)).toEqual(arenas(one));
    expect(two.kernels).toHaveLength(one.kernels.length);
  });

  it("never mixes what one dispatch reads with what it writes", () => {
    const made = planned({ evaluate: chain("colours", 6) }, []);
    for (const step of made.programs.evaluate!.steps) {
      if (step.kind !== "dispatch") continue;
      const { slots } = made.kernels[step.kernel]!;
      const of = (access: string) => step.regions.filter((_, i) => slots[i]!.access === access).map((r) => r.buffer);
      expect(of("read").filter((buffer) => of("readWrite").includes(buffer))).toEqual([]);
    }
  });

  it("is split where a buffer would grow too large", () => {
    const tensors = [persistent(0, "parameter", 600), persistent(1, "parameter", 600), persistent(2, "state", 600)];
    const profile = { ...referenceProfile, limits: { ...referenceProfile.limits, maxBufferSize: 4096 } };
    const made = planned({}, tensors, profile);
    expect(made.buffers.map(({ role }) => role)).toEqual(["parameter", "parameter", "state"]);
  });

  it("names a tensor that no binding can hold", () => {
    const limits = { ...referenceProfile.limits, maxStorageBufferBindingSize: 1024 };
    const make = () => planned({}, [persistent(0, "parameter", 600)], { ...referenceProfile, limits });
    expect(make).toThrow(PlanLimitError);
    expect(make).toThrow("t0 needs");
  });
});

describe("the printer", () => {
  it("shows buffers, kernels and steps", () => {
    const tensors = [persistent(0, "parameter", 64)];
    const b = new GraphBuilder("g", tensors);
    b.output("y", b.apply("add", b.input("x", f32(64)), b.persistent(0 as PersistentId)));
    expect(printPlan(planned({ evaluate: b.finish() }, tensors)).split("\n")).toEqual([
      "buffer 0: parameter, 256 bytes",
      "buffer 1: input, 256 bytes",
      "buffer 2: arena, 256 bytes",
      "tensor t0 at 0@0+256",
      "kernel 0: map 64 (interpreted), slots read read readWrite",
      "program evaluate(x: f32[64]) -> (y: f32[64])",
      "  upload x → 1@0+256",
      "  dispatch 0: 1@0+256 0@0+256 2@0+256",
      "  download 2@0+256 → y",
    ]);
  });
});

describe("schedules", () => {
  it("come from the table by a key that does not depend on tensors", () => {
    const build = (extra: number) => {
      const b = new GraphBuilder("g", []);
      for (let i = 0; i < extra; i++) b.input(`unused${i}`, f32(2));
      b.output("y", b.apply("exp", b.input("x", f32(16))));
      return fuse(b.finish(), [], referenceProfile).kernels[0]!;
    };
    const key = scheduleKey(build(0));
    expect(scheduleKey(build(3))).toBe(key);
    expect(key).toMatch(/^map \[16\] [0-9a-f]{16}$/);
    const measured: Schedule = { kind: "map", workgroup: 64, elements: 4, vector: 4 };
    const b = new GraphBuilder("g", []);
    b.output("y", b.apply("exp", b.input("x", f32(16))));
    const bundle = {
      tensors: [],
      programs: { evaluate: fuse(b.finish(), [], referenceProfile) },
      terms: [],
      microSteps: 1,
      mesh: singleDevice,
    };
    const made = plan(bundle, referenceTarget, referenceProfile, new Map([[key, measured]]));
    expect(made.kernels[0]!.schedule).toEqual(measured);
  });
});

describe("the verifier", () => {
  const good = () => {
    const tensors = [persistent(0, "parameter", 64), persistent(1, "parameter", 64)];
    const b = new GraphBuilder("g", tensors);
    const x = b.input("x", f32(64));
    const s = b.reduce("sum", b.apply("mul", x, b.persistent(0 as PersistentId)), [0]);
    b.output("y", b.apply("mul", b.broadcast(s, [64], []), b.persistent(1 as PersistentId)));
    return planned({ evaluate: b.finish() }, tensors);
  };
  const broken = (change: (plan: Plan, steps: readonly Step[]) => Plan): readonly PlanConstraint[] => {
    const made = good();
    const found = planViolations(change(made, made.programs.evaluate!.steps), referenceProfile);
    return [...new Set(found.map(({ constraint }) => constraint))];
  };
  const withSteps = (made: Plan, steps: readonly Step[]): Plan => ({
    ...made,
    programs: { evaluate: { ...made.programs.evaluate!, steps } },
  });
  const moved = (step: Step, change: (offset: number) => number): Step =>
    step.kind === "dispatch"
      ? { ...step, regions: step.regions.map((r) => ({ ...r, offset: change(r.offset) })) }
      : step;

  it.each<[PlanConstraint, (plan: Plan, steps: readonly Step[]) => Plan]>([
    [
      "P1",
      (made, steps) =>
        withSteps(
          made,
          steps.map((step) => moved(step, (offset) => offset + 4)),
        ),
    ],
    ["P2", (made) => ({ ...made, buffers: made.buffers.map((b) => ({ ...b, bytes: 2 ** 40 })) })],
    [
      "P3",
      (made) => ({ ...made, places: made.places.map(({ tensor }) => ({ tensor, region: made.places[0]!.region })) }),
    ],
    [
      "P4",
      (made, steps) =>
        withSteps(
          made,
          steps.map((s) => (s.kind === "dispatch" ? { ...s, regions: s.regions.slice(1) } : s)),
        ),
    ],
    [
      "P5",
      (made, steps) =>
        withSteps(
          made,
          steps.map((s) => (s.kind === "dispatch" ? { ...s, regions: s.regions.map(() => s.regions[0]!) } : s)),
        ),
    ],
    [
      "P6",
      (made, steps) =>
        withSteps(
          made,
          steps.filter(({ kind }) => kind !== "upload"),
        ),
    ],
    [
      "P7",
      (made, steps) =>
        withSteps(
          made,
          steps.filter(({ kind }) => kind !== "download"),
        ),
    ],
  ])("finds %s", (constraint, change) => {
    expect(broken(change)).toContain(constraint);
  });

  it("is content with what plan makes", () => {
    expect(broken((made) => made)).toEqual([]);
  });
});
