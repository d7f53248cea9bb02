/**
 * Local identities, until none applies. Graph → Graph; needs nothing.
 *
 * Exact in floating point except where a rule says otherwise. Two liberties are taken everywhere: −0 and 0 are one
 * number, and a constant expression is computed in float64 and rounded once. No dynamic scalar is ever folded: only
 * constants of the program text are.
 */
import type { GraphBuilder } from "../ir/graph/builder.ts";
import type { Value, ValueId } from "../ir/graph/graph.ts";
import { rewrite, type Uses } from "../ir/graph/rewrite.ts";
import type { GraphPass } from "../ir/pass.ts";
import { type OpTable, rowOf } from "../ir/rules/table.ts";
import { removeDead } from "./remove-dead.ts";
import { simplifyApply } from "./simplify/algebra.ts";
import { simplifyCast, simplifySelect } from "./simplify/choice.ts";
import { uniformConstant } from "./simplify/constants.ts";
import { simplifyGather, simplifyScatter } from "./simplify/indexing.ts";
import { simplifyBroadcast, simplifyReshape, simplifyTranspose } from "./simplify/layout.ts";
import { simplifyContract, simplifyCumulative, simplifyReduce } from "./simplify/reductions.ts";
import {
  simplifyConcat,
  simplifyDynamicSlice,
  simplifyDynamicUpdate,
  simplifyPad,
  simplifySlice,
} from "./simplify/windows.ts";

export const simplify: GraphPass = {
  name: "simplify",
  run: (graph, tensors) => {
    let current = graph;
    for (let round = 0; round < maxRounds; round++) {
      const { graph: next, changed } = rewrite(current, tensors, simplified);
      current = removeDead.run(next, tensors);
      if (!changed) break;
    }
    return current;
  },
};

/** Each round looks one level deep; chains longer than this stay correct, merely longer. */
const maxRounds = 12;

function simplified(b: GraphBuilder, value: Value, uses: Uses): ValueId | null {
  return uniformConstant(b, value) ?? rowOf(rules, value.op.kind)(value.op, b, value, uses);
}

const keep = (): null => null;

const rules: OpTable<[b: GraphBuilder, value: Value, uses: Uses], ValueId | null> = {
  constant: keep,
  input: keep,
  persistent: keep,
  iota: keep,
  random: keep,
  apply: simplifyApply,
  select: simplifySelect,
  cast: simplifyCast,
  bits: (op, b, { type }) => (b.typeOf(op.of).dtype === type.dtype ? op.of : null),
  reshape: simplifyReshape,
  transpose: simplifyTranspose,
  broadcast: simplifyBroadcast,
  slice: simplifySlice,
  dynamicSlice: simplifyDynamicSlice,
  dynamicUpdate: simplifyDynamicUpdate,
  pad: simplifyPad,
  concat: simplifyConcat,
  reduce: simplifyReduce,
  argReduce: keep,
  topK: keep,
  cumulative: simplifyCumulative,
  contract: simplifyContract,
  gather: simplifyGather,
  scatter: simplifyScatter,
  /** Differentiation is over. */
  stopGradient: (op) => op.of,
  encode: keep,
  decode: keep,
  allReduce: keep,
  allGather: keep,
  reduceScatter: keep,
  send: keep,
  receive: keep,
};
