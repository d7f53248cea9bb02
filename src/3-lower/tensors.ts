/** The tensors of a job, by path. Programs share them: the first one that meets a path creates it. */
import type { Origin, Persistent, PersistentId } from "../ir/graph/graph.ts";
import { replicated, type TensorType, tensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";

export type TensorRegistry = {
  /** In order of creation; grows while programs are built. */
  readonly all: readonly Persistent[];
  /** The tensor at `path`, created with this role and type if there is none. */
  readonly obtain: (path: string, role: Persistent["role"], type: TensorType, origin: Origin) => PersistentId;
};

export function createTensorRegistry(): TensorRegistry {
  const all: Persistent[] = [];
  const byPath = new Map<string, Persistent>();
  return {
    all,
    obtain(path, role, type, origin) {
      const known = byPath.get(path);
      if (known !== undefined) {
        const same =
          known.role === role && known.type.dtype === type.dtype && `${known.type.shape}` === `${type.shape}`;
        invariant(same, `tensor ${path} is created twice with different types`);
        return known.id;
      }
      const id = all.length as PersistentId;
      const sharding = replicated(type.shape.length);
      const made: Persistent = { id, path, role, type, trainable: role === "parameter", sharding, origin };
      all.push(made);
      byPath.set(path, made);
      return id;
    },
  };
}

export function parametersOf(tensors: TensorRegistry): readonly Persistent[] {
  return tensors.all.filter((tensor) => tensor.role === "parameter");
}

export function f32(shape: readonly number[]): TensorType {
  return tensorType("f32", shape);
}
