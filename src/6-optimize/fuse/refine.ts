/**
 * Splits axes at the places where index maps take them apart, so that ⌊j / K⌋ and j mod K become axes of their own and
 * every map affine: `[B, T, H·K]` read as `[B, H, T, K]` gives a loop over h and one over k.
 */
import { axisIndex, type Ranges } from "../../ir/kernel/index-expr.ts";
import { substituteMap } from "../../ir/kernel/index-maps.ts";
import type { IndexExpr, IndexMap } from "../../ir/kernel/kernel.ts";
import type { Body } from "./build-body.ts";
import type { Draft } from "./draft.ts";

/** The same draft over finer axes; null where nothing is to be split. */
export function refine(draft: Draft, body: Body): Draft | null {
  const axes = [...draft.domain, ...draft.reduce];
  const cuts = axes.map(() => new Set<number>());
  for (const { index, guard } of [...body.reads, ...body.writes]) {
    for (const expr of index) findCuts(expr, cuts);
    for (const { expr } of guard ?? []) findCuts(expr, cuts);
  }
  const digits = axes.map((size, axis) => digitSizes(size, cuts[axis]!));
  if (digits.every((sizes) => sizes.length <= 1)) return null;

  const sizes: number[] = [];
  const moved = digits.map((list) => {
    let expr: IndexExpr = { kind: "constant", value: 0 };
    for (const size of list) {
      const scaled: IndexExpr = { kind: "mul", of: expr, by: size };
      expr = { kind: "add", left: scaled, right: axisIndex(sizes.push(size) - 1) };
    }
    return expr;
  });
  const domainCount = digits.slice(0, draft.domain.length).flat().length;
  const ranges: Ranges = { axes: sizes };
  const move = (map: IndexMap) => substituteMap(map, moved, ranges);
  return {
    domain: sizes.slice(0, domainCount),
    reduce: sizes.slice(domainCount),
    stored: new Map([...draft.stored].map(([id, coords]) => [id, move(coords)])),
    heavies: new Map(
      [...draft.heavies].map(([id, { coords, inner }]) => [id, { coords: move(coords), inner: move(inner) }]),
    ),
  };
}

/** ⌊a / n⌋ and a mod n cut axis a at n; ⌊a / n⌋ mod m at n·m too. */
function findCuts(expr: IndexExpr, cuts: readonly Set<number>[]): void {
  switch (expr.kind) {
    case "constant":
    case "axis":
    case "node":
      return;
    case "add":
      findCuts(expr.left, cuts);
      findCuts(expr.right, cuts);
      return;
    case "mul":
      findCuts(expr.of, cuts);
      return;
    case "div":
    case "mod":
      if (expr.of.kind === "axis") cuts[expr.of.axis]?.add(expr.by);
      else if (expr.kind === "mod" && expr.of.kind === "div" && expr.of.of.kind === "axis") {
        cuts[expr.of.of.axis]?.add(expr.of.by);
        cuts[expr.of.of.axis]?.add(expr.of.by * expr.by);
      } else findCuts(expr.of, cuts);
  }
}

/** Sizes of the digits, most significant first. Cuts that do not divide one another are left out. */
function digitSizes(size: number, cuts: ReadonlySet<number>): readonly number[] {
  const sizes: number[] = [];
  let stride = 1;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut === stride || cut % stride !== 0 || size % cut !== 0 || cut >= size) continue;
    sizes.unshift(cut / stride);
    stride = cut;
  }
  sizes.unshift(size / stride);
  return sizes;
}
