/** The runtime on whatever device LLMC_DEVICE or this machine gives: order, inputs and outputs, reading and writing. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Device, Invocation, Outputs, Session } from "../../src/devices/device.ts";
import { ringDepth, stagingBytes } from "../../src/ir/plan/staging.ts";
import { counterProgram } from "./hand-made.ts";

let device: Device;
beforeAll(async () => {
  device = (await chooseDevice()).device;
});
afterAll(() => device.close());

const floats = (bytes: ArrayBuffer | undefined) => [...new Float32Array(bytes!)];
const i32 = (...values: number[]) => Int32Array.from(values);

/** The same program in JavaScript. */
class Model {
  x: number[];

  constructor(n: number) {
    this.x = Array.from({ length: n }, () => 0);
  }

  run({ program, inputs }: Invocation): Readonly<Record<string, readonly number[]>> {
    const of = (name: string) => [...(inputs[name] as Int32Array)];
    switch (program) {
      case "init":
        this.x = this.x.map((_, i) => of("seed")[0]! + i);
        return {};
      case "microStep":
        this.x = this.x.map((value, i) => value + of("ids")[i]! * (of("micro")[0]! + 1));
        return { x: this.x };
      case "update":
        this.x = this.x.map((value) => value + of("step")[0]!);
        return { first: [this.x[0]!], step: of("step") };
      case "evaluate":
        return { dot: [this.x.reduce((sum, value, i) => sum + value * of("ids")[i]!, 0)] };
      default:
        throw new Error(program);
    }
  }
}

const n = 100;
const invocation: fc.Arbitrary<Invocation> = fc.oneof(
  fc.record({ program: fc.constant("init" as const), inputs: fc.record({ seed: word(0, 9, Uint32Array) }) }),
  fc.record({ program: fc.constant("microStep" as const), inputs: fc.record({ ids: words(), micro: word(0, 3) }) }),
  fc.record({ program: fc.constant("update" as const), inputs: fc.record({ step: word(-5, 5) }) }),
  fc.record({ program: fc.constant("evaluate" as const), inputs: fc.record({ ids: words() }) }),
);

function word(min: number, max: number, kind: typeof Int32Array | typeof Uint32Array = Int32Array) {
  return fc.integer({ min, max }).map((value) => kind.from([value]));
}

function words() {
  return fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n, maxLength: n }).map((values) => i32(...values));
}

function decode(outputs: Outputs): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, bytes]) => [
      name,
      name === "step" ? [...new Int32Array(bytes)] : floats(bytes),
    ]),
  );
}

async function withSession<T>(use: (session: Session) => Promise<T>, microSteps = 2): Promise<T> {
  const session = await device.load(counterProgram(n, device.profile.adapterClass, microSteps));
  try {
    return await use(session);
  } finally {
    session.close();
  }
}

describe("submit", () => {
  test("any sequence of submissions gives what running each invocation in turn gives", {
    timeout: 120_000,
  }, async () => {
    const submissions = fc.array(fc.array(invocation, { maxLength: 7 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(submissions, async (all) => {
        await withSession(async (session) => {
          const model = new Model(n);
          // All are in flight before the first is awaited.
          const results = await Promise.all(all.map((invocations) => session.submit(invocations)));
          for (const [index, invocations] of all.entries()) {
            expect(results[index]!.map(decode)).toEqual(invocations.map((one) => model.run(one)));
          }
          expect(floats(await session.read("x"))).toEqual(model.x);
        });
      }),
      { numRuns: 25 },
    );
  });

  test("keeps order with 100 submissions in flight, and the caller may reuse its arrays", async () => {
    await withSession(async (session) => {
      const step = i32(0);
      const results: Promise<readonly Outputs[]>[] = [];
      for (let t = 1; t <= 100; t++) {
        step[0] = t;
        results.push(session.submit([{ program: "update", inputs: { step } }]));
      }
      const firsts = (await Promise.all(results)).map(([outputs]) => floats(outputs!.first)[0]);
      expect(firsts).toEqual(Array.from({ length: 100 }, (_, t) => ((t + 1) * (t + 2)) / 2));
    });
  });

  test("a training step's micro-steps each see their own inputs in one submission", async () => {
    await withSession(async (session) => {
      const ones = new Int32Array(n).fill(1);
      const [a, b, c] = await session.submit([
        { program: "microStep", inputs: { ids: ones, micro: i32(0) } },
        { program: "microStep", inputs: { ids: ones, micro: i32(1) } },
        { program: "update", inputs: { step: i32(10) } },
      ]);
      expect([floats(a!.x)[5], floats(b!.x)[5], floats(c!.first)[0]]).toEqual([1, 3, 13]);
    });
  });

  test("takes inputs on shared memory", async () => {
    await withSession(async (session) => {
      const step = new Int32Array(new SharedArrayBuffer(4));
      step[0] = 4;
      const [outputs] = await session.submit([{ program: "update", inputs: { step } }]);
      expect(floats(outputs!.first)).toEqual([4]);
    });
  });

  test.each([
    ["a missing input", {}, /needs the input "step"/],
    ["an input of another size", { step: i32(1, 2) }, /takes 4 bytes as "step", not 8/],
  ])("refuses %s", async (_, inputs, message) => {
    await withSession(async (session) => {
      await expect(session.submit([{ program: "update", inputs }])).rejects.toThrow(message);
    });
  });
});

describe("read and write", () => {
  test("are ordered with submissions in flight", async () => {
    await withSession(async (session) => {
      const submit = (t: number) => session.submit([{ program: "update", inputs: { step: i32(t) } }]);
      const before = Array.from({ length: 5 }, () => submit(1));
      session.write("x", new Float32Array(n).fill(100));
      const between = session.read("x");
      const after = Array.from({ length: 5 }, () => submit(2));
      const last = session.read("x");
      const firsts = (await Promise.all([...before, ...after])).map(([outputs]) => floats(outputs!.first)[0]);
      expect(firsts).toEqual([1, 2, 3, 4, 5, 102, 104, 106, 108, 110]);
      expect(floats(await between)).toEqual(new Array(n).fill(100));
      expect(floats(await last)).toEqual(new Array(n).fill(110));
    });
  });

  test("finish waits for everything that was asked for", async () => {
    await withSession(async (session) => {
      let done = 0;
      const count = () => void done++;
      for (let t = 0; t < 10; t++) session.submit([{ program: "update", inputs: { step: i32(t) } }]).then(count);
      session.read("x").then(count);
      await session.finish();
      expect(done).toBe(11);
    });
  });
});

test("timing kernels runs the invocations once and names each dispatch", async () => {
  await withSession(async (session) => {
    const many = Array.from({ length: 2500 }, () => ({ program: "update" as const, inputs: { step: i32(1) } }));
    const ids = new Int32Array(n).fill(1);
    const all: Invocation[] = [...many, { program: "microStep", inputs: { ids, micro: i32(0) } }];
    const times = await session.timeKernels!(all);
    expect(times.map(({ kernel }) => kernel)).toEqual([...many.map(() => "shift"), "add"]);
    expect(times.every(({ nanoseconds }) => nanoseconds >= 0 && nanoseconds < 1e9)).toBe(true);
    expect(times.some(({ nanoseconds }) => nanoseconds > 0)).toBe(true);
    expect(floats(await session.read("x"))).toEqual(new Array(n).fill(2501));
  }, 2500);
});

test("allocatedBytes is what the plan and its staging add up to", async () => {
  const program = counterProgram(n, device.profile.adapterClass);
  const planned = program.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
  await withSession(async (session) => {
    expect(session.allocatedBytes).toBe(planned + stagingBytes(program));
  });
  expect(ringDepth).toBeGreaterThan(1);
});

test("two devices in one process do not disturb each other", async () => {
  const other = (await chooseDevice()).device;
  const program = counterProgram(n, device.profile.adapterClass);
  const [mine, theirs] = [await device.load(program), await other.load(program)];
  const step = (t: number) => [{ program: "update" as const, inputs: { step: i32(t) } }];
  const [a, b] = await Promise.all([mine.submit(step(1)), theirs.submit(step(2))]);
  expect([floats(a[0]!.first), floats(b[0]!.first)]).toEqual([[1], [2]]);
  await other.close();
  expect(floats((await mine.submit(step(1)))[0]!.first)).toEqual([2]);
  mine.close();
});
