/** The tensors that derived programs write, and how they are found. */
import type { Bundle, Persistent, PersistentId } from "../ir/graph/graph.ts";
import { replicated, type TensorType, tensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";

/** The bundle's tensors and those missing for gradients and loss weights. */
export function withDerivedTensors(bundle: Bundle): readonly Persistent[] {
  const tensors = [...bundle.tensors];
  const have = new Set(tensors.map(({ path }) => path));
  const add = (path: string, role: Persistent["role"], type: TensorType, origin: Persistent["origin"]): void => {
    if (have.has(path)) return;
    const id = tensors.length as PersistentId;
    tensors.push({ id, path, role, type, trainable: false, sharding: replicated(type.shape.length), origin });
  };
  for (const parameter of trainableOf(bundle.tensors)) {
    add(gradientPath(parameter), "gradient", parameter.type, parameter.origin);
  }
  for (const [k, term] of bundle.terms.entries()) {
    const origin = { path: term.name, span: { file: "", start: 0, end: 0 } };
    add(weightPath(k), "metric", tensorType("f32", []), origin);
  }
  return tensors;
}

/** Parameters that training changes, one for each storage. */
export function trainableOf(tensors: readonly Persistent[]): readonly Persistent[] {
  return tensors.filter(({ role, trainable, tiedTo }) => role === "parameter" && trainable && tiedTo === undefined);
}

export function gradientOf(tensors: readonly Persistent[], parameter: Persistent): PersistentId {
  return byPath(tensors, gradientPath(parameter));
}

export function weightOf(tensors: readonly Persistent[], term: number): PersistentId {
  return byPath(tensors, weightPath(term));
}

function gradientPath(parameter: Persistent): string {
  return `gradient/${parameter.path}`;
}

function weightPath(term: number): string {
  return `metric/weight.${term}`;
}

function byPath(tensors: readonly Persistent[], path: string): PersistentId {
  const found = tensors.find((tensor) => tensor.path === path);
  invariant(found !== undefined, `no tensor ${path}`);
  return found.id;
}
