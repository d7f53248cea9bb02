/** Result shapes of the primitive functions: a row each. */
import type { Arg, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { add, constant, constantOf, type Dim, zero } from "../../ir/dim.ts";
import { bindArguments } from "../bind-arguments.ts";
import { isPrimitiveName, type PrimitiveName, primitive } from "../primitives.ts";
import { sameAxis } from "./broadcast.ts";
import { evaluateRearrange } from "./einops.ts";
import { evaluateEinsum } from "./einsum.ts";
import { combine, commonShape, commonType, floatOperand, type Operand, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { axisOf, cumulate, reduce } from "./reductions.ts";
import { describe, dimAxis, formatShape, intOf, type Shape, someFloat, tensor, unknown, type Value } from "./value.ts";

/** A call with its arguments by name. */
export type PrimitiveCall = {
  readonly name: PrimitiveName;
  readonly span: Span;
  readonly args: ReadonlyMap<string, { readonly value: Value; readonly expr: Expr }>;
  readonly rest: readonly { readonly value: Value; readonly expr: Expr }[];
  readonly keywords: readonly { readonly name: string; readonly value: Value; readonly expr: Expr }[];
};

type Rule = (call: PrimitiveCall, env: Env) => Value;

export function callPrimitive(name: string, call: Expr & { kind: "call" }, env: Env): Value {
  if (!isPrimitiveName(name)) return unknown;
  const { reporter } = env.shapes.context;
  const before = reporter.diagnostics.length;
  const signature = primitive(name);
  const params = signature.kind === "constant" ? [] : signature.params;
  const formals = params.map((param) => ({
    name: param.name,
    optional: param.optional ?? false,
    rest: param.rest ?? false,
    keywords: param.keywords ?? false,
  }));
  const bound = bindArguments(name, formals, call.args, call.span, reporter);
  if (env.quiet) reporter.diagnostics.length = before;
  const values = new Map(call.args.map((arg) => [arg, evaluateShape(arg.value, env)]));
  if (bound === null) return unknown;
  const given = (arg: Arg) => ({ value: values.get(arg) ?? unknown, expr: arg.value });
  return rules[name](
    {
      name,
      span: call.span,
      args: new Map([...bound.named].map(([key, arg]) => [key, given(arg)])),
      rest: bound.rest.map(given),
      keywords: bound.keywords.map((arg) => ({ name: arg.name?.text ?? "", ...given(arg) })),
    },
    env,
  );
}

/** exp, tanh, …: floats of the same shape; of a static number, a number. */
const floatFunction: Rule = (call, env) => {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  if (x.value.kind === "int" || x.value.kind === "float") return someFloat;
  return floatOperand(call.name, x.value, x.expr.span, env) ?? unknown;
};

/** abs, sign, floor, …: numbers of the same type. */
const sameType: Rule = (call, env) => {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  if (x.value.kind === "int" || x.value.kind === "float") return x.value.kind === "int" ? x.value : someFloat;
  const operand = operandOf(x.value, x.expr.span, env);
  if (operand === null || operand.tensor.type !== "bool") return operand?.tensor ?? unknown;
  return wrongType(call, describe(x.value), x.expr.span, env);
};

function wrongType(call: PrimitiveCall, got: string, span: Span, env: Env): Value {
  return fail(env, "E0211", span, [], () => ({
    message: `\`${call.name}\` wants numbers, got ${got}`,
    label: "wrong element type",
    help: "`f32(x)` makes 1 of true and 0 of false",
  }));
}

const cast =
  (type: "f32" | "f16" | "i32" | "bool"): Rule =>
  (call, env) => {
    const x = call.args.get("x");
    if (x === undefined || x.value.kind === "unknown") return unknown;
    if (x.value.kind === "float" || x.value.kind === "int")
      return type === "f32" || type === "f16"
        ? someFloat
        : type === "i32" && x.value.kind === "int"
          ? x.value
          : tensor(type, []);
    const operand = operandOf(x.value, x.expr.span, env);
    return operand === null ? unknown : tensor(type, operand.tensor.shape);
  };

/** One operand: a reduction. Two: element by element. */
const extreme: Rule = (call, env) => {
  const [x, y] = [call.args.get("x"), call.args.get("y")];
  if (x === undefined) return unknown;
  if (y === undefined) return reduce(call, env);
  if (x.value.kind === "unknown" || y.value.kind === "unknown") return unknown;
  if (x.value.kind === "int" && y.value.kind === "int") {
    const [a, b] = [constantOf(x.value.dim), constantOf(y.value.dim)];
    if (a !== null && b !== null) return (call.name === "max") === a >= b ? x.value : y.value;
  }
  if (isStatic(x.value) && isStatic(y.value)) return someFloat;
  return elementwise("compare", [x, y], call, env);
};

function isStatic(value: Value): boolean {
  return value.kind === "int" || value.kind === "float";
}

function elementwise(
  verb: string,
  parts: readonly { value: Value; expr: Expr }[],
  call: PrimitiveCall,
  env: Env,
): Value {
  const operands: Operand[] = [];
  for (const { value, expr } of parts) {
    const operand = operandOf(value, expr.span, env);
    if (operand === null) return unknown;
    operands.push(operand);
  }
  return combine(verb, operands, call.span, env) ?? unknown;
}

const clamp: Rule = (call, env) => {
  const parts = ["x", "lo", "hi"].flatMap((name) => call.args.get(name) ?? []);
  if (parts.some((part) => part.value.kind === "unknown")) return unknown;
  return parts.every((part) => isStatic(part.value)) ? someFloat : elementwise("clamp", parts, call, env);
};

/** With an axis a reduction; without, a loss mean of the values, weighted. */
const mean: Rule = (call, env) => {
  const [x, weight] = [call.args.get("x"), call.args.get("weight")];
  if (x === undefined) return unknown;
  if (call.args.has("axis") || call.args.has("keep")) return reduce(call, env);
  if (x.value.kind === "unknown") return unknown;
  const values = floatOperand("mean", x.value, x.expr.span, env);
  if (values === null) return unknown;
  const given = weight?.value.kind === "optional" ? weight.value.of : weight?.value;
  if (weight === undefined || given === undefined || given.kind === "none" || given.kind === "unknown")
    return { kind: "mean" };
  const operand = operandOf(given, weight.expr.span, env);
  if (operand === null) return unknown;
  const both = [
    { tensor: tensor("float", values.shape), weak: false, span: x.expr.span },
    { ...operand, tensor: tensor("float", operand.tensor.shape) },
  ];
  return commonShape("weigh", both, call.span, env) === null ? unknown : { kind: "mean" };
};

const argmax: Rule = (call, env) => {
  const reduced = reduce(call, env);
  return reduced.kind === "tensor" ? tensor("i32", reduced.shape) : unknown;
};

/** The k largest along the last axis: values and positions. */
const topk: Rule = (call, env) => {
  const [x, k] = [call.args.get("x"), call.args.get("k")];
  if (x === undefined || k === undefined || x.value.kind === "unknown") return unknown;
  const operand = operandOf(x.value, x.expr.span, env);
  if (operand === null) return unknown;
  if (k.value.kind !== "int") return wrongKind(call, "a whole number `k`", k.value, k.expr.span, env);
  const shape: Shape = [...operand.tensor.shape.slice(0, -1), dimAxis(k.value.dim)];
  return { kind: "tuple", elements: [tensor(operand.tensor.type, shape), tensor("i32", shape)] };
};

function wrongKind(call: PrimitiveCall, expected: string, value: Value, span: Span, env: Env): Value {
  if (value.kind === "unknown") return unknown;
  return fail(env, "E0108", span, [], () => ({
    message: `\`${call.name}\` expects ${expected}, got ${describe(value)}`,
    label: `expected ${expected}`,
  }));
}

const iota: Rule = (call, env) => {
  const n = call.args.get("n");
  if (n === undefined) return unknown;
  if (n.value.kind === "int") return tensor("i32", [dimAxis(n.value.dim)]);
  return wrongKind(call, "a dimension", n.value, n.expr.span, env);
};

/** Joined along one axis; all others are equal. */
const concat: Rule = (call, env) => {
  const parts = call.args.get("parts");
  if (parts === undefined || parts.value.kind === "unknown") return unknown;
  if (parts.value.kind !== "list" || parts.value.elements.length === 0)
    return wrongKind(call, "a list of tensors: concat([a, b], axis = -1)", parts.value, parts.expr.span, env);
  const exprs = parts.expr.kind === "list" ? parts.expr.elements : [];
  const operands: Operand[] = [];
  for (const [i, element] of parts.value.elements.entries()) {
    const operand = operandOf(element, exprs[i]?.span ?? parts.expr.span, env);
    if (operand === null) return unknown;
    operands.push(operand);
  }
  const type = commonType("join", operands, call.span, env);
  const [first] = operands;
  if (type === null || first === undefined) return unknown;
  const axis = axisOf(call, first.tensor.shape, env);
  if (axis === null || axis === "unknown") return unknown;
  let size: Dim = zero;
  for (const { tensor: part, span } of operands) {
    const at = part.shape[axis];
    const fits =
      part.shape.length === first.tensor.shape.length &&
      part.shape.every((each, i) => i === axis || sameAxis(each, first.tensor.shape[i] ?? each, env.known.facts));
    if (!fits || at?.kind !== "dim") {
      return fail(env, "E0202", span, [], () => ({
        message: `cannot join ${formatShape(first.tensor.shape)} and ${formatShape(part.shape)} along axis ${axis}`,
        label: "all other axes must be equal",
      }));
    }
    size = add(size, at.dim);
  }
  return tensor(
    type,
    first.tensor.shape.map((each, i) => (i === axis ? dimAxis(size) : each)),
  );
};

const len: Rule = (call, env) => {
  const list = call.args.get("list");
  if (list === undefined) return unknown;
  if (list.value.kind === "list") return intOf(constant(list.value.elements.length));
  return list.value.kind === "sequence"
    ? intOf(list.value.length)
    : wrongKind(call, "a list", list.value, list.expr.span, env);
};

const sameFloats: Rule = (call, env) => {
  const x = call.args.get("x");
  return x === undefined || x.value.kind === "unknown"
    ? unknown
    : (floatOperand(call.name, x.value, x.expr.span, env) ?? unknown);
};

const identity: Rule = (call, env) => {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  return isStatic(x.value) ? x.value : (operandOf(x.value, x.expr.span, env)?.tensor ?? unknown);
};

const finite: Rule = (call, env) => {
  const x = floatFunction(call, env);
  return x.kind === "tensor" ? tensor("bool", x.shape) : unknown;
};

const inSteps: Rule = (call, env) => {
  const [duration, total] = [call.args.get("duration"), call.args.get("total")];
  if (duration === undefined || total === undefined) return unknown;
  const fits = duration.value.kind === "duration" || (duration.value.kind === "float" && duration.value.percent);
  if (!fits) return wrongKind(call, "a duration (100 steps, 3%)", duration.value, duration.expr.span, env);
  return total.value.kind === "unknown" || floatOperand("in_steps", total.value, total.expr.span, env) === null
    ? unknown
    : tensor("f32", []);
};

const initialiser: Rule = (call, env) => {
  for (const [name, { value, expr }] of call.args)
    if (!isStatic(value)) return wrongKind(call, `a number \`${name}\``, value, expr.span, env);
  return { kind: "fill" };
};

const word: Rule = (call, env) =>
  fail(env, "E0108", call.span, [], () => ({ message: `\`${call.name}\` takes no arguments`, label: "a constant" }));

const rules: { readonly [K in PrimitiveName]: Rule } = {
  exp: floatFunction,
  log: floatFunction,
  sqrt: floatFunction,
  rsqrt: floatFunction,
  tanh: floatFunction,
  erf: floatFunction,
  sin: floatFunction,
  cos: floatFunction,
  abs: sameType,
  sign: sameType,
  floor: sameType,
  ceil: sameType,
  round: sameType,
  is_finite: finite,
  clamp,
  min: extreme,
  max: extreme,
  sum: reduce,
  mean,
  argmax,
  topk,
  cumsum: cumulate,
  f32: cast("f32"),
  f16: cast("f16"),
  i32: cast("i32"),
  bool: cast("bool"),
  stop_gradient: identity,
  iota,
  rearrange: evaluateRearrange,
  einsum: evaluateEinsum,
  concat,
  len,
  rand_like: sameFloats,
  randn_like: sameFloats,
  in_steps: inSteps,
  zeros: initialiser,
  ones: initialiser,
  normal: initialiser,
  uniform: initialiser,
  constant: initialiser,
  pi: word,
  inf: word,
  training: word,
};
