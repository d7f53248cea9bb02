/**
 * What an expression is while shapes are checked: a tensor with symbolic axes, a static number, a layer, …
 *
 * `unknown` stands for what has failed already, and for what this version does not follow: nothing more is said of it.
 */
import type { Decl, FnDecl, TypeExpr } from "../../1-parse/ast.ts";
import type { Span } from "../../diagnostics/report.ts";
import type { Dim } from "../../ir/dim.ts";
import { formatDim } from "../../ir/format-dim.ts";
import type { Module } from "../program.ts";

/** `float`: the computing float, f32 or under mixed precision f16. */
export type ElementType = "float" | "f32" | "f16" | "i32" | "u32" | "bool";

export type Axis =
  | { readonly kind: "dim"; readonly dim: Dim }
  /**
   * Any number of axes, `*S` or `...` (whose name is that). `stretches`: one of them, it is not known which, has become
   * 1 in a reduction that keeps it, so it broadcasts to the axes of that name.
   */
  | { readonly kind: "star"; readonly name: string; readonly stretches: boolean };

/** At most one star. */
export type Shape = readonly Axis[];

export type Value =
  | { readonly kind: "tensor"; readonly type: ElementType; readonly shape: Shape }
  /** A static whole number. `literal`: written as one, so it converts to any type by itself. */
  | { readonly kind: "int"; readonly dim: Dim; readonly literal: boolean }
  /** A static float; null where only an instance knows it. `percent`: written as one, so it may be a duration. */
  | { readonly kind: "float"; readonly value: number | null; readonly percent?: true }
  | { readonly kind: "boolean"; readonly value: boolean | null }
  | { readonly kind: "string"; readonly value: string | null; readonly span: Span | null }
  | { readonly kind: "none" }
  /** `zeros`, `normal(std)`: takes the shape it is asked for. */
  | { readonly kind: "fill" }
  | { readonly kind: "duration" }
  | { readonly kind: "schedule" }
  /** A loss: numerator and weight apart. */
  | { readonly kind: "mean" }
  | { readonly kind: "optional"; readonly of: Value }
  | { readonly kind: "tuple"; readonly elements: readonly Value[] }
  | { readonly kind: "list"; readonly elements: readonly Value[] }
  /** A list whose length is a dimension: `[Block(D, H) for i in 0..L]`, and `a..b`. */
  | { readonly kind: "sequence"; readonly element: Value; readonly length: Dim }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Value> }
  | Instance
  | FunctionValue
  | { readonly kind: "unknown" };

export type Instance = {
  readonly kind: "instance";
  readonly decl: Decl;
  readonly module: Module;
  /** In the dimensions of whoever built it. */
  readonly args: ReadonlyMap<string, Value>;
  /** Filled on first use: its members, in the same dimensions. */
  readonly members: Map<string, Value>;
};

export type FunctionValue =
  | {
      readonly kind: "function";
      readonly of: "fn";
      readonly fn: FnDecl;
      readonly module: Module;
      readonly self: ReadonlyMap<string, Value>;
    }
  | { readonly kind: "function"; readonly of: "primitive"; readonly name: string }
  /** A parameter of a function type. */
  | { readonly kind: "function"; readonly of: "type"; readonly params: readonly TypeExpr[]; readonly result: TypeExpr }
  /** A declaration that is not called: `Linear`. */
  | { readonly kind: "function"; readonly of: "decl"; readonly decl: Decl; readonly module: Module };

export const unknown: Value = { kind: "unknown" };
export const none: Value = { kind: "none" };
export const someFloat: Value = { kind: "float", value: null };

export function tensor(type: ElementType, shape: Shape): Value & { readonly kind: "tensor" } {
  return { kind: "tensor", type, shape };
}

export function intOf(dim: Dim, literal = false): Value {
  return { kind: "int", dim, literal };
}

export function dimAxis(dim: Dim): Axis {
  return { kind: "dim", dim };
}

export function star(name: string, stretches = false): Axis {
  return { kind: "star", name, stretches };
}

export function optional(of: Value): Value {
  return of.kind === "optional" || of.kind === "none" || of.kind === "unknown" ? of : { kind: "optional", of };
}

/** `[B, T, 4 * D]` */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatAxis).join(", ")}]`;
}

export function formatAxis(axis: Axis): string {
  if (axis.kind === "dim") return formatDim(axis.dim).replaceAll(/_\d+/g, "_");
  return axis.name === "..." ? "..." : `*${axis.name}`;
}

const typeNames: Readonly<Record<ElementType, string>> = {
  float: "",
  f32: "f32",
  f16: "f16",
  i32: "i32",
  u32: "u32",
  bool: "bool",
};

/** What it is, for a message: `i32[B, T]`, `the layer Linear`. */
export function describe(value: Value): string {
  switch (value.kind) {
    case "tensor":
      return typeNames[value.type] + formatShape(value.shape);
    case "int":
      return `the whole number ${formatDim(value.dim)}`;
    case "float":
      return value.value === null ? "a number" : `the number ${value.value}`;
    case "boolean":
      return value.value === null ? "a condition" : String(value.value);
    case "string":
      return value.value === null ? "a string" : `the string ${JSON.stringify(value.value)}`;
    case "none":
      return "none";
    case "fill":
      return "an initialiser";
    case "duration":
      return "a duration";
    case "schedule":
      return "a schedule";
    case "mean":
      return "a mean";
    case "optional":
      return `${describe(value.of)} or none`;
    case "tuple":
      return `a tuple (${value.elements.map(describe).join(", ")})`;
    case "list":
    case "sequence":
      return "a list";
    case "record":
      return `{ ${[...value.fields].map(([name, field]) => `${name}: ${describe(field)}`).join(", ")} }`;
    case "instance":
      return `the ${value.decl.declKind.text} ${value.decl.name.text}`;
    case "function":
      return "a function";
    case "unknown":
      return "an unknown value";
  }
}

export function describeType(type: ElementType): string {
  return type === "float" ? "float" : type;
}
