/** `rearrange(x, "b t (n h k) -> n b h t k", n = 3, h = H)`: checked with the caret inside the string (E0205). */
import type { Span } from "../../diagnostics/report.ts";
import { constant, type Dim, multiply } from "../../ir/dim.ts";
import { exactQuotient, provablyEqual } from "../../ir/dim-facts.ts";
import { formatDim } from "../../ir/format-dim.ts";
import { dimsIn } from "./broadcast.ts";
import { operandOf } from "./elementwise.ts";
import { type Env, fail } from "./env.ts";
import type { PrimitiveCall } from "./primitive-calls.ts";
import { type Axis, dimAxis, formatShape, type Shape, tensor, unknown, type Value } from "./value.ts";

/** One name of a pattern, and where it stands in the string. */
type Label = { readonly name: string; readonly at: number };
/** `(h k)` is one axis of several labels; a plain name is a group of one. `...`: any leading axes. */
type Group = { readonly labels: readonly Label[]; readonly at: number; readonly end: number };

export function evaluateRearrange(call: PrimitiveCall, env: Env): Value {
  const [x, pattern] = [call.args.get("x"), call.args.get("pattern")];
  if (x === undefined || pattern === undefined || x.value.kind === "unknown" || pattern.value.kind === "unknown")
    return unknown;
  const operand = operandOf(x.value, x.expr.span, env);
  if (operand === null) return unknown;
  if (pattern.value.kind !== "string" || pattern.value.value === null) {
    return fail(env, "E0108", pattern.expr.span, [], () => ({
      message: '`rearrange` expects a pattern: "b t (h k) -> b h t k"',
      label: "not a pattern",
    }));
  }
  const text = pattern.value.value;
  const { shape } = operand.tensor;
  const complain = (at: number, end: number, message: string, label: string, help?: string): null => {
    fail(env, "E0205", insideString(pattern.expr.span, text, at, end), dimsIn(shape), () => ({
      message,
      label,
      ...(help === undefined ? {} : { help }),
    }));
    return null;
  };
  const sides = parsePattern(text, complain);
  if (sides === null) return unknown;
  const sizes = sizesOf(call, env);
  const known = matchLeft(sides.left, shape, sizes, env, complain);
  if (known === null) return unknown;
  const result = buildRight(sides.right, sides.left, known, complain);
  return result === null ? unknown : tensor(operand.tensor.type, result);
}

type Complain = (at: number, end: number, message: string, label: string, help?: string) => null;

/** Places inside the string where its spelling is its value; else the whole string. */
export function insideString(span: Span, text: string, at: number, end: number): Span {
  const quote = (span.end - span.start - text.length) / 2;
  if (quote !== 1 && quote !== 3) return span;
  return { file: span.file, start: span.start + quote + at, end: span.start + quote + Math.max(end, at + 1) };
}

function parsePattern(text: string, complain: Complain): { left: readonly Group[]; right: readonly Group[] } | null {
  const arrow = text.indexOf("->");
  if (arrow === -1) return complain(0, text.length, "an einops pattern has a `->`", "no `->`");
  const left = parseSide(text.slice(0, arrow), 0, complain);
  const right = parseSide(text.slice(arrow + 2), arrow + 2, complain);
  return left === null || right === null ? null : { left, right };
}

function parseSide(text: string, offset: number, complain: Complain): readonly Group[] | null {
  const groups: Group[] = [];
  let open: { labels: Label[]; at: number } | null = null;
  for (const token of text.matchAll(/[A-Za-z_]\w*|\.\.\.|\d+|[()]|\S/g)) {
    const at = offset + token.index;
    const end = at + token[0].length;
    if (token[0] === "(") {
      if (open !== null) return complain(at, end, "groups do not nest", "a group inside a group");
      open = { labels: [], at };
    } else if (token[0] === ")") {
      if (open === null) return complain(at, end, "this `)` closes nothing", "no `(` before it");
      groups.push({ ...open, end });
      open = null;
    } else if (/^(?:[A-Za-z_]|\.\.\.|1$)/.test(token[0])) {
      const label = { name: token[0], at };
      if (open === null) groups.push({ labels: label.name === "1" ? [] : [label], at, end });
      else open.labels.push(label);
    } else {
      return complain(at, end, `\`${token[0]}\` is no axis of a pattern`, "names, `1`, `...` and `( )`");
    }
  }
  if (open !== null) return complain(open.at, open.at + 1, "this `(` is never closed", "no `)` after it");
  const names = groups.flatMap((group) => group.labels);
  const twice = names.find((label, i) => names.findIndex((other) => other.name === label.name) < i);
  if (twice !== undefined)
    return complain(
      twice.at,
      twice.at + twice.name.length,
      `axis \`${twice.name}\` occurs twice on one side`,
      "a second time",
    );
  return groups;
}

function sizesOf(call: PrimitiveCall, env: Env): ReadonlyMap<string, Dim> {
  const sizes = new Map<string, Dim>();
  for (const { name, value, expr } of call.keywords) {
    if (value.kind === "int") sizes.set(name, value.dim);
    else if (value.kind !== "unknown") {
      fail(env, "E0108", expr.span, [], () => ({
        message: `the size of axis \`${name}\` is a dimension`,
        label: "not a whole number",
      }));
    }
  }
  return sizes;
}

type Known = { readonly sizes: ReadonlyMap<string, Dim>; readonly rest: readonly Axis[] };

/** One unknown axis in a group has the exact quotient; two are an error. */
function matchLeft(
  groups: readonly Group[],
  shape: Shape,
  given: ReadonlyMap<string, Dim>,
  env: Env,
  complain: Complain,
): Known | null {
  const restAt = groups.findIndex((group) => group.labels.some((label) => label.name === "..."));
  const fixed = restAt === -1 ? groups.length : groups.length - 1;
  if (restAt === -1 ? shape.length !== fixed : shape.length < fixed) {
    const [first, last] = [groups[0], groups.at(-1)];
    return complain(
      first?.at ?? 0,
      last?.end ?? 1,
      `the left side names ${fixed} axes, the tensor ${formatShape(shape)} has ${shape.length}`,
      `${fixed} axes`,
    );
  }
  const restLength = shape.length - fixed;
  const rest = restAt === -1 ? [] : shape.slice(restAt, restAt + restLength);
  const sizes = new Map(given);
  for (const [i, group] of groups.entries()) {
    if (i === restAt) continue;
    const axis = shape[restAt !== -1 && i > restAt ? i + restLength - 1 : i];
    if (axis?.kind !== "dim")
      return complain(
        group.at,
        group.end,
        `which axis this is, is not known in ${formatShape(shape)}`,
        "write `...` for the leading axes",
      );
    if (!splitAxis(group, axis.dim, sizes, env, complain)) return null;
  }
  return { sizes, rest };
}

function splitAxis(group: Group, size: Dim, sizes: Map<string, Dim>, env: Env, complain: Complain): boolean {
  const { facts } = env.known;
  const open = group.labels.filter((label) => !sizes.has(label.name));
  const product = group.labels.reduce(
    (part, label) => multiply(part, sizes.get(label.name) ?? constant(1)),
    constant(1),
  );
  const [first, second] = open;
  if (second !== undefined) {
    const names = open.map((label) => `\`${label.name}\``).join(" and ");
    complain(
      second.at,
      second.at + second.name.length,
      `${names} share ${formatDim(size)}, and neither has a size`,
      "one of them must be given",
      `pass one: ${second.name} = …`,
    );
    return false;
  }
  if (first === undefined) {
    if (provablyEqual(product, size, facts)) return true;
    complain(
      group.at,
      group.end,
      `this group is ${formatDim(product)}, the axis is ${formatDim(size)}`,
      `${formatDim(product)} against ${formatDim(size)}`,
    );
    return false;
  }
  const quotient = exactQuotient(size, product, facts);
  if (quotient === null) {
    complain(
      first.at,
      first.at + first.name.length,
      `axis \`${first.name}\` would be ${formatDim(size)} // ${group.labels.length > 2 ? `(${formatDim(product)})` : formatDim(product)}, which no fact shows to be exact`,
      `size of \`${first.name}\``,
      factFor(size, product),
    );
    return false;
  }
  sizes.set(first.name, quotient);
  return true;
}

/** `3 * D` by `3 * H` asks for D % H == 0. */
function factFor(size: Dim, product: Dim): string {
  return `state it: where ${formatDim(size)} % ${product.terms.length > 1 || (product.terms[0]?.factors.length ?? 0) > 1 ? `(${formatDim(product)})` : formatDim(product)} == 0`;
}

function buildRight(groups: readonly Group[], left: readonly Group[], known: Known, complain: Complain): Shape | null {
  const leftNames = new Set(left.flatMap((group) => group.labels.map((label) => label.name)));
  const rightNames = new Set(groups.flatMap((group) => group.labels.map((label) => label.name)));
  for (const group of left) {
    const lost = group.labels.find((label) => !rightNames.has(label.name));
    if (lost !== undefined) {
      return complain(
        lost.at,
        lost.at + lost.name.length,
        `axis \`${lost.name}\` is missing on the right`,
        "gets lost",
        "a reduction is written as one: `sum(x, axis = …)`",
      );
    }
  }
  const shape: Axis[] = [];
  for (const group of groups) {
    const [only] = group.labels;
    if (only?.name === "..." && group.labels.length === 1) {
      if (!leftNames.has("...")) return complain(only.at, only.at + 3, "`...` is only on the right", "not on the left");
      shape.push(...known.rest);
      continue;
    }
    let size = constant(1);
    for (const label of group.labels) {
      const part = known.sizes.get(label.name);
      if (part === undefined || !leftNames.has(label.name)) {
        const text =
          part === undefined
            ? `axis \`${label.name}\` is new on the right but has no size; pass ${label.name} = …`
            : `axis \`${label.name}\` is only on the right`;
        return complain(label.at, label.at + label.name.length, text, "not on the left");
      }
      size = multiply(size, part);
    }
    shape.push(dimAxis(size));
  }
  return shape;
}
