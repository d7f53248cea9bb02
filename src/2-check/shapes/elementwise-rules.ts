/** Primitive functions that work element by element. */
import type { Expr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import { constantOf } from "../../ir/dim.ts";
import { combine, floatOperand, type Operand, operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import type { PrimitiveCall, Rule } from "./primitive-calls.ts";
import { reduce } from "./reductions.ts";
import { describe, someFloat, tensor, unknown, type Value } from "./value.ts";

/** exp, tanh, …: floats of the same shape; of a static number, a number. */
export const floatFunction: Rule = (call, env) => {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  if (x.value.kind === "int" || x.value.kind === "float") return someFloat;
  return floatOperand(call.name, x.value, x.expr.span, env) ?? unknown;
};

/** abs, sign, floor, …: numbers of the same type. */
export const sameType: Rule = (call, env) => {
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

export const cast =
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
export const extreme: Rule = (call, env) => {
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

export function isStatic(value: Value): boolean {
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

export const clamp: Rule = (call, env) => {
  const parts = ["x", "lo", "hi"].flatMap((name) => call.args.get(name) ?? []);
  if (parts.some((part) => part.value.kind === "unknown")) return unknown;
  return parts.every((part) => isStatic(part.value)) ? someFloat : elementwise("clamp", parts, call, env);
};

export const sameFloats: Rule = (call, env) => {
  const x = call.args.get("x");
  return x === undefined || x.value.kind === "unknown"
    ? unknown
    : (floatOperand(call.name, x.value, x.expr.span, env) ?? unknown);
};

export const identity: Rule = (call, env) => {
  const x = call.args.get("x");
  if (x === undefined || x.value.kind === "unknown") return unknown;
  return isStatic(x.value) ? x.value : (operandOf(x.value, x.expr.span, env)?.tensor ?? unknown);
};

export const finite: Rule = (call, env) => {
  const x = floatFunction(call, env);
  return x.kind === "tensor" ? tensor("bool", x.shape) : unknown;
};
