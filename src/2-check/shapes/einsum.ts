/** `einsum("b t d, d h -> b t h", x, w)`: labels of one letter or name an axis; equal labels have equal sizes. */
import type { Dim } from "../../ir/dim.ts";
import { provablyEqual } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { dimsIn } from "./broadcast.ts";
import { insideString } from "./einops.ts";
import { commonType, isFloat, type Operand, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import type { PrimitiveCall } from "./primitive-calls.ts";
import { dimAxis, formatShape, tensor, unknown, type Value } from "./value.ts";

type Label = { readonly name: string; readonly at: number };

export function evaluateEinsum(call: PrimitiveCall, env: Env): Value {
  const pattern = call.args.get("pattern");
  if (pattern === undefined || pattern.value.kind !== "string" || pattern.value.value === null) return unknown;
  const text = pattern.value.value;
  const operands: Operand[] = [];
  for (const { value, expr } of call.rest) {
    const operand = operandOf(value, expr.span, env);
    if (operand === null) return unknown;
    operands.push(operand);
  }
  const complain = (at: number, end: number, message: string, label: string): Value =>
    fail(
      env,
      "E0205",
      insideString(pattern.expr.span, text, at, end),
      dimsIn(...operands.map((operand) => operand.tensor.shape)),
      () => ({ message, label }),
    );
  const arrow = text.indexOf("->");
  if (arrow === -1) return complain(0, text.length, "an einsum pattern has a `->`", "no `->`");
  const inputs = splitInputs(text.slice(0, arrow));
  if (inputs.length !== operands.length) {
    return complain(
      0,
      arrow,
      `the pattern names ${inputs.length} tensors, ${operands.length} are given`,
      `${inputs.length} tensors`,
    );
  }
  const sizes = new Map<string, Dim>();
  for (const [i, labels] of inputs.entries()) {
    const shape = operands[i]?.tensor.shape ?? [];
    const [first, last] = [labels[0], labels.at(-1)];
    if (shape.length !== labels.length) {
      return complain(
        first?.at ?? 0,
        (last?.at ?? 0) + 1,
        `${labels.length} labels for ${formatShape(shape)}`,
        `${labels.length} labels`,
      );
    }
    for (const [j, label] of labels.entries()) {
      const axis = shape[j];
      if (axis?.kind !== "dim")
        return complain(
          label.at,
          label.at + 1,
          `which axis this is, is not known in ${formatShape(shape)}`,
          "any number of axes",
        );
      const before = sizes.get(label.name);
      if (before !== undefined && !provablyEqual(before, axis.dim, env.known.facts)) {
        return complain(
          label.at,
          label.at + label.name.length,
          `\`${label.name}\` is ${formatDim(before)} and ${formatDim(axis.dim)}`,
          `${formatDim(axis.dim)} here`,
        );
      }
      sizes.set(label.name, axis.dim);
    }
  }
  const output = labelsIn(text.slice(arrow + 2), arrow + 2);
  const missing = output.find((label) => !sizes.has(label.name));
  if (missing !== undefined)
    return complain(missing.at, missing.at + missing.name.length, `\`${missing.name}\` is on no left side`, "no size");
  const type = commonType("contract", operands, call.span, env);
  if (type === null) return unknown;
  if (!isFloat(type)) {
    return fail(env, "E0211", call.span, [], () => ({
      message: "`einsum` contracts floats",
      label: "wrong element type",
      help: "`f32(x)` converts",
    }));
  }
  return tensor(
    type,
    output.flatMap((label) => {
      const dim = sizes.get(label.name);
      return dim === undefined ? [] : [dimAxis(dim)];
    }),
  );
}

function splitInputs(text: string): readonly (readonly Label[])[] {
  let offset = 0;
  return text.split(",").map((part) => {
    const labels = labelsIn(part, offset);
    offset += part.length + 1;
    return labels;
  });
}

function labelsIn(text: string, offset: number): readonly Label[] {
  return [...text.matchAll(/[A-Za-z_]\w*/g)].map((match) => ({ name: match[0], at: offset + match.index }));
}
