/** `rearrange` (Rogozhnikov 2022, einops): split axes, permute, merge. The pattern is proven by the checker. */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { ValueId } from "../ir/graph/graph.ts";
import { elementCount } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";

/**
 * `rearrange(x, "b t (n h k) -> n b h t k", n = 3, h = 6)`. `sizes`: given axis sizes; one axis of a group may be
 * missing and gets the exact quotient. `...` stands for any leading or inner axes, `1` for an axis of size 1.
 */
export function rearrange(
  graph: GraphBuilder,
  x: ValueId,
  pattern: string,
  sizes: ReadonlyMap<string, number>,
): ValueId {
  const { shape } = graph.typeOf(x);
  const [left, right] = pattern.split("->").map(parseSide);
  invariant(left !== undefined && right !== undefined, `einops pattern "${pattern}"`);
  const restRank = shape.length - left.filter((group) => group !== rest).length;
  const groups = expandRest(left, restRank);
  invariant(groups.length === shape.length, `"${pattern}" does not fit [${shape}]`);
  const known = new Map(sizes);
  const axes = groups.flatMap((group, axis) => sizeGroup(group, shape[axis]!, known, pattern));
  const outGroups = expandRest(right, restRank);
  const order = outGroups.flat().filter((name) => name !== one);

  const split = reshape(
    graph,
    x,
    axes.map((name) => known.get(name)!),
  );
  const permutation = order.map((name) => axes.indexOf(name));
  invariant(
    permutation.length === axes.length && !permutation.includes(-1),
    () => `"${pattern}" has different axes on its two sides`,
  );
  const permuted = permutation.every((axis, i) => axis === i) ? split : graph.transpose(split, permutation);
  return reshape(
    graph,
    permuted,
    outGroups.map((group) => elementCount(group.filter((name) => name !== one).map((name) => known.get(name)!))),
  );
}

/** One axis of the tensor: the axes merged in it, or the marker of `...`. */
type Group = readonly string[];
const rest: Group = ["..."];
const one = "1";

function parseSide(text: string): readonly Group[] {
  const tokens = text.match(/\.\.\.|[()]|[A-Za-z_][A-Za-z_0-9]*|1/g) ?? [];
  const groups: Group[] = [];
  let open: string[] | null = null;
  for (const token of tokens) {
    if (token === "(") open = [];
    else if (token === ")") {
      groups.push(open ?? []);
      open = null;
    } else if (open !== null) open.push(token);
    else groups.push(token === "..." ? rest : [token]);
  }
  return groups;
}

/** `...` as axes named `...0`, `...1`, …; inside a group they are merged. */
function expandRest(groups: readonly Group[], rank: number): readonly Group[] {
  const names = Array.from({ length: rank }, (_, i) => `...${i}`);
  return groups.flatMap((group): readonly Group[] => {
    if (group === rest) return names.map((name) => [name]);
    return [group.flatMap((name) => (name === "..." ? names : [name]))];
  });
}

/** Gives every axis of the group its size; returns the axes without `1`. */
function sizeGroup(group: Group, size: number, known: Map<string, number>, pattern: string): readonly string[] {
  const names = group.filter((name) => name !== one);
  const open = names.filter((name) => !known.has(name));
  const product = elementCount(names.flatMap((name) => known.get(name) ?? []));
  const [unknown, ...more] = open;
  invariant(more.length === 0, `"${pattern}" leaves two sizes of a group open`);
  if (unknown !== undefined) known.set(unknown, size / product);
  const total = elementCount(names.map((name) => known.get(name)!));
  invariant(total === size && Number.isInteger(size / product), `"${pattern}": ${size} is not ${group.join(" · ")}`);
  return names;
}

function reshape(graph: GraphBuilder, x: ValueId, shape: readonly number[]): ValueId {
  const from = graph.typeOf(x).shape;
  return from.length === shape.length && from.every((size, axis) => size === shape[axis]) ? x : graph.reshape(x, shape);
}
