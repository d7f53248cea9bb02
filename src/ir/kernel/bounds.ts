/** Proves that an access stays inside its tensor, by interval analysis with what its guard says. */
import { asAffine, type Interval, intervalOf, keyOf, type Ranges } from "./index-expr.ts";
import type { Guard, IndexExpr, Kernel, NodeId, Read, Write } from "./kernel.ts";
import { printIndex } from "./print-kernel.ts";

type Loops = Pick<Kernel, "domain" | "reduce" | "body">;
type Access = Pick<Read | Write, "type" | "index" | "guard">;

/** What is wrong, or null. */
export function boundsProblem(kernel: Kernel, access: Read | Write): string | null {
  const [first] = unproven(kernel, access);
  if (first === undefined) return null;
  const { dimension, low, high } = first;
  const expr = printIndex(access.index[dimension]!);
  return `v${access.value}: ${expr} runs from ${low} to ${high} in dimension ${dimension} of ${access.type.shape[dimension]}`;
}

/** The dimensions whose index may lie outside, as far as can be seen. */
export function unproven(
  kernel: Loops,
  { type, index, guard }: Access,
): readonly (Interval & { readonly dimension: number })[] {
  const ranges = rangesUnder(kernel, guard ?? []);
  if (ranges === "nowhere") return [];
  return index.flatMap((expr, dimension) => {
    const { low, high } = known(expr, ranges, guard ?? []);
    return low >= 0 && high < type.shape[dimension]! ? [] : [{ dimension, low, high }];
  });
}

/** What the axes and nodes run over where the guard holds. */
function rangesUnder(kernel: Loops, guard: Guard): Ranges | "nowhere" {
  const axes = [...kernel.domain, ...kernel.reduce];
  const within = new Map<number, Interval>();
  for (const { expr, from, to } of guard) {
    const affine = asAffine(expr);
    if (affine?.coefficients.size !== 1) continue;
    const [[axis, coefficient]] = [...affine.coefficients] as [[number, number]];
    if (coefficient <= 0) continue;
    const before = within.get(axis) ?? { low: 0, high: axes[axis]! - 1 };
    const low = Math.max(before.low, Math.ceil((from - affine.constant) / coefficient));
    const high = Math.min(before.high, Math.floor((to - 1 - affine.constant) / coefficient));
    if (low > high) return "nowhere";
    within.set(axis, { low, high });
  }
  return { axes, nodes: nodeIntervals(kernel), within };
}

/** The interval of an expression: that of its parts, narrowed by each condition of the guard. */
function known(expr: IndexExpr, ranges: Ranges, guard: Guard): Interval {
  let { low, high } = ofParts(expr, ranges, guard);
  for (const condition of guard) {
    const implied = impliedBy(condition, expr, ranges);
    low = Math.max(low, implied.low);
    high = Math.min(high, implied.high);
  }
  return { low, high };
}

function ofParts(expr: IndexExpr, ranges: Ranges, guard: Guard): Interval {
  switch (expr.kind) {
    case "constant":
    case "axis":
    case "node":
      return intervalOf(expr, ranges);
    case "add": {
      const [left, right] = [known(expr.left, ranges, guard), known(expr.right, ranges, guard)];
      return { low: left.low + right.low, high: left.high + right.high };
    }
    case "mul": {
      const of = known(expr.of, ranges, guard);
      const ends = [of.low * expr.by, of.high * expr.by];
      return { low: Math.min(...ends), high: Math.max(...ends) };
    }
    case "div": {
      const of = known(expr.of, ranges, guard);
      return { low: Math.floor(of.low / expr.by), high: Math.floor(of.high / expr.by) };
    }
    case "mod": {
      const of = known(expr.of, ranges, guard);
      return of.low >= 0 && of.high < expr.by ? of : { low: 0, high: expr.by - 1 };
    }
  }
}

/** With condition = c · expr + rest: expr = (condition − rest) / c, so bounds of the condition and the rest bound it. */
function impliedBy({ expr: condition, from, to }: Guard[number], expr: IndexExpr, ranges: Ranges): Interval {
  const [given, wanted] = [termsOf(condition), termsOf(expr)];
  const moving = [...wanted].filter(([, { atom }]) => atom !== null);
  const [first] = moving.sort((a, b) => Math.abs(b[1].factor) - Math.abs(a[1].factor));
  const c = first === undefined ? 0 : (given.get(first[0])?.factor ?? 0) / first[1].factor;
  if (!(Number.isInteger(c) && c > 0)) return anywhere;
  const rest = new Map(given);
  for (const [key, { atom, factor }] of wanted) {
    rest.set(key, { atom, factor: (rest.get(key)?.factor ?? 0) - c * factor });
  }
  let [low, high] = [0, 0];
  for (const { atom, factor } of rest.values()) {
    if (factor === 0) continue;
    const { low: least, high: most } = atom === null ? { low: 1, high: 1 } : intervalOf(atom, ranges);
    low += Math.min(factor * least, factor * most);
    high += Math.max(factor * least, factor * most);
  }
  return { low: Math.ceil((from - high) / c), high: Math.floor((to - 1 - low) / c) };
}

const anywhere: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

type Terms = ReadonlyMap<string, { readonly atom: IndexExpr | null; readonly factor: number }>;

/** Σ factor · atom; the constant under the key "" with no atom. */
function termsOf(expr: IndexExpr): Terms {
  const terms = new Map<string, { readonly atom: IndexExpr | null; readonly factor: number }>();
  const note = (key: string, atom: IndexExpr | null, factor: number) =>
    terms.set(key, { atom, factor: (terms.get(key)?.factor ?? 0) + factor });
  const visit = (part: IndexExpr, factor: number): void => {
    if (part.kind === "constant") note("", null, factor * part.value);
    else if (part.kind === "mul") visit(part.of, factor * part.by);
    else if (part.kind === "add") {
      visit(part.left, factor);
      visit(part.right, factor);
    } else note(keyOf(part), part, factor);
  };
  visit(expr, 1);
  return terms;
}

/** min and max against constants bound an integer node: the clamped start of a dynamic slice. */
function nodeIntervals(kernel: Loops): ReadonlyMap<NodeId, Interval> {
  const intervals = new Map<NodeId, Interval>();
  const axes = [...kernel.domain, ...kernel.reduce];
  for (const { id, dtype, op } of kernel.body) {
    if (dtype !== "i32" && dtype !== "u32") continue;
    const of = (argument: NodeId | undefined) =>
      argument === undefined ? anywhere : (intervals.get(argument) ?? anywhere);
    if (op.kind === "constant") intervals.set(id, { low: op.value, high: op.value });
    else if (op.kind === "index") intervals.set(id, intervalOf(op.expr, { axes, nodes: intervals }));
    else if (op.kind === "apply" && (op.fn === "min" || op.fn === "max")) {
      const [a, b] = [of(op.args[0]), of(op.args[1])];
      const pick = Math[op.fn];
      intervals.set(id, { low: pick(a.low, b.low), high: pick(a.high, b.high) });
    }
  }
  return intervals;
}
