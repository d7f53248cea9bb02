/**
 * The buffers of a plan: persistent tensors side by side, a role a buffer; inputs in one; and arenas, one a colour,
 * shared by all programs since those run one after another.
 */
import type { Persistent } from "../ir/graph/graph.ts";
import type { BufferRole, PlannedBuffer, Region } from "../ir/plan/plan.ts";
import type { Profile } from "../ir/plan/profile.ts";
import { denseBytes, type TensorType } from "../ir/types.ts";
import { invariant } from "../support/invariant.ts";
import { PlanLimitError } from "./limit-error.ts";

export class Memory {
  readonly alignment: number;
  readonly #limits: Profile["limits"];
  readonly #buffers: { role: BufferRole; bytes: number }[] = [];
  readonly #tensors: Region[] = [];
  /** Buffers of arena colours, by colour. */
  readonly #arenas: number[] = [];
  #input: number | undefined;

  constructor(limits: Profile["limits"]) {
    this.#limits = limits;
    this.alignment = limits.minStorageBufferOffsetAlignment;
  }

  /** Parameters after parameters, gradients after gradients; a tied tensor lies where the other one does. */
  placeTensors(tensors: readonly Persistent[]): readonly Region[] {
    const open = new Map<BufferRole, number>();
    const placed = new Map<number, Region>();
    for (const tensor of tensors) {
      if (tensor.tiedTo !== undefined) continue;
      const bytes = this.bytesOf(tensor.type, tensor.path);
      const current = open.get(tensor.role);
      const fits = current !== undefined && this.#end(current) + bytes <= this.#limits.maxBufferSize;
      const buffer = fits ? current : this.#newBuffer(tensor.role);
      open.set(tensor.role, buffer);
      placed.set(tensor.id, this.#append(buffer, bytes));
    }
    for (const { id, tiedTo, path } of tensors) {
      const region = placed.get(tiedTo ?? id);
      invariant(region !== undefined, `${path} is tied to a tied tensor`);
      this.#tensors.push(region);
    }
    return this.#tensors;
  }

  tensor(id: number): Region {
    return this.#tensors[id]!;
  }

  /** Inputs of one program; those of the next reuse the buffer. */
  placeInputs(types: readonly { readonly name: string; readonly type: TensorType }[]): readonly Region[] {
    let offset = 0;
    return types.map(({ name, type }) => {
      this.#input ??= this.#newBuffer("input");
      const bytes = this.bytesOf(type, `input ${name}`);
      const region = { buffer: this.#input, offset, bytes };
      this.#grow(this.#input, offset + bytes);
      offset = this.align(offset + bytes);
      return region;
    });
  }

  /** A region of an arena, which grows to hold it. */
  arena(colour: number, offset: number, bytes: number): Region {
    while (this.#arenas.length <= colour) this.#arenas.push(this.#newBuffer("arena"));
    const buffer = this.#arenas[colour]!;
    this.#grow(buffer, offset + bytes);
    return { buffer, offset, bytes };
  }

  get largestBuffer(): number {
    return this.#limits.maxBufferSize;
  }

  /** Whole words, and never nothing: a binding needs a size. */
  bytesOf(type: TensorType, what: string): number {
    const bytes = Math.max(4, Math.ceil(denseBytes(type) / 4) * 4);
    const limit = Math.min(this.#limits.maxStorageBufferBindingSize, this.#limits.maxBufferSize);
    if (bytes > limit) throw new PlanLimitError(what, bytes, limit);
    return bytes;
  }

  align(offset: number): number {
    return Math.ceil(offset / this.alignment) * this.alignment;
  }

  buffers(): readonly PlannedBuffer[] {
    return this.#buffers.map(({ role, bytes }) => ({ role, bytes }));
  }

  #end(buffer: number): number {
    return this.align(this.#buffers[buffer]!.bytes);
  }

  #append(buffer: number, bytes: number): Region {
    const offset = this.#end(buffer);
    this.#grow(buffer, offset + bytes);
    return { buffer, offset, bytes };
  }

  #grow(buffer: number, bytes: number): void {
    const planned = this.#buffers[buffer]!;
    planned.bytes = Math.max(planned.bytes, bytes);
  }

  #newBuffer(role: BufferRole): number {
    return this.#buffers.push({ role, bytes: 0 }) - 1;
  }
}
