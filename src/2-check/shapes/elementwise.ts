/** Operands that are combined element by element: their common shape (E0202) and element type (E0211). */
import type { Span } from "../../diagnostics/report.ts";
import { constant } from "../../ir/dim.ts";
import { broadcast, type Clash, dimsIn } from "./broadcast.ts";
import { type Env, fail, type Show } from "./env.ts";
import {
  type Axis,
  describe,
  describeType,
  dimAxis,
  type ElementType,
  formatAxis,
  formatShape,
  type Shape,
  tensor,
  type Value,
} from "./value.ts";

type Tensor = Value & { readonly kind: "tensor" };

/** `weak`: a static number, which takes the type of what it meets. */
export type Operand = { readonly tensor: Tensor; readonly weak: boolean; readonly span: Span };

/** A value as an operand; null after it was reported that it is none. */
export function operandOf(value: Value, span: Span, env: Env): Operand | null {
  switch (value.kind) {
    case "tensor":
      return { tensor: value, weak: false, span };
    case "int":
      return { tensor: tensor("i32", []), weak: true, span };
    case "float":
    case "fill":
      return { tensor: tensor("float", []), weak: true, span };
    case "boolean":
      return { tensor: tensor("bool", []), weak: true, span };
    case "mean":
      return { tensor: tensor("float", []), weak: false, span };
    case "unknown":
      return null;
    case "optional":
      fail(env, "E0108", span, [], () => ({
        message: "this may be none",
        label: `${describe(value)}`,
        help: "say what it is then: `(x or 0)`",
      }));
      return null;
    default:
      fail(env, "E0108", span, [], () => ({
        message: `${describe(value)} is not a tensor`,
        label: "a tensor or a number is expected",
      }));
      return null;
  }
}

/** `verb` is what is done to them: `add`, `compare`. Null after something was reported. */
export function combine(verb: string, operands: readonly Operand[], span: Span, env: Env): Tensor | null {
  const shape = commonShape(verb, operands, span, env);
  const type = commonType(verb, operands, span, env);
  return shape === null || type === null ? null : tensor(type, shape);
}

export function commonShape(verb: string, operands: readonly Operand[], span: Span, env: Env): Shape | null {
  let shape: Shape = [];
  for (const operand of operands) {
    const result = broadcast(shape, operand.tensor.shape, env.known.facts);
    if ("clash" in result) {
      reportClash(verb, shape, operand.tensor.shape, result.clash, span, env);
      return null;
    }
    shape = result.shape;
  }
  return shape;
}

function reportClash(verb: string, left: Shape, right: Shape, clash: Clash, span: Span, env: Env): void {
  fail(env, "E0202", span, dimsIn(left, right), (show) => {
    const help = insertAxis(left, right, env);
    return {
      message: `cannot ${verb} ${formatShape(left)} and ${formatShape(right)}: axis ${clash.fromRight} from the right is ${withValue(clash.left, show)} against ${withValue(clash.right, show)}`,
      label: `${formatShape(left)} and ${formatShape(right)}`,
      ...(help === null ? {} : { help }),
    };
  });
}

function withValue(axis: Axis, show: Show): string {
  const value = axis.kind === "dim" ? show.of(axis.dim) : null;
  const text = formatAxis(axis);
  return value === null || text === String(value) ? text : `${text} = ${value}`;
}

/** Where one more axis would make them broadcast: `[:, none, :]`. */
function insertAxis(left: Shape, right: Shape, env: Env): string | null {
  const [long, short] = left.length >= right.length ? [left, right] : [right, left];
  if (short.length === 0 || short.length >= long.length || short.some((axis) => axis.kind === "star")) return null;
  for (let i = 1; i <= short.length; i++) {
    const inserted = [...short.slice(0, i), dimAxis(constant(1)), ...short.slice(i)];
    if ("shape" in broadcast(long, inserted, env.known.facts)) {
      const index = [...short.map((_, j) => (j === i ? "none, :" : ":")), ...(i === short.length ? ["none"] : [])].join(
        ", ",
      );
      return `insert an axis into ${formatShape(short)}: \`x[${index}]\``;
    }
  }
  return null;
}

const floats: readonly ElementType[] = ["float", "f32", "f16"];

export function isFloat(type: ElementType): boolean {
  return floats.includes(type);
}

/**
 * Only integer literals convert by themselves, and with them all static integers and integer scalars (a step, a count):
 * they lose nothing that counts. Tensors of integers and truth values are converted by `f32(x)`.
 */
export function commonType(verb: string, operands: readonly Operand[], span: Span, env: Env): ElementType | null {
  let type: ElementType | null = null;
  let weak = true;
  let rank = 0;
  for (const { tensor: operand, weak: isWeak } of operands) {
    const joined: ElementType | null =
      type === null ? operand.type : joinTypes(type, weak, rank, operand.type, isWeak, operand.shape.length);
    if (joined === null) return reportTypes(verb, operands, span, env);
    type = joined;
    weak = weak && isWeak;
    rank = Math.max(rank, operand.shape.length);
  }
  return type;
}

function joinTypes(
  a: ElementType,
  aWeak: boolean,
  aRank: number,
  b: ElementType,
  bWeak: boolean,
  bRank: number,
): ElementType | null {
  if (a === b) return a;
  if (a === "bool" || b === "bool") return null;
  if (isFloat(a) && isFloat(b)) {
    if (aWeak) return b;
    if (bWeak) return a;
    // `float` is f32 in this version; f16 is never mixed in silently.
    return a === "f16" || b === "f16" ? null : "f32";
  }
  const [float, integerWeak, integerRank, floatWeak] = isFloat(a) ? [a, bWeak, bRank, aWeak] : [b, aWeak, aRank, bWeak];
  if (integerWeak || integerRank === 0) return floatWeak && float === "float" ? "float" : float;
  return null;
}

function reportTypes(verb: string, operands: readonly Operand[], span: Span, env: Env): null {
  const odd =
    operands.find((operand) => operand.tensor.type === "bool") ??
    operands.find((operand) => operand.tensor.type === "i32");
  fail(env, "E0211", span, [], () => ({
    message: `cannot ${verb} ${operands.map((operand) => describe(operand.tensor)).join(" and ")}`,
    label: operands.map((operand) => describeType(operand.tensor.type)).join(" and "),
    help: odd?.tensor.type === "bool" ? "`f32(x)` makes 1 of true and 0 of false" : "`f32(x)` converts",
  }));
  return null;
}

/** A float of the same shape; integer scalars convert. Null after E0211. */
export function floatOperand(what: string, value: Value, span: Span, env: Env): Tensor | null {
  const operand = operandOf(value, span, env);
  if (operand === null) return null;
  const { type, shape } = operand.tensor;
  if (isFloat(type)) return operand.tensor;
  if (type === "i32" && shape.length === 0) return tensor("float", []);
  fail(env, "E0211", span, [], () => ({
    message: `\`${what}\` wants floats, got ${describe(operand.tensor)}`,
    label: describeType(type),
    help: "`f32(x)` converts",
  }));
  return null;
}
