/** The scalar graph while it grows: every node once, with its scope. */
import {
  constantIndex,
  type Interval,
  intervalOf,
  keyOf,
  keyOfGuard,
  keyOfMap,
  type Ranges,
} from "../../ir/kernel/index-expr.ts";
import type { IndexMap, Read, ScalarNode } from "../../ir/kernel/kernel.ts";
import { dependsOnReduced, type Guard, type IndexExpr, type NodeId } from "../../ir/kernel/kernel.ts";
import { argumentsOf } from "../../ir/kernel/node-arguments.ts";
import type { Dtype } from "../../ir/types.ts";
import type { Draft } from "./draft.ts";

export class NodeList {
  readonly nodes: ScalarNode[] = [];
  readonly reads: Read[] = [];
  /** Bounds of the nodes that are used as indices. */
  readonly nodeRanges = new Map<NodeId, Interval>();
  readonly ranges: Ranges;
  readonly #space: Pick<Draft, "domain" | "reduce">;
  readonly #nodeByKey = new Map<string, NodeId>();
  readonly #readByKey = new Map<string, number>();

  constructor(space: Pick<Draft, "domain" | "reduce">) {
    this.#space = space;
    this.ranges = { axes: [...space.domain, ...space.reduce], nodes: this.nodeRanges };
  }

  at(id: NodeId): ScalarNode {
    return this.nodes[id]!;
  }

  push(dtype: Dtype, op: ScalarNode["op"]): NodeId {
    const key = `${dtype} ${keyOfOp(op)}`;
    const known = this.#nodeByKey.get(key);
    if (known !== undefined) return known;
    const id = this.nodes.length as NodeId;
    this.nodes.push({ id, dtype, scope: this.#scopeOf(op), op });
    this.#nodeByKey.set(key, id);
    return id;
  }

  constant(dtype: Dtype, value: number): NodeId {
    return this.push(dtype, { kind: "constant", value });
  }

  /** The value of an index expression, as i32. */
  index(expr: IndexExpr): NodeId {
    return expr.kind === "constant" ? this.constant("i32", expr.value) : this.push("i32", { kind: "index", expr });
  }

  cast(of: NodeId, dtype: Dtype): NodeId {
    return this.at(of).dtype === dtype ? of : this.push(dtype, { kind: "cast", of });
  }

  select(condition: NodeId, then: NodeId, otherwise: NodeId, dtype: Dtype): NodeId {
    return this.push(dtype, { kind: "select", condition, then, else: otherwise });
  }

  /** `taken` where the guard holds. */
  where(guard: Guard, taken: NodeId, otherwise: NodeId, dtype: Dtype): NodeId {
    return this.select(this.push("bool", { kind: "inside", guard }), taken, otherwise, dtype);
  }

  read(read: Read): NodeId {
    const key = `${read.value}|${keyOfMap(read.index)}|${keyOfGuard(read.guard ?? [])}`;
    const position = this.#readByKey.get(key) ?? this.reads.push(read) - 1;
    this.#readByKey.set(key, position);
    return this.push(read.type.dtype, { kind: "read", read: position });
  }

  /** A reduction over all reduced axes. */
  reduce(fn: "sum" | "max" | "min", of: NodeId, dtype: Dtype): NodeId {
    if (this.at(of).scope === "inner") return this.push(dtype, { kind: "reduce", fn, of });
    // The same number at each reduced point: count them.
    const count = this.#space.reduce.reduce((product, size) => product * size, 1);
    if (fn !== "sum" || count === 1) return of;
    return this.push(dtype, { kind: "apply", fn: "mul", args: [of, this.constant(dtype, count)] });
  }

  /** A node as an index from 0 to `last`; clamped, so that no data can leave the tensor. */
  clamped(of: NodeId, last: number): IndexExpr {
    const { op } = this.at(of);
    if (last === 0) return constantIndex(0);
    if (op.kind === "index") {
      const { low, high } = intervalOf(op.expr, this.ranges);
      if (low >= 0 && high <= last) return op.expr;
    }
    if (op.kind === "constant") return constantIndex(Math.min(Math.max(op.value, 0), last));
    const low = this.push("i32", { kind: "apply", fn: "max", args: [of, this.constant("i32", 0)] });
    const node = this.push("i32", { kind: "apply", fn: "min", args: [low, this.constant("i32", last)] });
    this.nodeRanges.set(node, { low: 0, high: last });
    return { kind: "node", node };
  }

  #scopeOf(op: ScalarNode["op"]): ScalarNode["scope"] {
    if (op.kind === "reduce") return "domain";
    const isInner = (id: NodeId) => this.at(id).scope === "inner";
    const space = { domain: this.#space.domain, body: this.nodes };
    const inner = dependsOnReduced(space, this.#mapOf(op)) || argumentsOf(this, { op }).some(isInner);
    return inner ? "inner" : "domain";
  }

  /** The index expressions in a node. */
  #mapOf(op: ScalarNode["op"]): IndexMap {
    switch (op.kind) {
      case "index":
        return [op.expr];
      case "inside":
        return op.guard.map(({ expr }) => expr);
      case "read": {
        const { index, guard } = this.reads[op.read]!;
        return [...index, ...(guard ?? []).map(({ expr }) => expr)];
      }
      case "constant":
      case "apply":
      case "select":
      case "cast":
      case "bits":
      case "random":
      case "reduce":
        return [];
    }
  }
}

function keyOfOp(op: ScalarNode["op"]): string {
  switch (op.kind) {
    case "constant":
      return `constant ${Object.is(op.value, -0) ? "-0" : op.value}`;
    case "index":
      return `index ${keyOf(op.expr)}`;
    case "inside":
      return `inside ${keyOfGuard(op.guard)}`;
    case "read":
      return `read ${op.read}`;
    case "apply":
      return `${op.fn} ${op.args}`;
    case "select":
      return `select ${op.condition} ${op.then} ${op.else}`;
    case "cast":
    case "bits":
      return `${op.kind} ${op.of}`;
    case "random":
      return `${op.distribution} ${op.stream} ${op.seed} ${op.step} ${op.sample} ${op.element}`;
    case "reduce":
      return `reduce ${op.fn} ${op.of}`;
  }
}
