/** Accumulators of reductions: one value a lane of the vector axis, combined at the end. */
import type { ReduceFunction } from "../../ir/graph/graph.ts";
import type { NodeId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/rules/convert.ts";
import { invariant } from "../../support/invariant.ts";
import { type Context, defineIn, type Frame, openBranch } from "./context.ts";
import { evaluate, scalarOf } from "./evaluate.ts";
import { floatConstant } from "./functions/non-finite.ts";
import { binary, call, lane, lanesOf, literal, name, splat, typeOf } from "./syntax/build.ts";
import type { Block, Expr } from "./syntax/tree.ts";

/** A variable that starts with the reduction's identity. */
export function openAccumulator(context: Context, frame: Frame, node: NodeId): { readonly variable: Expr } {
  const { of, fn } = reductionOf(context, node);
  const { vector, dependences, nest, helpers } = context;
  const lanes = vector !== null && dependences[of]!.has(vector.axis) ? vector.lanes : 1;
  const { dtype } = nest.body[node]!;
  const type = typeOf(scalarOf(dtype), lanes);
  const identity = identityOf(fn, dtype);
  const start = type.scalar === "f32" ? floatConstant(identity, helpers) : literal(type.scalar, identity);
  const minted = context.mint(fn);
  const variable = name(minted, type);
  frame.block.push({ kind: "var", name: minted, type, value: splat(start, lanes) });
  return { variable };
}

/** Takes one element (of every lane) in. A sum of `c ? x : 0` computes x only where c holds. */
export function accumulate(context: Context, frame: Frame, node: NodeId, variable: Expr): void {
  const { of, fn } = reductionOf(context, node);
  const { op } = context.nest.body[of]!;
  if (fn === "sum" && op.kind === "select" && isZero(context, op.else)) {
    const condition = evaluate(context, frame, op.condition);
    const then: Block = [];
    const branch = openBranch(frame, then);
    // With one lane the branch's condition is the select's.
    const value = condition.type.lanes === 1 ? evaluate(context, branch, op.then) : evaluate(context, branch, of);
    const any = condition.type.lanes === 1 ? condition : anyOf(condition);
    then.push({ kind: "assign", target: variable, value: combine(fn, variable, value) });
    frame.block.push({ kind: "if", condition: any, then, otherwise: [] });
    return;
  }
  const value = evaluate(context, frame, of);
  frame.block.push({ kind: "assign", target: variable, value: combine(fn, variable, value) });
}

/** The reduction over the lanes of the vector axis. */
export function combineLanes(context: Context, frame: Frame, node: NodeId, variable: Expr): Expr {
  const { fn } = reductionOf(context, node);
  const parts = lanesOf(variable);
  if (parts.length === 1) return variable;
  const half = parts.length / 2;
  const pairs = parts.slice(0, half).map((part, index) => combine(fn, part, lane(variable, index + half)));
  return defineIn(
    context,
    frame.block,
    fn,
    pairs.reduce((left, right) => combine(fn, left, right)),
  );
}

export function combine(fn: ReduceFunction, left: Expr, right: Expr): Expr {
  return fn === "sum" ? binary("+", left, right) : call(fn, [left, right]);
}

export function reductionOf(context: Context, node: NodeId): { readonly of: NodeId; readonly fn: ReduceFunction } {
  const { op } = context.nest.body[node]!;
  invariant(op.kind === "reduce", `node ${node} is no reduction`);
  return op;
}

function isZero(context: Context, node: NodeId): boolean {
  const { op } = context.nest.body[node]!;
  return op.kind === "constant" && op.value === 0;
}

function anyOf(condition: Expr): Expr {
  return { kind: "call", fn: "any", args: [condition], type: typeOf("bool", 1) };
}
