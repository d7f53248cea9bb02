/**
 * What an expression means while a program is elaborated: static values are plain data, tensors are values of the graph
 * being built. Static values never depend on tensors, so lowering is a concrete evaluator with two kinds of numbers.
 */
import type { Decl, Expr, FnDecl, Param, Unit } from "../../1-parse/ast.ts";
import type { PrimitiveName } from "../../2-check/primitives.ts";
import type { Module } from "../../2-check/program.ts";
import type { ValueId } from "../../ir/graph/graph.ts";
import type { Frame } from "./frame.ts";

export type Datum =
  | NumberDatum
  | { readonly kind: "quantity"; readonly value: number; readonly unit: Unit }
  | { readonly kind: "percent"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "tuple"; readonly elements: readonly Datum[] }
  | { readonly kind: "list"; readonly elements: readonly Datum[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Datum> }
  | TensorDatum
  | MeanDatum
  | { readonly kind: "initialiser"; readonly initialiser: Initialiser }
  | { readonly kind: "instance"; readonly instance: Instance }
  /** A declaration not yet applied to arguments: `Linear`. */
  | { readonly kind: "decl"; readonly decl: Decl; readonly module: Module }
  /** A declared function; `self`: the instance whose method it is. */
  | { readonly kind: "function"; readonly fn: FnDecl; readonly module: Module; readonly self: Instance | null }
  | { readonly kind: "lambda"; readonly params: readonly Param[]; readonly body: Expr; readonly frame: Frame }
  | { readonly kind: "primitive"; readonly name: PrimitiveName }
  | { readonly kind: "module"; readonly module: Module };

export type NumberDatum = { readonly kind: "number"; readonly value: number; readonly integer: boolean };

export type TensorDatum = { readonly kind: "tensor"; readonly id: ValueId; readonly axes: AxisNames | null };
/** The dimension that each axis was declared with in this function, for `axis = D`; null for the others. */
export type AxisNames = readonly (string | null)[];

/** A sum of means: what `loss` returns. Each keeps numerator and weight (f32 scalars) apart. */
export type MeanDatum = { readonly kind: "mean"; readonly terms: readonly MeanTerm[] };
export type MeanTerm = { readonly coefficient: number; readonly numerator: ValueId; readonly weight: ValueId };

/** The first value of a parameter or state, of whatever shape that has. `uniform`: in [−bound, bound). */
export type Initialiser =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "uniform"; readonly bound: number };

/** A layer, model, optimizer, schedule or objective with its arguments, in one program. */
export type Instance = {
  readonly decl: Decl;
  readonly module: Module;
  /** Place in the parameter tree: `blocks.0.attn`; "" for the model. */
  readonly path: string;
  /** The list of layers it stands in, for `origin.loop`. */
  readonly loop: { readonly list: string; readonly index: number } | null;
  readonly args: ReadonlyMap<string, Datum>;
  /** Filled as members are evaluated, in the order they are written or sooner where one needs another. */
  readonly members: Map<string, Datum>;
  /** Calls and declarations around it: `Frame.depth` of its members. */
  readonly depth: number;
  /** Members being evaluated: a second visit is a cycle. */
  readonly pending: Set<string>;
};

export const none: Datum = { kind: "none" };

export function integer(value: number): NumberDatum {
  return { kind: "number", value, integer: true };
}

export function float(value: number): NumberDatum {
  return { kind: "number", value, integer: false };
}

export function bool(value: boolean): Datum {
  return { kind: "bool", value };
}

export function tensor(id: ValueId, axes: AxisNames | null = null): TensorDatum {
  return { kind: "tensor", id, axes };
}

/** What leaves or enters a function: names of dimensions mean something else there. */
export function withoutNames(datum: Datum): Datum {
  return datum.kind === "tensor" ? tensor(datum.id) : datum;
}
