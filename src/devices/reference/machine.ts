/** What the closures of an interpreted kernel share. */
export type View = Float32Array | Int32Array | Uint32Array;

/** `reads[i]` and `writes[i]` are the memory of `kernel.reads[i]` and `kernel.writes[i]`, from their first element. */
export type Bound = { readonly reads: readonly View[]; readonly writes: readonly View[] };

export type Machine = {
  /** Values of the nodes at the present point. */
  readonly registers: Float64Array;
  /** The present point: domain axes, then reduced ones. */
  readonly point: Int32Array;
  memory: Bound;
};

export type Action = () => void;
