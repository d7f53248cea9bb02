/**
 * Loss means: numerator and weight stay apart until the host, or the backward pass, divides the sums of a whole batch.
 * Sums of means and multiples by static numbers are means; anything else makes a tensor of it.
 */
import type { ValueId } from "../../ir/graph/graph.ts";
import { elementCount } from "../../ir/types.ts";
import { invariant } from "../../support/invariant.ts";
import type { Datum, MeanDatum } from "./datum.ts";
import type { Build } from "./frame.ts";
import { asTensor, broadcastShapes, broadcastTo, staticNumber } from "./tensor-ops.ts";

/** Σ values · weight / Σ weight over all elements; without `weight`, each counts 1. */
export function weightedMean(build: Build, values: Datum, weight: Datum): MeanDatum {
  const { graph } = build;
  const of = asTensor(build, values, "f32");
  if (weight.kind === "none") {
    const { shape } = graph.typeOf(of);
    return single(sumAll(build, of), graph.constant(elementCount(shape), "f32"));
  }
  const factor = asTensor(build, weight, "f32");
  const shape = broadcastShapes(build, [of, factor]);
  const factors = broadcastTo(build, factor, shape);
  const weighted = graph.apply("mul", broadcastTo(build, of, shape), factors);
  return single(sumAll(build, weighted), sumAll(build, factors));
}

/** `left op right` where one is a mean; null where the result is no mean. */
export function meanArithmetic(op: string, left: Datum, right: Datum): MeanDatum | null {
  if (left.kind === "mean" && right.kind === "mean") {
    if (op === "+") return { kind: "mean", terms: [...left.terms, ...right.terms] };
    if (op === "-") return { kind: "mean", terms: [...left.terms, ...scaled(right, -1).terms] };
    return null;
  }
  const [a, b] = [staticNumber(left)?.value, staticNumber(right)?.value];
  if (left.kind === "mean" && b !== undefined) {
    if (op === "*") return scaled(left, b);
    if (op === "/") return scaled(left, 1 / b);
  }
  if (right.kind === "mean" && a !== undefined && op === "*") return scaled(right, a);
  return null;
}

function scaled(mean: MeanDatum, factor: number): MeanDatum {
  return {
    kind: "mean",
    terms: mean.terms.map((term) => ({ ...term, coefficient: term.coefficient * factor })),
  };
}

/** The mean as an f32 scalar: 0 where its weight is 0. */
export function meanValue(build: Build, mean: MeanDatum): ValueId {
  const { graph } = build;
  const zero = graph.constant(0, "f32");
  const values = mean.terms.map(({ coefficient, numerator, weight }) => {
    const quotient = graph.apply("div", numerator, weight);
    const value = graph.select(graph.apply("eq", weight, zero), zero, quotient);
    return coefficient === 1 ? value : graph.apply("mul", graph.constant(coefficient, "f32"), value);
  });
  invariant(values.length > 0, "a mean without terms");
  return values.reduce((sum, value) => graph.apply("add", sum, value));
}

function single(numerator: ValueId, weight: ValueId): MeanDatum {
  return { kind: "mean", terms: [{ coefficient: 1, numerator, weight }] };
}

function sumAll(build: Build, of: ValueId): ValueId {
  const { shape } = build.graph.typeOf(of);
  return shape.length === 0
    ? of
    : build.graph.reduce(
        "sum",
        of,
        shape.map((_, axis) => axis),
      );
}
