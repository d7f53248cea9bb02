/** Identities of slices, pads and concatenations. */
import type { GraphBuilder } from "../../ir/graph/builder.ts";
import type { OpOf, Value, ValueId } from "../../ir/graph/graph.ts";
import { sameShape } from "./layout.ts";

/** Of everything; of a slice; of a pad or a concatenation, where one part holds the window. */
export function simplifySlice(op: OpOf<"slice">, b: GraphBuilder, { type }: Value): ValueId | null {
  const from = b.valueOf(op.of);
  if (sameShape(from.type.shape, type.shape)) return op.of;
  const inner = from.op;
  if (inner.kind === "slice") {
    return b.slice(
      inner.of,
      op.starts.map((start, axis) => inner.starts[axis]! + start * inner.strides[axis]!),
      type.shape,
      op.strides.map((stride, axis) => stride * inner.strides[axis]!),
    );
  }
  const last = type.shape.map((size, axis) => op.starts[axis]! + (size - 1) * op.strides[axis]!);
  if (inner.kind === "pad") {
    const { shape } = b.typeOf(inner.of);
    const inside = shape.every(
      (size, axis) => op.starts[axis]! >= inner.low[axis]! && last[axis]! < inner.low[axis]! + size,
    );
    const starts = op.starts.map((start, axis) => start - inner.low[axis]!);
    return inside ? b.slice(inner.of, starts, type.shape, op.strides) : null;
  }
  if (inner.kind === "concat") {
    let offset = 0;
    for (const part of inner.parts) {
      const size = b.typeOf(part).shape[inner.axis]!;
      if (op.starts[inner.axis]! >= offset && last[inner.axis]! < offset + size) {
        const starts = op.starts.with(inner.axis, op.starts[inner.axis]! - offset);
        return b.slice(part, starts, type.shape, op.strides);
      }
      offset += size;
    }
  }
  return null;
}

/** By nothing; of a pad with the same value. */
export function simplifyPad(op: OpOf<"pad">, b: GraphBuilder, _value: Value): ValueId | null {
  if ([...op.low, ...op.high].every((size) => size === 0)) return op.of;
  const inner = b.valueOf(op.of).op;
  if (inner.kind !== "pad" || !Object.is(inner.value, op.value)) return null;
  return b.pad(
    inner.of,
    op.low.map((size, axis) => size + inner.low[axis]!),
    op.high.map((size, axis) => size + inner.high[axis]!),
    op.value,
  );
}

/** Of one part; parts without elements; of concatenations along the same axis. */
export function simplifyConcat(op: OpOf<"concat">, b: GraphBuilder, _value: Value): ValueId | null {
  const parts = op.parts
    .filter((part) => b.typeOf(part).shape[op.axis] !== 0)
    .flatMap((part) => {
      const inner = b.valueOf(part).op;
      return inner.kind === "concat" && inner.axis === op.axis ? inner.parts : [part];
    });
  if (parts.length === 0) return op.parts[0]!;
  if (parts.length === 1) return parts[0]!;
  return sameShape(parts, op.parts) ? null : b.concat(parts, op.axis);
}

/** A window as large as the whole is the whole, wherever it starts. */
export function simplifyDynamicSlice(op: OpOf<"dynamicSlice">, b: GraphBuilder, { type }: Value): ValueId | null {
  return sameShape(b.typeOf(op.of).shape, type.shape) ? op.of : null;
}

export function simplifyDynamicUpdate(op: OpOf<"dynamicUpdate">, b: GraphBuilder, { type }: Value): ValueId | null {
  return sameShape(b.typeOf(op.with).shape, type.shape) ? op.with : null;
}
