/** Which dtypes a node's arguments and result must have. */
import { dtypeRules } from "../rules/dtypes.ts";
import { bytesPerElement, type Dtype } from "../types.ts";
import type { Kernel, NodeId, ScalarNode } from "./kernel.ts";

/** What is wrong, or null. */
export function dtypeProblem(kernel: Kernel, node: ScalarNode): string | null {
  const of = (id: NodeId): Dtype => kernel.body[id]!.dtype;
  const { op, dtype } = node;
  const expect = (holds: boolean): string | null => (holds ? null : `n${node.id} (${op.kind}) is ${dtype}`);
  switch (op.kind) {
    case "constant":
      return expect(!Number.isNaN(op.value) && (dtype !== "bool" || op.value === 0 || op.value === 1));
    case "index":
      return expect(dtype === "i32");
    case "inside":
      return expect(dtype === "bool");
    case "read":
      return expect(dtype === kernel.reads[op.read]!.type.dtype);
    case "apply": {
      const rule = dtypeRules[op.fn];
      const from = op.args.map(of);
      if (from.length !== rule.arity || !from.every((d) => d === from[0] && rule.accepts.includes(d))) {
        return `n${node.id}: ${op.fn} of ${from.join(", ")}`;
      }
      return expect(dtype === (rule.result === "bool" ? "bool" : from[0]));
    }
    case "select":
      return expect(of(op.condition) === "bool" && of(op.then) === dtype && of(op.else) === dtype);
    case "cast":
      return null;
    case "bits":
      return expect(bytesPerElement[of(op.of)] === bytesPerElement[dtype]);
    case "random":
      return expect([op.seed, op.step, op.sample, op.element].every((id) => of(id) === "u32") && dtype === "f32");
    case "reduce":
      return expect(of(op.of) === dtype && dtype !== "bool");
  }
}
