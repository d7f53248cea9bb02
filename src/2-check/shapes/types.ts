/** Types as written → what a value of them is. Upper-case names of a signature that are not in scope are bound by it. */
import type { Axis as AxisExpr, Expr, TypeExpr } from "../../1-parse/ast.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import { type Dim, named } from "../../ir/dim.ts";
import { assumeUnbounded } from "../../ir/dim-facts.ts";
import { dimOf, fresh, isUpperCase, namesInDim, type Resolve } from "./dims.ts";
import { divideExact } from "./divide-exact.ts";
import { assume, type Env, fail } from "./env.ts";
import {
  type Axis,
  dimAxis,
  type ElementType,
  intOf,
  optional,
  type Shape,
  someFloat,
  star,
  tensor,
  unknown,
  type Value,
} from "./value.ts";

/** What a signature has bound so far. */
export type Bound = { readonly dims: Map<string, Dim>; readonly stars: Map<string, Shape> };

export function nothingBound(): Bound {
  return { dims: new Map(), stars: new Map() };
}

/** `bind`: a signature of one's own, whose new names become symbols. `use`: all names must be bound (E0212). */
type Mode = "bind" | "use";

const elementTypes: Readonly<Record<string, ElementType>> = {
  "": "float",
  f32: "f32",
  f16: "f16",
  i32: "i32",
  u32: "u32",
  bool: "bool",
  param: "float",
  state: "float",
};

/** The tensor element type that a type's name stands for, where it has brackets. */
export function elementTypeOf(name: string): ElementType | null {
  return Object.hasOwn(elementTypes, name) ? (elementTypes[name] ?? null) : null;
}

const typeNames = [
  "dim",
  "int",
  "float",
  "bool",
  "string",
  "duration",
  "schedule",
  "per_parameter",
  "layer",
  "model",
  "optimizer",
  "objective",
  "list",
  "fn",
  "mean",
] as const;
type TypeName = (typeof typeNames)[number];

/** A value of this type, of which nothing else is known. `name` is what it is called, for dimensions. */
export function typeValue(type: TypeExpr, name: string, bound: Bound, mode: Mode, env: Env): Value {
  const value = bareTypeValue(type, name, bound, mode, env);
  return type.optional ? optional(value) : value;
}

function bareTypeValue(type: TypeExpr, name: string, bound: Bound, mode: Mode, env: Env): Value {
  switch (type.kind) {
    case "tupleType":
      return {
        kind: "tuple",
        elements: type.elements.map((element) => typeValue(element, `${name}'`, bound, mode, env)),
      };
    case "recordType":
      return {
        kind: "record",
        fields: new Map(
          type.fields.map((field) => [field.name.text, typeValue(field.type, field.name.text, bound, mode, env)]),
        ),
      };
    case "fnType":
      return { kind: "function", of: "type", params: type.params, result: type.result };
    case "named":
      return type.shape === null ? staticValue(type, name, env) : tensorValue(type, type.shape, bound, mode, env);
  }
}

function staticValue(type: TypeExpr & { kind: "named" }, name: string, env: Env): Value {
  const typeName = type.name?.text ?? "";
  if (!isTypeName(typeName)) return reportUnknownType(type, typeName, env);
  switch (typeName) {
    case "dim":
      return intOf(named(name));
    case "int":
      assume(env, (facts) => assumeUnbounded(facts, name));
      return intOf(named(name));
    case "float":
    case "per_parameter":
      return someFloat;
    case "bool":
      return { kind: "boolean", value: null };
    case "string":
      return { kind: "string", value: null, span: null };
    case "duration":
      return { kind: "duration" };
    case "schedule":
      return { kind: "schedule" };
    case "mean":
      return { kind: "mean" };
    case "layer":
    case "model":
    case "optimizer":
    case "objective":
    case "list":
    case "fn":
      return unknown;
  }
}

function isTypeName(name: string): name is TypeName {
  return typeNames.some((known) => known === name);
}

function reportUnknownType(type: TypeExpr & { kind: "named" }, name: string, env: Env): Value {
  const tensorType = elementTypeOf(name) !== null;
  const near = suggest(name, typeNames);
  return fail(env, "E0102", type.name?.span ?? type.span, [], () => ({
    message: tensorType
      ? `\`${name}\` needs its axes: \`${name}[]\` is a scalar`
      : `there is no type \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
    label: "not a type",
    help: `types: ${typeNames.join(", ")}, and tensors: [B, T], i32[B, T]`,
  }));
}

function tensorValue(
  type: TypeExpr & { kind: "named" },
  axes: readonly AxisExpr[],
  bound: Bound,
  mode: Mode,
  env: Env,
): Value {
  const name = type.name?.text ?? "";
  const element = elementTypeOf(name);
  const shape = shapeOf(axes, bound, mode, env);
  if (element === null) {
    const near = suggest(name, Object.keys(elementTypes));
    return fail(env, "E0102", type.name?.span ?? type.span, [], () => ({
      message: `there are no tensors of \`${name}\`${near === null ? "" : `; did you mean \`${near}\`?`}`,
      label: "not an element type",
      help: "element types: f32, f16, i32, bool; `[…]` alone is the computing float",
    }));
  }
  return shape === null ? unknown : tensor(element, shape);
}

/** Null where a name is not bound, which has been reported. */
export function shapeOf(axes: readonly AxisExpr[], bound: Bound, mode: Mode, env: Env): Shape | null {
  const shape: Axis[] = [];
  for (const axis of axes) {
    switch (axis.kind) {
      case "any":
        shape.push(dimAxis(fresh(axis.span.start)));
        break;
      case "rest":
      case "star": {
        const name = axis.kind === "rest" ? "..." : axis.name.text;
        const before = bound.stars.get(name) ?? starInScope(name, env);
        if (before === undefined && mode === "use") {
          reportUnbound(name === "..." ? "..." : `*${name}`, axis.span, env);
          return null;
        }
        const axesOf = before ?? [star(name)];
        bound.stars.set(name, axesOf);
        shape.push(...axesOf);
        break;
      }
      case "dim": {
        const dim = dimensionOf(axis.value, bound, mode, env);
        if (dim === null) return null;
        shape.push(dimAxis(dim));
      }
    }
  }
  return shape;
}

/** `*S` of a state is that of `update`, whatever is updated. */
function starInScope(name: string, env: Env): Shape | undefined {
  const value = env.locals.get(`*${name}`);
  return value?.kind === "tensor" ? value.shape : undefined;
}

function dimensionOf(expr: Expr, bound: Bound, mode: Mode, env: Env): Dim | null {
  let reported = false;
  const resolve: Resolve = ({ text, span }) => {
    const dim = boundDim(text, bound, env);
    if (dim !== null) return dim;
    if (mode === "bind" && isUpperCase(text)) {
      bound.dims.set(text, named(text));
      return named(text);
    }
    reported = true;
    reportUnbound(text, span, env);
    return null;
  };
  const dim = dimOf(expr, resolve, (of, by) => divideExact(of, by, expr.span, env));
  if (dim === null && !reported) {
    fail(env, "E0212", expr.span, [], () => ({
      message: "an axis is a dimension: names, whole numbers and `+ - * // %`",
      label: "not a dimension",
    }));
  }
  return dim;
}

export function boundDim(name: string, bound: Bound, env: Env): Dim | null {
  const local = env.locals.get(name);
  if (local?.kind === "int") return local.dim;
  return bound.dims.get(name) ?? null;
}

function reportUnbound(name: string, span: Expr["span"], env: Env): void {
  const lower = !isUpperCase(name) && name !== "..." && !name.startsWith("*");
  fail(env, "E0212", span, [], () => ({
    message: `dimension \`${name}\` is not bound here`,
    label: "which size is that?",
    help: lower
      ? "a signature binds upper-case names; others must be parameters or members"
      : "name it among the axes of a parameter, or make it a parameter of the declaration",
  }));
}

/** Whether an axis expression is a single name that the signature may bind. */
export function bindable(expr: Expr, bound: Bound, env: Env): string | null {
  return expr.kind === "name" && isUpperCase(expr.text) && boundDim(expr.text, bound, env) === null ? expr.text : null;
}

export function hasUnboundNames(expr: Expr, bound: Bound, env: Env): boolean {
  return namesInDim(expr).some((name) => boundDim(name.text, bound, env) === null);
}
