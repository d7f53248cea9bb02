/** Every scalar function on the device against its float64 definition, within the bound of its row. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Device } from "../../src/devices/device.ts";
import type { ScalarFunction } from "../../src/ir/graph/scalar-function.ts";
import { dtypeRules } from "../../src/ir/rules/dtypes.ts";
import { scalarFunctions } from "../../src/ir/rules/scalar-functions.ts";
import type { Dtype } from "../../src/ir/types.ts";
import { KernelBuilder, planned } from "../unit/targets/wgsl/fixtures/build-kernel.ts";
import { interpret } from "../unit/targets/wgsl/fixtures/interpret.ts";
import { runKernels } from "./run-kernels.ts";

let device: Device;
beforeAll(async () => {
  device = (await chooseDevice()).device;
});
afterAll(() => device.close());

const count = 4096;
const names = Object.keys(scalarFunctions) as ScalarFunction[];

/** Arguments spread over what a function takes: magnitudes from 1e-6 to 1e3, both signs where they are allowed. */
function argumentsOf(fn: ScalarFunction, dtype: Dtype, which: 0 | 1): readonly number[] {
  const unit = () => Math.random();
  const signed = () => (unit() < 0.5 ? -1 : 1);
  const magnitude = () => 10 ** (unit() * 9 - 6);
  const one = (): number => {
    if (dtype === "bool") return unit() < 0.5 ? 0 : 1;
    if (dtype === "u32") return Math.floor(unit() * (which === 1 ? 100 : 2 ** 31)) + which;
    if (dtype === "i32") return signed() * (Math.floor(unit() * (which === 1 ? 100 : 2 ** 30)) + which);
    if (fn === "exp") return (unit() * 2 - 1) * 87;
    if (fn === "log" || fn === "sqrt" || fn === "rsqrt") return unit() < 0.5 ? magnitude() : 1 + (unit() - 0.5) * 0.1;
    if (fn === "sin" || fn === "cos") return (unit() * 2 - 1) * Math.PI;
    if (fn === "pow" && which === 0) return unit() < 0.5 ? unit() * 3 : 1 - unit() * 0.01;
    if (fn === "pow") return (unit() * 2 - 1) * 20;
    return signed() * magnitude();
  };
  return Array.from({ length: count }, () => (dtype === "f32" ? Math.fround(one()) : one()));
}

const cases = names.flatMap((fn) =>
  dtypeRules[fn].accepts.filter((dtype) => dtype !== "f16").map((dtype) => ({ fn, dtype })),
);

describe("scalar functions", () => {
  test("each is within its bound, whole vectors and scalars alike", async () => {
    const trials = cases.flatMap(({ fn, dtype }) => {
      const inputs = Array.from({ length: dtypeRules[fn].arity }, (_, which) =>
        argumentsOf(fn, dtype, which === 0 ? 0 : 1),
      );
      return ([1, 4] as const).map((vector) => {
        const k = new KernelBuilder([count]);
        const reads = inputs.map(() => k.read([count], [k.axis(0)], dtype));
        k.write(k.apply(fn, reads, dtypeRules[fn].result === "bool" ? "bool" : dtype), [count], [k.axis(0)]);
        return { planned: planned(k.kernel("map"), { kind: "map", workgroup: 64, elements: 4, vector }), inputs };
      });
    });
    const results = await runKernels(device, trials);
    for (const [index, { planned: one, inputs }] of trials.entries()) {
      const { fn, dtype } = cases[index >> 1]!;
      const [expected] = interpret(one.kernel, inputs);
      let worst = 0;
      const { ulps, absolute } = scalarFunctions[fn].error;
      for (const [at, wide] of expected!.entries()) {
        const exact = Math.abs(wide) > 3.4028234e38 ? Math.sign(wide) * Infinity : wide;
        const found = results[index]![0]![at]!;
        const [x, y] = [inputs[0]![at]!, inputs[1]?.[at] ?? 0];
        const off = Object.is(found, exact) ? 0 : Math.abs(found - exact) / ulpOf(exact);
        worst = Math.max(worst, off);
        const fine = off <= ulps(x, y) || Math.abs(found - exact) <= Math.max(absolute, 2 ** -126);
        if (!fine) expect.fail(`${fn} of ${dtype} ${x}, ${y} is ${found}, not ${exact} (${off} ulp)`);
      }
      if (process.env.SHOW) console.log(fn, dtype, worst.toFixed(2));
    }
  });
});

describe("what is not finite", () => {
  test("passes through, saturates or becomes NaN as in float64", async () => {
    const values = [Infinity, -Infinity, Number.NaN, 0, 1e30, -1e30, 88.9, -88.9, 3e38, -3e38];
    const functions = ["exp", "log", "sqrt", "tanh", "erf", "isFinite", "neg"] as const;
    const trials = functions.flatMap((fn) =>
      ([1, 2] as const).map((vector) => {
        const k = new KernelBuilder([values.length]);
        const x = k.read([values.length], [k.axis(0)]);
        k.write(k.apply(fn, [x], fn === "isFinite" ? "bool" : "f32"), [values.length], [k.axis(0)]);
        const schedule = { kind: "map", workgroup: 32, elements: 4, vector } as const;
        return { planned: planned(k.kernel("map"), schedule), inputs: [values] };
      }),
    );
    const results = await runKernels(device, trials);
    for (const [index, { planned: one, inputs }] of trials.entries()) {
      const [expected] = interpret(one.kernel, inputs);
      const finite = [...expected!].map((value) => (Math.abs(value) < 2 ** -126 ? 0 : Math.fround(value)));
      const found = results[index]![0]!.map((value) => value + 0);
      for (const [at, value] of finite.entries()) {
        const close = Object.is(found[at], value + 0) || Math.abs(found[at]! - value) <= 4e-7 * Math.abs(value);
        if (!close) expect.fail(`${functions[index >> 1]} of ${values[at]} is ${found[at]}, not ${value}`);
      }
    }
  });
});

function ulpOf(value: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -126)));
  return 2 ** (exponent - 23);
}
