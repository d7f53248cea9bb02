/** An argument against the type of its parameter: binds the signature's dimensions, or tells what does not fit. */
import type { Axis as AxisExpr, TypeExpr } from "../../1-parse/ast.ts";
import type { DiagnosticCode } from "../../diagnostics/catalog.ts";
import { constantOf, substitute } from "../../ir/dim.ts";
import { provablyEqual } from "../../ir/dim-facts.ts";
import { printType } from "../print-expr.ts";
import { sameShape } from "./broadcast.ts";
import { dimOf } from "./dims.ts";
import type { Env } from "./env.ts";
import { type Bound, bindable, boundDim, elementTypeOf, hasUnboundNames } from "./types.ts";
import { type ElementType, formatAxis, formatShape, type Shape, tensor, unknown, type Value } from "./value.ts";

export type Mismatch = { readonly code: DiagnosticCode; readonly expected: string };

/** `env` is the callee's: its names in the caller's dimensions. Returns the value as the callee sees it. */
export function match(type: TypeExpr, value: Value, bound: Bound, env: Env): Value | { readonly mismatch: Mismatch } {
  if (value.kind === "unknown") return value;
  if (type.optional) {
    if (value.kind === "none") return value;
    if (value.kind === "optional") {
      const inner = match({ ...type, optional: false }, value.of, bound, env);
      return "mismatch" in inner ? inner : { kind: "optional", of: inner };
    }
    return match({ ...type, optional: false }, value, bound, env);
  }
  switch (type.kind) {
    case "tupleType": {
      if (value.kind !== "tuple" || value.elements.length !== type.elements.length) return wrong(type);
      const elements: Value[] = [];
      for (const [i, element] of value.elements.entries()) {
        const elementType = type.elements[i];
        const matched = elementType === undefined ? unknown : match(elementType, element, bound, env);
        if ("mismatch" in matched) return matched;
        elements.push(matched);
      }
      return { kind: "tuple", elements };
    }
    case "recordType":
      return matchRecord(type, value, bound, env);
    case "fnType":
      return value.kind === "function" ? value : wrong(type);
    case "named":
      return type.shape === null
        ? matchStatic(type.name?.text ?? "", value, type)
        : matchTensor(type.name?.text ?? "", type.shape, value, bound, env);
  }
}

function matchRecord(
  type: TypeExpr & { kind: "recordType" },
  value: Value,
  bound: Bound,
  env: Env,
): Value | { readonly mismatch: Mismatch } {
  if (value.kind !== "record" || value.fields.size !== type.fields.length) return wrong(type);
  for (const { name, type: fieldType } of type.fields) {
    const field = value.fields.get(name.text);
    const matched = field === undefined ? wrong(type) : match(fieldType, field, bound, env);
    if ("mismatch" in matched) return { mismatch: { ...matched.mismatch, expected: printType(type) } };
  }
  return value;
}

function wrong(type: TypeExpr, code: DiagnosticCode = "E0108"): { readonly mismatch: Mismatch } {
  return { mismatch: { code, expected: printType(type) } };
}

function matchStatic(name: string, value: Value, type: TypeExpr): Value | { readonly mismatch: Mismatch } {
  const fits = (ok: boolean) => (ok ? value : wrong(type));
  switch (name) {
    case "dim":
      if (value.kind === "int" && (constantOf(value.dim) ?? 1) < 1)
        return { mismatch: { code: "E0109", expected: "at least 1" } };
      return fits(value.kind === "int");
    case "int":
      return fits(value.kind === "int");
    case "float":
    case "per_parameter":
      if (value.kind === "int") return { kind: "float", value: constantOf(value.dim) };
      return name === "per_parameter" && value.kind === "schedule" ? value : fits(value.kind === "float");
    case "bool":
      return fits(value.kind === "boolean");
    case "string":
      return fits(value.kind === "string");
    case "duration":
      if (value.kind === "float" && value.percent) return { kind: "duration" };
      return fits(value.kind === "duration");
    case "schedule":
      if (value.kind === "instance" && value.decl.declKind.text === "schedule") return { kind: "schedule" };
      return fits(value.kind === "schedule" || value.kind === "float" || value.kind === "int");
    case "mean":
      return fits(value.kind === "mean");
    case "layer":
    case "model":
    case "optimizer":
    case "objective":
      return fits(value.kind === "instance" && value.decl.declKind.text === name);
    case "list":
      return fits(value.kind === "list" || value.kind === "sequence");
    case "fn":
      return fits(value.kind === "function");
    default:
      return unknown;
  }
}

function matchTensor(
  name: string,
  axes: readonly AxisExpr[],
  value: Value,
  bound: Bound,
  env: Env,
): Value | { readonly mismatch: Mismatch } {
  const expected = elementTypeOf(name);
  if (expected === null) return unknown;
  const expectedText = () => `${name}[${axes.map((axis) => axisText(axis, bound, env)).join(", ")}]`;
  // A number is no list of ids: `pos(iota(S))`, not `pos(S)`.
  if (value.kind === "int" && expected === "i32" && axes.length > 0) {
    return { mismatch: { code: "E0203", expected: expectedText() } };
  }
  const actual = scalarAsTensor(value, expected);
  if (actual === null)
    return { mismatch: { code: value.kind === "tensor" ? "E0211" : "E0203", expected: expectedText() } };
  if (!convertible(actual.type, expected, actual.shape.length))
    return { mismatch: { code: "E0211", expected: expectedText() } };
  return matchAxes(axes, actual.shape, bound, env)
    ? tensor(expected, actual.shape)
    : { mismatch: { code: "E0203", expected: expectedText() } };
}

/** A static number where a scalar is expected. */
function scalarAsTensor(value: Value, expected: ElementType): (Value & { kind: "tensor" }) | null {
  if (value.kind === "tensor") return value;
  if (value.kind === "mean") return tensor("float", []);
  if (value.kind === "int") return tensor(expected === "bool" ? "i32" : expected, []);
  if (value.kind === "float") return tensor("float", []);
  return value.kind === "boolean" ? tensor("bool", []) : null;
}

/** Floats of one program agree in this version; integer scalars convert, tensors of integers do not. */
function convertible(from: ElementType, to: ElementType, rank: number): boolean {
  if (from === to) return true;
  const floats: readonly ElementType[] = ["float", "f32"];
  if (floats.includes(from) && floats.includes(to)) return true;
  return from === "i32" && floats.includes(to) && rank === 0;
}

/** Matches from both ends towards the star, if there is one. Compound axes are compared when all names are bound. */
function matchAxes(axes: readonly AxisExpr[], shape: Shape, bound: Bound, env: Env): boolean {
  const at = axes.findIndex((axis) => axis.kind === "rest" || axis.kind === "star");
  const before = at === -1 ? axes : axes.slice(0, at);
  const after = at === -1 ? [] : axes.slice(at + 1);
  if (at === -1 ? shape.length !== axes.length : shape.length < before.length + after.length) return false;
  const pairs = [
    ...before.map((axis, i) => [axis, shape[i]] as const),
    ...after.map((axis, i) => [axis, shape[shape.length - after.length + i]] as const),
  ];
  const later: (typeof pairs)[number][] = [];
  for (const [axis, actual] of pairs) {
    if (actual === undefined || (actual.kind === "star" && axis.kind !== "any")) return false;
    if (axis.kind !== "dim" || actual.kind !== "dim") continue;
    const name = bindable(axis.value, bound, env);
    if (name !== null) bound.dims.set(name, actual.dim);
    else later.push([axis, actual]);
  }
  const star = axes[at];
  if (star !== undefined && (star.kind === "rest" || star.kind === "star")) {
    const name = star.kind === "rest" ? "..." : star.name.text;
    const middle = shape.slice(before.length, shape.length - after.length);
    const known = bound.stars.get(name);
    if (known === undefined) bound.stars.set(name, middle);
    else if (!sameShape(known, middle, env.known.facts)) return false;
  }
  return later.every(([axis, actual]) => {
    if (axis.kind !== "dim" || actual?.kind !== "dim") return true;
    // A size given by names that only a later parameter binds cannot be held against anything yet.
    if (hasUnboundNames(axis.value, bound, env)) return true;
    const dim = dimOf(axis.value, ({ text }) => boundDim(text, bound, env));
    return dim !== null && provablyEqual(dim, actual.dim, env.known.facts);
  });
}

/** An axis of a parameter, its names replaced by what they are bound to. */
function axisText(axis: AxisExpr, bound: Bound, env: Env): string {
  switch (axis.kind) {
    case "any":
      return "_";
    case "rest":
      return "...";
    case "star": {
      const known = bound.stars.get(axis.name.text);
      return known === undefined ? `*${axis.name.text}` : formatShape(known).slice(1, -1);
    }
    case "dim": {
      const dim = dimOf(axis.value, ({ text }) => boundDim(text, bound, env));
      if (dim !== null) return formatAxis({ kind: "dim", dim: substitute(dim, () => undefined) });
      return axis.value.kind === "name"
        ? axis.value.text
        : printType({ kind: "named", name: null, shape: [axis], optional: false, span: axis.span }).slice(1, -1);
    }
  }
}
