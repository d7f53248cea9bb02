/** Result shapes of the primitive functions: a row each. */
import type { Arg, Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { bindArguments } from "../bind-arguments.ts";
import { isPrimitiveName, type PrimitiveName, primitive } from "../primitives.ts";
import { evaluateRearrange } from "./einops.ts";
import { evaluateEinsum } from "./einsum.ts";
import { cast, clamp, extreme, finite, floatFunction, identity, sameFloats, sameType } from "./elementwise-rules.ts";
import { type Env, reporterOf } from "./env.ts";
import { evaluateShape } from "./evaluate.ts";
import { cumulate, reduce } from "./reductions.ts";
import { argmax, concat, initialiser, inSteps, iota, len, mean, topk, word } from "./structure-rules.ts";
import { unknown, type Value } from "./value.ts";

/** A call with its arguments by name. */
export type PrimitiveCall = {
  readonly name: PrimitiveName;
  readonly span: Span;
  readonly args: ReadonlyMap<string, { readonly value: Value; readonly expr: Expr }>;
  readonly rest: readonly { readonly value: Value; readonly expr: Expr }[];
  readonly keywords: readonly { readonly name: string; readonly value: Value; readonly expr: Expr }[];
};

export type Rule = (call: PrimitiveCall, env: Env) => Value;

export function callPrimitive(name: string, call: Expr & { kind: "call" }, env: Env): Value {
  if (!isPrimitiveName(name)) return unknown;
  const signature = primitive(name);
  const params = signature.kind === "constant" ? [] : signature.params;
  const formals = params.map((param) => ({
    name: param.name,
    optional: param.optional ?? false,
    rest: param.rest ?? false,
    keywords: param.keywords ?? false,
  }));
  const bound = bindArguments(name, formals, call.args, call.span, reporterOf(env));
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
