/** The workload in llmc: gpt.llm, compiled for the device and run step by step, without the jobs around it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chooseDevice } from "../../src/devices/choose.ts";
import type { Invocation } from "../../src/devices/device.ts";
import { check, compile, withStdlib } from "../../src/index.ts";
import type { ProgramName } from "../../src/ir/graph/graph.ts";
import { wgslTarget } from "../../src/targets/wgsl/target.ts";
import { type Contestant, initialWeights, type Workload } from "./workload.ts";

export const open: Contestant["open"] = async (workload) => {
  const { device } = await chooseDevice();
  const { program } = compileFor(workload, device.profile);
  const session = await device.load(program);
  await session.submit([invocation("init", { seed: Uint32Array.of(0) })]);
  for (const [path, values] of initialWeights(workload)) session.write(path, values);

  function invocation(name: ProgramName, available: Readonly<Record<string, ArrayBufferView>>): Invocation {
    const inputs = program.programs[name]?.inputs.map((input) => [input.name, available[input.name]!] as const);
    return { program: name, inputs: Object.fromEntries(inputs ?? []) };
  }

  return {
    device: device.description,
    async step(ids, t) {
      const available = {
        ids,
        mask: new Uint32Array(ids.length).fill(1),
        seed: Uint32Array.of(0),
        step: Int32Array.of(t),
        total: Float32Array.of(1000),
        sample: Int32Array.of(0),
        micro: Int32Array.of(0),
      };
      const names = (["count", "microStep", "update"] as const).filter((name) => program.programs[name] !== undefined);
      const all = await session.submit(names.map((name) => invocation(name, available)));
      const outputs = all[names.indexOf("microStep")]!;
      const [numerator, weight] = ["numerator.0", "weight.0"].map((name) => new Float32Array(outputs[name]!)[0]!);
      return numerator! / weight!;
    },
    close: () => device.close(),
  };
};

export function compileFor(workload: Workload, profile: Parameters<typeof compile>[0]["profile"]) {
  const root = process.cwd();
  const stdlib = join(root, "stdlib");
  const texts = readdirSync(stdlib).map((name) => [name, readFileSync(join(stdlib, name), "utf8")] as const);
  const file = "tests/bench/gpt.llm";
  const { vocabulary: V, context: T, width: D, heads: H, layers: L, batch: B } = workload;
  const sets = Object.entries({ V, T, D, H, L, B }).map(([name, value]) => ({ name, text: `${value}` }));
  const read = withStdlib(Object.fromEntries(texts), () => null);
  const { program, diagnostics } = check({ file, text: readFileSync(join(root, file), "utf8") }, read, { sets });
  if (program === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const facts = new Map([["chars.vocab", V]]);
  return compile({ program, job: "pretrain", facts, target: wgslTarget, profile, schedules: new Map() });
}
