/**
 * Expresses ops that have no kernel family through those that have: comparison with an index, choice and reduction.
 * Graph → Graph. Afterwards a graph holds sources (constant, input, persistent, iota, random), scalar functions, select,
 * cast, bits, layout ops, dynamicSlice, reduce, contract and gather only.
 *
 * Every rewriting is deterministic: no two threads ever add to one place, and sums have one order.
 */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { Value, ValueId } from "../ir/graph/graph.ts";
import { rewrite } from "../ir/graph/rewrite.ts";
import type { GraphPass } from "../ir/pass.ts";
import { type OpTable, rowOf } from "../ir/rules/table.ts";
import { InvariantError, invariant } from "../support/invariant.ts";
import { cumulativeByPairs } from "./decompose/cumulative.ts";
import { dynamicUpdateByChoice } from "./decompose/dynamic-update.ts";
import { firstExtreme, largestInTurn } from "./decompose/ranking.ts";
import { scatterByComparison } from "./decompose/scatter.ts";

export const decompose: GraphPass = {
  name: "decompose",
  run: (graph, tensors) => rewrite(graph, tensors, (b, value) => rowOf(rules, value.op.kind)(value.op, b, value)).graph,
};

const keep = (): null => null;
/** Over one device there is nobody else. */
const alone = (op: { readonly of: ValueId }): ValueId => op.of;

const rules: OpTable<[b: GraphBuilder, value: Value], ValueId | null> = {
  constant: keep,
  input: keep,
  persistent: keep,
  iota: keep,
  random: keep,
  apply: keep,
  select: keep,
  cast: keep,
  bits: keep,
  reshape: keep,
  transpose: keep,
  broadcast: keep,
  slice: keep,
  dynamicSlice: keep,
  dynamicUpdate: (op, b) => dynamicUpdateByChoice(b, op),
  pad: keep,
  concat: keep,
  reduce: keep,
  argReduce: (op, b) => firstExtreme(b, op.fn, op.of, op.axis),
  topK: (op, b) => largestInTurn(b, op.of, op.k, op.yields),
  cumulative: (op, b) => cumulativeByPairs(b, op),
  contract: keep,
  gather: keep,
  scatter: (op, b) => scatterByComparison(b, op),
  stopGradient: (op) => op.of,
  encode: (op, _b, { type }) => {
    invariant(type.encoding.kind === "dense", "no kernel encodes yet");
    return op.of;
  },
  decode: (op, b) => {
    invariant(b.typeOf(op.of).encoding.kind === "dense", "no kernel decodes yet");
    return op.of;
  },
  allReduce: alone,
  allGather: alone,
  reduceScatter: alone,
  send: alone,
  receive: () => {
    throw new InvariantError("receive on one device");
  },
};
