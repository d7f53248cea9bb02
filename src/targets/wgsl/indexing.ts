/** Index expressions and guards → u32 expressions. Where the vector axis takes part, a lane at a time or all at once. */
import { atomsOf, constantIndex, intervalOf, keyOf, type Ranges } from "../../ir/kernel/index-expr.ts";
import { substitute } from "../../ir/kernel/index-maps.ts";
import type { Guard, IndexExpr, NodeId } from "../../ir/kernel/kernel.ts";
import { simplify } from "../../ir/kernel/normal-form.ts";
import { invariant } from "../../support/invariant.ts";
import { axisIn, type Context, defineIn, type Frame, homeOf } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { axesOfIndex } from "./nest-dependences.ts";
import { all, binary, bitcast, compose, lane, modulo, over, plus, times, unsigned } from "./syntax/build.ts";
import type { Expr } from "./syntax/tree.ts";

/** The value of an expression, in every lane if it depends on the vector axis. */
export function indexOf(context: Context, frame: Frame, expr: IndexExpr): Expr {
  return compose(laneExprs(context, expr).map((one, index) => scalarIndex(context, frame, one, index)));
}

/** Does the guard hold? One answer where all lanes agree, else one each. */
export function conditionOf(context: Context, frame: Frame, guard: Guard): Expr {
  const lanes = isUniform(context, guard) ? 1 : (context.vector?.lanes ?? 1);
  return compose(
    Array.from({ length: lanes }, (_, index) =>
      all(guard.map((clause) => clauseOf(context, frame, clause, lanes === 1 ? 0 : index))),
    ),
  );
}

/** from <= expr < to, as one comparison: what lies below `from` wraps to above. */
function clauseOf(context: Context, frame: Frame, { expr, from, to }: Guard[number], index: number): Expr {
  const { low, high } = intervalOf(expr, context.nest.ranges);
  const exprs = laneExprs(context, expr);
  const value = scalarIndex(context, frame, exprs[index] ?? exprs[0]!, index);
  if (low >= from) return binary("<", value, unsigned(to));
  if (high < to && low >= 0) return binary(">=", value, unsigned(from));
  return binary("<", plus(value, unsigned(-from >>> 0)), unsigned(to - from));
}

/** Do all lanes of a group lie on one side of every bound? */
export function isUniform(context: Context, guard: Guard): boolean {
  const lanes = context.vector?.lanes ?? 1;
  return guard.every(({ expr, from, to }) => {
    const stride = strideOf(context, expr);
    if (stride === 0) return true;
    return stride === 1 && isAligned(context, expr) && from % lanes === 0 && to % lanes === 0;
  });
}

/** The expression's step from lane to lane; `null` where there is none, or an unknown one. */
export function strideOf(context: Context, expr: IndexExpr): number | null {
  const exprs = laneExprs(context, expr);
  if (exprs.length === 1) return 0;
  // A node that differs from lane to lane: nothing is known of its steps.
  const nodes = [...atomsOf(expr).nodes];
  if (nodes.some((node) => context.dependences[node]!.has(context.vector!.axis))) return null;
  const steps = exprs.slice(1).map((one, index) => differenceOf(one, exprs[index]!, groupRanges(context)));
  const [step] = steps;
  return step !== undefined && steps.every((other) => other === step) ? step : null;
}

/** Is the first lane's value a multiple of the number of lanes? */
export function isAligned(context: Context, expr: IndexExpr): boolean {
  const lanes = context.vector?.lanes ?? 1;
  const [first] = laneExprs(context, expr);
  const rest = simplify({ kind: "mod", of: first!, by: lanes }, groupRanges(context));
  return rest.kind === "constant" && rest.value === 0;
}

/** The first lane's value, in units of a whole vector. */
export function groupIndex(context: Context, frame: Frame, expr: IndexExpr): Expr {
  const [first] = laneExprs(context, expr);
  const by = context.vector?.lanes ?? 1;
  return scalarIndex(context, frame, simplify({ kind: "div", of: first!, by }, groupRanges(context)), 0);
}

/** One lane's value. */
export function laneIndex(context: Context, frame: Frame, expr: IndexExpr, index: number): Expr {
  const exprs = laneExprs(context, expr);
  return scalarIndex(context, frame, exprs[index] ?? exprs[0]!, index);
}

/** The expression in each lane, over the group's number; one alone where the vector axis takes no part. */
function laneExprs(context: Context, expr: IndexExpr): readonly IndexExpr[] {
  const { vector, nest } = context;
  if (vector === null || !axesOfIndex(expr, context.dependences).has(vector.axis)) return [expr];
  const axis: IndexExpr = { kind: "axis", axis: vector.axis };
  return Array.from({ length: vector.lanes }, (_, index) => {
    const image: IndexExpr = {
      kind: "add",
      left: { kind: "mul", of: axis, by: vector.lanes },
      right: constantIndex(index),
    };
    const images = nest.ranges.axes.map(
      (_, at): IndexExpr => (at === vector.axis ? image : { kind: "axis", axis: at }),
    );
    return substitute(expr, images, groupRanges(context));
  });
}

/** The ranges with the vector axis counted in groups. */
function groupRanges({ nest, vector }: Context): Ranges {
  if (vector === null) return nest.ranges;
  return { axes: nest.ranges.axes.map((size, axis) => (axis === vector.axis ? size / vector.lanes : size)) };
}

function differenceOf(left: IndexExpr, right: IndexExpr, ranges: Ranges): number | null {
  const negative: IndexExpr = { kind: "mul", of: right, by: -1 };
  const difference = simplify({ kind: "add", left, right: negative }, ranges);
  return difference.kind === "constant" ? difference.value : null;
}

/** Quotients and remainders are named, once for the frame that knows all of their axes. */
function scalarIndex(context: Context, frame: Frame, expr: IndexExpr, index: number): Expr {
  switch (expr.kind) {
    case "constant":
      return unsigned(expr.value >>> 0);
    case "axis": {
      const bound = axisIn(frame, expr.axis);
      invariant(bound !== undefined, `axis ${expr.axis} is not bound here`);
      return bound;
    }
    case "add":
      return plus(scalarIndex(context, frame, expr.left, index), scalarIndex(context, frame, expr.right, index));
    case "mul":
      return times(scalarIndex(context, frame, expr.of, index), expr.by);
    case "node":
      return bitcast(laneOfNode(context, frame, expr.node, index), "u32");
    case "div":
    case "mod": {
      const home = homeOf(frame, axesOfIndex(expr, context.dependences));
      const key = keyOf(expr).includes("n") ? `${keyOf(expr)}@${index}` : keyOf(expr);
      const known = home.indices.get(key);
      if (known !== undefined) return known;
      const of = scalarIndex(context, home, expr.of, index);
      const value = expr.kind === "div" ? over(of, expr.by) : modulo(of, expr.by);
      const named = defineIn(context, home.block, "index", value);
      home.indices.set(key, named);
      return named;
    }
  }
}

function laneOfNode(context: Context, frame: Frame, node: NodeId, index: number): Expr {
  const value = evaluate(context, frame, node);
  return lane(value, value.type.lanes === 1 ? 0 : index);
}
