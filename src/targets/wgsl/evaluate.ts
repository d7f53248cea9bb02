/** Nodes of a kernel's body → statements in the frame they belong to, and the expressions that name them. */
import type { NodeId, ScalarNode } from "../../ir/kernel/kernel.ts";
import type { Dtype } from "../../ir/types.ts";
import { InvariantError, invariant } from "../../support/invariant.ts";
import { type Context, defineIn, type Frame, homeOf, valueIn } from "./context.ts";
import { floatConstant } from "./functions/non-finite.ts";
import { normal, randomKey, uniform } from "./functions/random.ts";
import { scalarFunctions } from "./functions/table.ts";
import { conditionOf, indexOf } from "./indexing.ts";
import { readPlace } from "./memory.ts";
import { bitcast, convert, literal, select } from "./syntax/build.ts";
import type { Expr, Scalar } from "./syntax/tree.ts";

/** The value of a node here: an expression that costs nothing to repeat. */
export function evaluate(context: Context, frame: Frame, id: NodeId): Expr {
  const known = valueIn(frame, id);
  if (known !== undefined) return known;
  const node = context.nest.body[id]!;
  invariant(node.op.kind !== "reduce", `reduction ${id} is used before its loop`);
  const home = homeOf(frame, context.dependences[id]!);
  const value = defineIn(context, home.block, prefixes[node.op.kind], compute(context, home, node));
  home.values.set(id, value);
  return value;
}

const prefixes: { readonly [K in ScalarNode["op"]["kind"]]: string } = {
  constant: "constant",
  index: "index",
  inside: "inside",
  read: "read",
  apply: "value",
  select: "value",
  cast: "value",
  bits: "bits",
  random: "random",
  reduce: "reduced",
};

function compute(context: Context, frame: Frame, node: ScalarNode): Expr {
  const { op } = node;
  const value = (id: NodeId) => evaluate(context, frame, id);
  switch (op.kind) {
    case "constant":
      return constantOf(context, node.dtype, op.value);
    case "index":
      return convert(indexOf(context, frame, op.expr), "i32");
    case "inside":
      return conditionOf(context, frame, op.guard);
    case "read":
      return readPlace(context, frame, context.nest.reads[op.read]!);
    case "apply":
      return scalarFunctions[op.fn](op.args.map(value), context.helpers);
    case "select":
      return select(value(op.else), value(op.then), value(op.condition));
    case "cast":
      return castTo(value(op.of), context.nest.body[op.of]!.dtype, node.dtype);
    case "bits":
      return bitcast(value(op.of), scalarOf(node.dtype));
    case "random": {
      const [seed, step, sample] = [op.seed, op.step, op.sample].map((id) => bitcast(value(id), "u32"));
      const key = keyOf(context, frame, node, randomKey(seed!, op.stream, step!, sample!, context.helpers));
      const element = bitcast(value(op.element), "u32");
      return (op.distribution === "uniform" ? uniform : normal)(key, element, context.helpers);
    }
    case "reduce":
      throw new InvariantError("a reduction is computed by its loop");
  }
}

/** A key depends on seed, step and sample only: it is made outside of the loop over elements. */
function keyOf(context: Context, frame: Frame, { op }: ScalarNode, key: readonly [Expr, Expr]): readonly [Expr, Expr] {
  invariant(op.kind === "random", "not a random node");
  const axes = new Set([op.seed, op.step, op.sample].flatMap((id) => [...context.dependences[id]!]));
  const home = homeOf(frame, axes);
  const [first, second] = [0, 1].map((word) => {
    const text = `key ${op.seed} ${op.step} ${op.sample} ${op.stream} ${word}`;
    const known = home.indices.get(text) ?? defineIn(context, home.block, "key", key[word as 0 | 1]);
    home.indices.set(text, known);
    return known;
  });
  return [first!, second!];
}

function constantOf({ helpers }: Context, dtype: Dtype, value: number): Expr {
  const scalar = scalarOf(dtype);
  return scalar === "f32" ? floatConstant(value, helpers) : literal(scalar, value);
}

/** Floats to integers truncate and saturate, as WGSL's conversions do. f16 is computed with in f32. */
function castTo(value: Expr, from: Dtype, to: Dtype): Expr {
  if (to === "f16" && from !== "f16") return convert(convert(convert(value, "f32"), "f16"), "f32");
  return convert(value, scalarOf(to));
}

/** What a dtype is computed in. */
export function scalarOf(dtype: Dtype): Scalar {
  switch (dtype) {
    case "f16":
      return "f32";
    case "i8":
      throw new InvariantError("i8 is only stored, in encodings");
    default:
      return dtype;
  }
}
